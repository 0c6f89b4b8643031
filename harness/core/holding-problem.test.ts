import { expect, test } from 'vitest';
import { assertHolding, heldOf } from './held.ts';
import type { Holding } from './generator.ts';
import { holdingProblem } from './holding-problem.ts';
import { GENERATOR_FAULT } from './minter-problem.ts';

const lease = { id: '18446744073709551615', createRevision: '9', fenceNs: 3n, limitMs: 4 };

test.each([
  undefined,
  {},
  { workerId: 0 },
  { workerId: 2 ** 31 - 1 },
  { workerId: 5, lease },
  { lease },
  // What a generator keeps beside them is its own affair.
  { workerId: 5, lease: { ...lease, grantedAt: 7 }, since: 3 },
])('%o may be recorded', (holding) => {
  expect(holdingProblem(holding)).toBeUndefined();
  expect(() => heldOf(holding)).not.toThrow();
});

test.each([
  [{ worker: 0 }, 'holding returned { worker }, and neither workerId nor lease (did you mean workerId?)'],
  [{ shard: 0 }, 'holding returned { shard }, and neither workerId nor lease'],
  [{ workerId: '7' }, 'holding returned the workerId the string "7", which is no whole number from 0 to 2147483647'],
  [{ workerId: -2 }, 'holding returned the workerId the number -2, which is no whole number from 0 to 2147483647'],
  [{ workerId: 0.5 }, 'the number 0.5'],
  [{ workerId: 2 ** 31 }, 'the number 2147483648'],
  [{ workerId: 7n }, 'the bigint 7'],
  [null, 'holding returned null; it returns { workerId, lease }, or undefined while it holds nothing'],
  [7, 'holding returned the number 7; it returns'],
  [Promise.resolve({ workerId: 1 }), 'holding returned a promise; it answers at once'],
  [{ workerId: 1, lease: null }, 'holding returned the lease null, which is no object'],
  [{ workerId: 1, lease: { id: '1', createRevision: '2' } }, 'fenceNs undefined, and not a bigint'],
  [{ workerId: 1, lease: { ...lease, fenceNs: 3 } }, 'fenceNs the number 3'],
])('%o may not, when it is first asked and at any later call', (holding, says) => {
  expect(holdingProblem(holding)).toContain(says);
  expect(() => heldOf(holding as Holding)).toThrow(`${GENERATOR_FAULT}${holdingProblem(holding)}`);
});

test('a misspelt lease beside a worker ID is told when the node is asked how it is', () => {
  const holding = { workerId: 1, leese: lease } as unknown as Holding;
  expect(holdingProblem(holding)).toBe('holding returned { workerId, leese }, and no lease (did you mean lease?)');
  expect(() => assertHolding(holding)).toThrow(GENERATOR_FAULT);
});

test('of a lease all that is wrong is told', () => {
  expect(holdingProblem({ workerId: 1, lease: { id: 7n, createRevision: '1', fenceNs: 3 } })).toBe(
    'holding returned a lease with id the bigint 7, and not a decimal string; fenceNs the number 3, and not a bigint; limitMs undefined, and not a whole number',
  );
  expect(holdingProblem({ workerId: 1, lease: '7' })).toBe(
    'holding returned the lease the string "7", which is no object',
  );
});
