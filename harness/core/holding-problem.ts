/**
 * What is wrong with what a generator's `holding` returned. Types are stripped where generators run: of a misspelt field
 * nobody else would tell, and each ID of the run would be charged to a node that seems to hold nothing.
 */
import { nearestName } from './nearest-name.ts';
import { isWorkerId, WORKER_ID_MAX } from './worker-id.ts';

const FIELDS = ['workerId', 'lease'] as const;

/** As the end of a sentence about the generator; undefined: it may be recorded. */
export function holdingProblem(holding: unknown): string | undefined {
  if (holding === undefined) return undefined;
  if (typeof holding !== 'object' || holding === null)
    return `holding returned ${inWords(holding)}; it returns { workerId, lease }, or undefined while it holds nothing`;
  const { workerId, lease, then } = holding as { readonly [name: string]: unknown };
  if (typeof then === 'function') return 'holding returned a promise; it answers at once';
  if (workerId !== undefined && !isWorkerId(workerId))
    return `holding returned the workerId ${inWords(workerId)}, which is no whole number from 0 to ${WORKER_ID_MAX}`;
  if (lease !== undefined) return leaseProblem(lease);
  return slipIn(Object.keys(holding), workerId !== undefined);
}

/**
 * Without a lease, what stands there instead. A generator whose IDs carry no worker ID has neither, and what it keeps
 * beside them is its own affair.
 */
function slipIn(given: readonly string[], hasWorkerId: boolean): string | undefined {
  const meant = given.flatMap((name) => (name === 'workerId' ? [] : (nearestName(name, FIELDS) ?? [])))[0];
  if (hasWorkerId && meant !== 'lease') return undefined;
  if (hasWorkerId) return `holding returned { ${given.join(', ')} }, and no lease (did you mean lease?)`;
  if (given.length === 0) return undefined;
  return `holding returned { ${given.join(', ')} }, and neither workerId nor lease${meant === undefined ? '' : ` (did you mean ${meant}?)`}`;
}

function leaseProblem(lease: unknown): string | undefined {
  if (typeof lease !== 'object' || lease === null)
    return `holding returned the lease ${inWords(lease)}, which is no object`;
  const { id, createRevision, fenceNs, limitMs } = lease as { readonly [name: string]: unknown };
  const wrong = [
    ...(isDecimal(id) ? [] : [`id ${inWords(id)}, and not a decimal string`]),
    ...(isDecimal(createRevision) ? [] : [`createRevision ${inWords(createRevision)}, and not a decimal string`]),
    ...(typeof fenceNs === 'bigint' ? [] : [`fenceNs ${inWords(fenceNs)}, and not a bigint`]),
    ...(Number.isInteger(limitMs) ? [] : [`limitMs ${inWords(limitMs)}, and not a whole number`]),
  ];
  return wrong.length === 0 ? undefined : `holding returned a lease with ${wrong.join('; ')}`;
}

function isDecimal(value: unknown): boolean {
  return typeof value === 'string' && /^\d+$/.test(value);
}

/** `undefined`, `null`, `an object`, `the string "7"`. */
export function inWords(value: unknown): string {
  switch (typeof value) {
    case 'undefined':
      return 'undefined';
    case 'object':
      return value === null ? 'null' : Array.isArray(value) ? 'an array' : 'an object';
    case 'function':
      return 'a function';
    case 'string':
      return `the string ${JSON.stringify(value)}`;
    default:
      return `the ${typeof value} ${String(value)}`;
  }
}
