/**
 * The program of a node: in a checkout the shell's source, in the published package one file with all that it imports.
 */
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root is three folders up: of the checkout, or `dist`, when this file is compiled. */
export function shellEntry(): string {
  const compiled = extname(import.meta.filename) === '.js';
  return fileURLToPath(new URL(`../../../${compiled ? 'shell.mjs' : 'generators/shell/main.ts'}`, import.meta.url));
}
