/** What few failures among many tries still allow for. Pure. */

/**
 * The greatest mean of a Poisson distribution that still gives `failures` or fewer with a chance of more than
 * 1 - `confidence`: 3 for none at 0.95, the rule of three. Exact to nine digits.
 */
export function greatestMean(failures: number, confidence: number): number {
  let [low, high] = [failures, failures + 30 + 10 * Math.sqrt(failures)];
  for (let step = 0; step < 60; step++) {
    const mean = (low + high) / 2;
    if (atMost(failures, mean) > 1 - confidence) low = mean;
    else high = mean;
  }
  return high;
}

/** The chance of so many or fewer. From the greatest term downwards, so that nothing underflows on the way. */
function atMost(failures: number, mean: number): number {
  let [term, sum] = [1, 1];
  for (let k = failures; k > 0 && term > 1e-18; k--) {
    term *= k / mean;
    sum += term;
  }
  return Math.exp(Math.log(sum) + failures * Math.log(mean) - mean - logFactorial(failures));
}

function logFactorial(n: number): number {
  // Stirling's series, off by less than 1e-12 from here on.
  if (n > 100) return n * Math.log(n) - n + Math.log(2 * Math.PI * n) / 2 + 1 / (12 * n) - 1 / (360 * n ** 3);
  let sum = 0;
  for (let k = 2; k <= n; k++) sum += Math.log(k);
  return sum;
}
