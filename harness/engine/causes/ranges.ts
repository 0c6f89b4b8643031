/** Why numbers of a plain counter, which nodes take in ranges, were minted twice or in the wrong order. */
import type { Cause } from '../../core/cause.ts';
import type { Sighting } from '../../core/finding.ts';
import type { Layout } from '../../core/layout.ts';

/** An ID without a time and a worker ID tells nothing but its number; one of unknown layout, or at random, not even that. */
export function isCounter({ timeBits, workerBits, sequenceBits, fixed = [] }: Layout): boolean {
  return timeBits === 0 && workerBits === 0 && sequenceBits > 0 && fixed.length === 0;
}

/** By whose hands the number went. */
export function causeOfRange(a: Sighting, b: Sighting): Cause {
  if (a.node !== b.node) return 'range given to two nodes';
  return a.incarnation === b.incarnation ? 'range handed out twice' : 'range used again after a restart';
}
