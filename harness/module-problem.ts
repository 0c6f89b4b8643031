/** Why Node could not load a module, and what its author can do about it. */
import { fileURLToPath } from 'node:url';
import type { Problem } from './core/errors.ts';
import { messageOf, problem } from './core/errors.ts';

/** Where Node says that it failed: the first line of the stack of a parser's error, a frame of any other. */
const PARSED = /^((?:file:\/\/)?\/.+):(\d+)\n/;
const THREW = /^ +at (?:.*\()?(file:\/\/\S+?):(\d+):\d+\)?$/m;

/** `error`: what the import of `file` threw. */
export function moduleProblem(file: string, error: unknown): Problem {
  const place = placeOf(error);
  const where =
    place === undefined ? '' : place.file === file ? ` (line ${place.line})` : ` (${place.file}:${place.line})`;
  const message = messageOf(error).replace(/\.$/, '');
  return problem(`cannot be loaded: ${message}${where}.`, remedyFor(file, error, message, place !== undefined), file);
}

function remedyFor(file: string, error: unknown, message: string, placed: boolean): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  // What the package offers to generators are types: as a value it has nothing.
  if (/'snowglobe'|harness\/index\.[jt]s/.test(message))
    return "Import only types from snowglobe: `import type { Generator } from 'snowglobe'`.";
  // A folder whose package.json says commonjs, as npm init writes it.
  if (/^Unexpected token 'export'|^Cannot use import statement outside a module/.test(message))
    return `Node takes it for CommonJS: name it ${file.replace(/\.c?([jt]s)$/, '.m$1')}, or write "type": "module" into the package.json above it.`;
  if (code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX')
    return 'Make it a module that Node runs as it is: TypeScript without enums, namespaces or parameter properties.';
  if (code === 'ERR_MODULE_NOT_FOUND')
    return 'Install what it imports, or correct the path: Node wants it with its ending, such as ./parts.ts.';
  if (error instanceof SyntaxError && !placed) return `Mend its syntax; \`node --check ${file}\` shows the line.`;
  return error instanceof SyntaxError ? 'Mend its syntax.' : 'Mend the file: its top level threw.';
}

function placeOf(error: unknown): { readonly file: string; readonly line: string } | undefined {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const [, place, line] = PARSED.exec(stack) ?? THREW.exec(stack) ?? [];
  if (place === undefined || line === undefined) return undefined;
  return { file: place.startsWith('file:') ? fileURLToPath(place) : place, line };
}
