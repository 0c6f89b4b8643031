/**
 * Loads a module once, in a process that is thrown away, and says on file descriptor 3 what came of it: a run must not
 * begin with a module that is of no use, and what is loaded may do anything.
 *
 * Started with `--experimental-import-meta-resolve`, without which Node resolves names from this file alone, and with a
 * ProbeQuestion as its one argument.
 */
import { realpathSync, writeSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { loadExport, ModuleUnfit, oneLine } from './load-function.ts';

export interface ProbeQuestion {
  /** A path, the name of a package, or a module of Node's own. */
  readonly module: string;
  readonly export?: string;
  /** The folder in which packages are looked for, and from which paths go. */
  readonly from: string;
}

/** `module`: a real path, or a module of Node's own; `what` is the end of a sentence about the module. */
export type ProbeAnswer =
  { readonly module: string } | { readonly what: string; readonly remedy: string; readonly module?: string };

const question = JSON.parse(process.argv[2] as string) as ProbeQuestion;
writeSync(3, JSON.stringify(await probe(question)));
// Whatever the module left running.
process.exit(0);

async function probe({ module: name, export: exported, from }: ProbeQuestion): Promise<ProbeAnswer> {
  let module: string | undefined;
  try {
    module = resolved(name, from);
    await loadExport(module, exported);
    return { module };
  } catch (error) {
    if (!(error instanceof ModuleUnfit)) throw error;
    return { what: error.message, remedy: error.remedy, ...(module !== undefined && { module }) };
  }
}

function resolved(name: string, from: string): string {
  if (isBuiltin(name)) return name.startsWith('node:') ? name : `node:${name}`;
  const isPath = /^\.{0,2}\//.test(name);
  try {
    const url = import.meta.resolve(name, pathToFileURL(join(from, 'module')).href);
    return realpathSync(fileURLToPath(url));
  } catch (error) {
    throw isPath
      ? new ModuleUnfit('is not there', 'Correct the path: Node wants it with its ending, such as ./ids.mjs.')
      : new ModuleUnfit(
          `cannot be found from ${from}: ${oneLine(error)}`,
          `Install it there (npm install ${name}), start snowglobe where it is installed, or give a path such as ./ids.mjs.`,
        );
  }
}
