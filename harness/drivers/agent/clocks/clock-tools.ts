/**
 * The tools of our own, built from `../native/` with the C compiler of this machine into a folder of the user's cache, once
 * for each content of their sources: those that skew clocks, and the one that slows disks.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../../../core/errors.ts';
import { outputOf } from '../own-group.ts';
import type { ClockTools } from './clock-backend.ts';

export const CLOCK_TOOLS_REMEDY = 'Install a C compiler (apt-get install gcc libc6-dev); snowglobe builds the rest.';

/** Sources and the script that builds them. */
export const NATIVE_FOLDER = join(import.meta.dirname, '..', 'native');
/** The file of each backend's tool, as `native/build.sh` names them. */
const FILES = { shim: 'libskew.so', vdso: 'skew-launch' } as const;
/** The file of the tool that slows disks. */
const SLOW_SYNC = 'slow-sync';
const BUILD_MS = 60_000;

export interface BuiltTools {
  readonly tools: ClockTools;
  /** What slows the disk of a program (disks/slow-sync.ts); undefined: it is not here. */
  readonly slowSync?: string;
  /** What became of them, for `doctor`. */
  readonly note: string;
}

/** Builds what is not there yet. Without a compiler, or with one that fails, there are none, and the note says why. */
export async function buildClockTools(compiler: string | undefined): Promise<BuiltTools> {
  if (process.platform !== 'linux') return without('this is not Linux');
  if (compiler === undefined) return without(`there is no C compiler. ${CLOCK_TOOLS_REMEDY}`);
  const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'snowglobe');
  const folder = join(cache, `clocks-${process.arch}-${sourcesHash(compiler)}`);
  try {
    if (!existsSync(folder)) await build(compiler, cache, folder);
  } catch (error) {
    return without(`${compiler} did not build them: ${firstLine(messageOf(error))} ${CLOCK_TOOLS_REMEDY}`);
  }
  const tools = new Map([...toolsIn(folder)].filter(([, path]) => existsSync(path)));
  const slowSync = slowSyncIn(folder);
  return {
    tools,
    ...(existsSync(slowSync) && { slowSync }),
    note: `shim and vDSO launcher for clocks in ${folder}`,
  };
}

/** Where the tools would be in a folder. */
export function toolsIn(folder: string): ClockTools {
  return new Map(Object.entries(FILES).map(([backend, file]) => [backend, join(folder, file)]));
}

/** Where the tool that slows disks would be in a folder. */
export const slowSyncIn = (folder: string): string => join(folder, SLOW_SYNC);

const without = (why: string): BuiltTools => ({
  tools: new Map(),
  note: `no clocks that drift, none for Go, Java or Python, and no slow disks: ${why}`,
});

function sourcesHash(compiler: string): string {
  const hash = createHash('sha256').update(compiler);
  for (const file of readdirSync(NATIVE_FOLDER).sort()) hash.update(readFileSync(join(NATIVE_FOLDER, file)));
  return hash.digest('hex').slice(0, 12);
}

/** Beside its place and then renamed: whoever looks meanwhile finds all of it or nothing. */
async function build(compiler: string, cache: string, folder: string): Promise<void> {
  mkdirSync(cache, { recursive: true });
  const fresh = mkdtempSync(join(cache, 'build-'));
  try {
    const script = join(NATIVE_FOLDER, 'build.sh');
    await outputOf('sh', [script, fresh], { env: { ...process.env, CC: compiler }, timeout: BUILD_MS });
    renameSync(fresh, folder);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    if (!existsSync(folder)) throw error; // else another process was quicker
  }
}

const firstLine = (text: string): string => `${text.trim().split('\n')[0]}.`;
