/** How often something may still happen that was seen so often, or never. Pure. */

/**
 * The exact one-sided upper bound of Clopper and Pearson: the greatest rate at which `seen` or fewer in `tries` are not
 * rarer than 5 in 100. Where none was seen it is 1 − 0.05^(1/tries), about 3 / tries ("rule of three"). 1 without a try.
 */
export function upperBound(seen: number, tries: number, confidence = 0.95): number {
  if (!Number.isInteger(seen) || !Number.isInteger(tries) || seen < 0 || tries < seen)
    throw new RangeError(`${seen} of ${tries}: counts are whole, and no more is seen than tried`);
  if (seen === tries) return 1;
  let [low, high] = [seen / tries, 1];
  // Each step halves what is between them: far below what a double tells apart.
  for (let step = 0; step < 100; step++) {
    const rate = (low + high) / 2;
    if (atMost(seen, tries, rate) > 1 - confidence) low = rate;
    else high = rate;
  }
  return high;
}

/** The chance of `seen` or fewer in `tries`, of one thing at this rate: a sum of the binomial distribution, by logarithms. */
function atMost(seen: number, tries: number, rate: number): number {
  if (rate >= 1) return seen >= tries ? 1 : 0;
  let ofOne = tries * Math.log1p(-rate);
  let sum = Math.exp(ofOne);
  for (let count = 1; count <= seen; count++) {
    ofOne += Math.log((tries - count + 1) / count) + Math.log(rate) - Math.log1p(-rate);
    sum += Math.exp(ofOne);
  }
  return sum;
}
