/**
 * How many IDs each request asks for: exponential, cut to [min, max], with the mean that the scenario states.
 */
import type { Rng } from '../core/random.ts';
import type { BatchSize } from '../core/scenario.ts';

/**
 * Draws sizes from min + K, where P(K ≥ k) = q^k up to max − min and all that exceeds it is cut to max. Cutting moves
 * the mean, so q is chosen for the mean of what is left: a plain exponential cut to [1, 3] would miss a mean of 2.
 */
export function batchSizes({ min, max, mean }: BatchSize, rng: Rng): () => number {
  const range = max - min;
  const above = mean - min;
  if (above <= 0) return () => min;
  if (above >= range) return () => max;
  const logQ = Math.log(ratioFor(above, range));
  return () => min + Math.min(range, Math.floor(Math.log(1 - rng.next()) / logQ));
}

/** The q for which q + q² + … + q^range, the mean of K, equals `mean`; by bisection, since the sum grows with q. */
function ratioFor(mean: number, range: number): number {
  let low = 0;
  let high = 1;
  for (let step = 0; step < 52; step++) {
    const q = (low + high) / 2;
    let sum = 0;
    for (let k = 1, power = q; k <= range; k++, power *= q) sum += power;
    if (sum < mean) low = q;
    else high = q;
  }
  return (low + high) / 2;
}
