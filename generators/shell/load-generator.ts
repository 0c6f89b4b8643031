/**
 * Imports a generator by path.
 */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ShellGenerator } from '../../harness/core/generator.ts';
import { messageOf } from '../../harness/core/errors.ts';
import { ConfigError } from './config.ts';

/** The generator that a module exports as its default; a ConfigError when there is none that the shell can run. */
export async function loadGenerator(file: string): Promise<ShellGenerator> {
  let module: { readonly default?: Partial<ShellGenerator> };
  try {
    module = (await import(pathToFileURL(resolve(file)).href)) as typeof module;
  } catch (error) {
    throw new ConfigError(`${file} cannot be imported: ${messageOf(error)}`, { cause: error });
  }
  const generator = module.default;
  if (typeof generator?.name !== 'string' || generator.node?.kind !== 'shell')
    throw new ConfigError(`${file} does not export, as its default, a generator whose node is of kind 'shell'`);
  return generator as ShellGenerator;
}
