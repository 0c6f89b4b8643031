/** Where k6 is on this machine: as a program, or as an image that runs beside the cluster. */
import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { Problem } from '../core/errors.ts';
import { messageOf } from '../core/errors.ts';

/** The release that set-up builds and the script in `load/` is written for. */
export const K6_VERSION = '1.8.1';

export interface K6Program {
  /** Begins a command line: `run …` and the rest follows. `script`: the folder of the script, `name`: of the container. */
  command(script: string, run: { readonly runId: string; readonly variables: readonly string[] }): readonly string[];
  /** `k6 1.8.1`; of an image its name. */
  readonly version: string;
  /** As a user would name it. */
  readonly where: string;
}

export type K6Found = K6Program | { readonly missing: Problem };

const IMAGE = 'image:';
const PUBLISHED_IMAGE = `grafana/k6:${K6_VERSION}`;

/**
 * By SNOWGLOBE_K6 (a path, or `image:NAME`), on the PATH, where set-up builds it, or else its published image, where the
 * engine has it: none is pulled, for what a run downloads unasked is a surprise.
 */
export function findK6(env: NodeJS.ProcessEnv = process.env, engineHas = hasImage): K6Found {
  const named = env['SNOWGLOBE_K6'];
  if (named?.startsWith(IMAGE) === true) return inImage(named.slice(IMAGE.length));
  const places =
    named === undefined
      ? [...(env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'k6')), builtK6(env)]
      : [named];
  const path = places.find(isProgram);
  if (path === undefined && named === undefined && engineHas(PUBLISHED_IMAGE)) return inImage(PUBLISHED_IMAGE);
  if (path === undefined)
    return named === undefined
      ? { missing: { what: 'k6 is not here.', remedy: HOW_TO_GET } }
      : { missing: { what: `SNOWGLOBE_K6 names ${named}, which is no program.`, remedy: HOW_TO_GET } };
  try {
    const said = execFileSync(path, ['version'], {
      encoding: 'utf8',
      timeout: 10_000,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const version = /^k6(?:\.exe)? v(\S+)/m.exec(said)?.[1];
    if (version === undefined) throw new Error(`it says of itself: ${said.trim().slice(0, 100)}`);
    return { version: `k6 ${version}`, where: path, command: () => [path] };
  } catch (error) {
    return {
      missing: { what: `${path} is no k6 that works (${messageOf(error).split('\n')[0]}).`, remedy: HOW_TO_GET },
    };
  }
}

/** Where set-up builds it: once, outside of every checkout. */
function builtK6(env: NodeJS.ProcessEnv): string {
  return join(env['HOME'] ?? homedir(), `.cache/snowglobe/k6-v${K6_VERSION}/k6`);
}

const HOW_TO_GET = `Get k6 from https://grafana.com/docs/k6/latest/set-up/install-k6, or with Go by tools/setup.sh (go install go.k6.io/k6@v${K6_VERSION}), or as an image: docker pull ${PUBLISHED_IMAGE} (SNOWGLOBE_K6=image:NAME names another).`;

/** On the engine's host network, where the addresses of nodes are those that the harness knows; swept with the run. */
function inImage(image: string): K6Program {
  return {
    version: `k6 (${image})`,
    where: `the image ${image}`,
    command: (script, { runId, variables }) => {
      const root = dirname(dirname(script));
      return [
        ...['docker', 'run', '--rm', '--init', '--network', 'host', '--label', `snowglobe.run=${runId}`],
        ...['--volume', `${root}:${root}:ro`],
        ...variables.flatMap((name) => ['--env', name]),
        image,
      ];
    },
  };
}

function hasImage(image: string): boolean {
  try {
    execFileSync('docker', ['image', 'inspect', '--format', '{{.Id}}', image], { timeout: 5000, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
