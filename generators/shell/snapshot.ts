/**
 * Nodes that are restored from one start-up snapshot of V8, as functions are from the image of a warmed-up process: the
 * first node of a run to come up takes the snapshot, and each of them becomes, in place, a process restored from it.
 */
import { spawnSync } from 'node:child_process';
import { linkSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ShellNode } from '../../harness/core/generator.ts';
import type { Json } from '../../harness/core/json.ts';

type Draw = NonNullable<ShellNode['snapshot']>;

/** In the folder that all nodes of a run share. */
const FILE = 'start-up.snapshot';
/** Where the snapshot keeps what was drawn. */
const DRAWN = 'snowglobeDrawn';
const OPTION = '--snapshot-blob';
/** The snapshot is taken in half a second on a machine that is free. */
const BUILD_MAX_MS = 60_000;

/** What was drawn when the snapshot was taken that this process was restored from; undefined: it was not restored. */
export function restored(): Json | undefined {
  return process.execArgv.includes(OPTION) ? (globalThis as { [DRAWN]?: Json })[DRAWN] : undefined;
}

/**
 * Makes this process one that is restored from the snapshot, and starts anew: same process ID, arguments and environment.
 * `folder` is shared by all nodes. Throws when the snapshot cannot be taken.
 */
export function becomeRestored(draw: Draw, folder: string): never {
  const blob = takeOnce(draw, folder);
  // What the warning is about is in the entry below.
  const options = [OPTION, blob, '--disable-warning=ExperimentalWarning'];
  if (process.execve === undefined) throw new Error('this platform cannot replace a process by another');
  return process.execve(process.execPath, [process.execPath, ...options, ...process.argv.slice(1)], process.env);
}

/** The file of the snapshot. Whoever is first has it taken for all: nodes start at once, and wait for nobody. */
function takeOnce(draw: Draw, folder: string): string {
  const blob = join(folder, FILE);
  const own = mkdtempSync(`${blob}-`);
  try {
    const [entry, mine] = [join(own, 'entry.cjs'), join(own, 'blob')];
    writeFileSync(entry, entryOf(draw));
    const { status, error, stderr } = spawnSync(process.execPath, [OPTION, mine, '--build-snapshot', entry], {
      timeout: BUILD_MAX_MS,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`no snapshot could be taken: ${error?.message ?? stderr}`, { cause: error });
    linkSync(mine, blob);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(own, { recursive: true });
  }
  return blob;
}

/**
 * What the snapshot is taken of. A snapshot holds one script and no modules, so the restored process imports what it was
 * started with by itself: from a script, for the function that a snapshot restores has no loader of modules.
 */
function entryOf(draw: Draw): string {
  return `
    const { randomInt } = require('node:crypto');
    const MAX = 2 ** 48 - 1;
    globalThis.${DRAWN} = (${draw.toString()})(() => randomInt(MAX) / MAX);
    require('node:v8').startupSnapshot.setDeserializeMainFunction(() => {
      const { constants, runInThisContext } = require('node:vm');
      const { pathToFileURL } = require('node:url');
      const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
      runInThisContext('(url) => import(url)', { importModuleDynamically })(pathToFileURL(process.argv[1]).href);
    });
  `;
}
