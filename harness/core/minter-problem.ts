/**
 * What is wrong with what a generator's `create` returned. Types are stripped where generators run, so only this tells of
 * a method that is missing or misspelled; both shells ask it before the first client does.
 */
import { messageOf } from './errors.ts';
import { holdingProblem, inWords } from './holding-problem.ts';

const METHODS = ['mint', 'holding', 'close'] as const;

/** As the end of a sentence about the generator; undefined: it can be asked for IDs. Calls `holding` once. */
export function minterProblem(made: unknown): string | undefined {
  if (typeof made !== 'object' || made === null)
    return `create returned ${made === null ? 'null' : typeof made}, and no minter`;
  const minter = made as { readonly [name: string]: unknown };
  const missing = METHODS.filter((name) => typeof minter[name] !== 'function');
  if (missing.length > 0) return `the minter that create returned has no method ${missing.join(', ')}`;
  if (!['undefined', 'function'].includes(typeof minter['encode']))
    return 'the minter that create returned has an encode that is no method';
  try {
    return holdingProblem((minter as { holding(): unknown }).holding());
  } catch (error) {
    return `holding threw when it was first asked (${messageOf(error)})`;
  }
}

/** What the user can do about it. */
export const MINTER_REMEDY =
  'Mend the generator: create returns an object with mint(into, count), holding() and close(); see CONTRIBUTING.md, "Add a generator".';

/** Begins the last words of a node whose generator is at fault, so that a driver need not guess from its log. */
export const GENERATOR_FAULT = 'the generator is at fault: ';

/** Thrown where a node cannot go on, because its generator returned what cannot be recorded: it ends the node's process. */
export class GeneratorFault extends Error {
  override readonly name = 'GeneratorFault';

  constructor(what: string) {
    super(`${GENERATOR_FAULT}${what}`);
  }
}

/** The array's memory was transferred away, as to a thread, and with it whatever IDs the call left there. */
export const ARRAY_GONE = 'mint gave away the array that it was to fill';

const RETURNED = 'mint returned ';
/** Of a module, whose function knows no `mint`. */
const GAVE = 'its function returned ';
const MODULE = 'the module ';
const MODULE_REMEDY =
  'Mend the module, or what the generator says of it: its export is a function (with `call: "factory"`, makes one) that returns one ID each time, or a promise of one (a string in the form of `form`, a bigint, a whole number, or 8 or 16 bytes), and throws where it has none.';
const THREW = 'mint threw a ';
/** What the language itself throws where code is wrong. */
const LANGUAGE_ERRORS = [TypeError, ReferenceError, RangeError, SyntaxError] as const;

/** What `mint` returned in place of a count, for whoever asked. */
export function returnedNoCount(returned: unknown, asked: number): string {
  if (typeof returned === 'number') return `${RETURNED}${returned} for ${asked} IDs`;
  return `${RETURNED}${inWords(returned)}, and not how many IDs it wrote`;
}

/** What `mint` threw that is no refusal, for whoever asked. An error with a cause tells of something outside the code. */
export function threwInMint(error: unknown): string {
  const isOfLanguage = LANGUAGE_ERRORS.some((kind) => error instanceof kind) && (error as Error).cause === undefined;
  return isOfLanguage ? `${THREW}${(error as Error).name} (${messageOf(error)})` : messageOf(error);
}

/** What the function of a module returned in place of an ID; `what`: in words. */
export function returnedNoId(what: string): string {
  return `${GAVE}${what}`;
}

/** What is wrong with a module; `what` is the end of a sentence about it. */
export function moduleFault(module: string, what: string): string {
  return `${MODULE}${module} ${what}`;
}

/** What the function of a module threw. It may refuse in this way, as where its clock went back: no fault of its code. */
export function threwInModule(error: unknown): string {
  const kind = error instanceof Error && error.name !== 'Error' ? `${error.name}: ` : '';
  return `its function threw: ${kind}${messageOf(error)}`;
}

/** Whether the reason of an error is one of the generator's code, and of nothing around it. */
export function isCodeFault(reason: string): boolean {
  return (
    reason.startsWith(THREW) || reason.startsWith(GAVE) || (reason.startsWith(RETURNED) && reason.endsWith('wrote'))
  );
}

/** What the user can do about a fault of the code. */
export function remedyFor(fault: string): string {
  return fault.startsWith(GAVE) || fault.startsWith(MODULE) ? MODULE_REMEDY : MINTER_REMEDY;
}
