/**
 * What is wrong with what a generator's `create` returned. Types are stripped where generators run, so only this tells of
 * a method that is missing or misspelled; both shells ask it before the first client does.
 */
import { messageOf } from './errors.ts';

const METHODS = ['mint', 'holding', 'close'] as const;

/** As the end of a sentence about the generator; undefined: it can be asked for IDs. Calls `holding` once. */
export function minterProblem(made: unknown): string | undefined {
  if (typeof made !== 'object' || made === null)
    return `create returned ${made === null ? 'null' : typeof made}, and no minter`;
  const minter = made as { readonly [name: string]: unknown };
  const missing = METHODS.filter((name) => typeof minter[name] !== 'function');
  if (missing.length > 0) return `the minter that create returned has no method ${missing.join(', ')}`;
  try {
    (minter as { holding(): unknown }).holding();
    return undefined;
  } catch (error) {
    return `holding threw when it was first asked (${messageOf(error)})`;
  }
}

/** What the user can do about it. */
export const MINTER_REMEDY =
  'Mend the generator: create returns an object with mint(into, count), holding() and close(); see CONTRIBUTING.md, "Add a generator".';

/** Begins the last words of a node whose generator is at fault, so that a driver need not guess from its log. */
export const GENERATOR_FAULT = 'the generator is at fault: ';
