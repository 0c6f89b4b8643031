/**
 * A life of a node: each start of its process claims the next incarnation, so that no two lives write one tap.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { lifeName } from '../../harness/core/tap.ts';
import type { JsonObject } from '../../harness/core/json.ts';

/** Claims the first incarnation that nobody has, by creating its life file exclusively, and writes `about` into it. */
export function claimIncarnation(tapFolder: string, node: string, about: JsonObject): number {
  for (let incarnation = 1; ; incarnation++) {
    const fd = createExclusively(join(tapFolder, lifeName(node, incarnation)));
    if (fd === undefined) continue;
    writeSync(fd, `${JSON.stringify(about)}\n`);
    closeSync(fd);
    return incarnation;
  }
}

/** Undefined when the file is there already. */
function createExclusively(path: string): number | undefined {
  try {
    return openSync(path, 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    throw error;
  }
}
