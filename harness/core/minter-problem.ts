/**
 * What is wrong with what a generator's `create` returned. Types are stripped where generators run, so only this tells of
 * a method that is missing or misspelled; both shells ask it before the first client does.
 */
import { messageOf } from './errors.ts';
import { holdingProblem, inWords } from './holding-problem.ts';
import { isServiceFault, SERVICE_REMEDY } from './service-fault.ts';

const METHODS = ['mint', 'holding', 'close'] as const;
const OPTIONAL_METHODS = ['encode', 'extras'] as const;

/** As the end of a sentence about the generator; undefined: it can be asked for IDs. Calls `holding` once. */
export function minterProblem(made: unknown): string | undefined {
  if (typeof made !== 'object' || made === null)
    return `create returned ${made === null ? 'null' : typeof made}, and no minter`;
  const minter = made as { readonly [name: string]: unknown };
  const missing = METHODS.filter((name) => typeof minter[name] !== 'function');
  if (missing.length > 0) return `the minter that create returned has no method ${missing.join(', ')}`;
  const odd = OPTIONAL_METHODS.find((name) => !['undefined', 'function'].includes(typeof minter[name]));
  if (odd !== undefined) return `the minter that create returned has an ${odd} that is no method`;
  try {
    return holdingProblem((minter as { holding(): unknown }).holding());
  } catch (error) {
    return `holding threw when it was first asked (${messageOf(error)})`;
  }
}

/** What the user can do about a fault of the code. */
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
const GAVE_UP = 'its function threw a ';
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
  return isOfLanguage(error) ? `${THREW}${error.name} (${messageOf(error)})` : messageOf(error);
}

function isOfLanguage(error: unknown): error is Error {
  return LANGUAGE_ERRORS.some((kind) => error instanceof kind) && (error as Error).cause === undefined;
}

/** What the function of a module returned in place of an ID; `what`: in words. */
export function returnedNoId(what: string): string {
  return `${GAVE}${what}`;
}

/** What is wrong with a module; `what` is the end of a sentence about it. */
export function moduleFault(module: string, what: string): string {
  return `${MODULE}${module} ${what}`;
}

/**
 * What the function of a module threw. It may refuse in this way, as where its clock went back, which is no fault of its
 * code; an error of the language is, as where a constructor was called for a function.
 */
export function threwInModule(error: unknown): string {
  return isOfLanguage(error)
    ? `${GAVE_UP}${error.name} (${messageOf(error)})`
    : `its function threw: ${messageOf(error)}`;
}

/** Whether the reason of an error is one of the generator's code, or of a service in its place, and of nothing around it. */
export function isCodeFault(reason: string): boolean {
  return (
    [THREW, GAVE, GAVE_UP].some((begin) => reason.startsWith(begin)) ||
    (reason.startsWith(RETURNED) && reason.endsWith('wrote')) ||
    isServiceFault(reason)
  );
}

/** What the user can do about a fault, by what it says. */
export function remedyFor(fault: string): string {
  if (isServiceFault(fault)) return SERVICE_REMEDY;
  return [GAVE, GAVE_UP, MODULE].some((begin) => fault.startsWith(begin)) ? MODULE_REMEDY : MINTER_REMEDY;
}
