/**
 * What the scenarios here ask for in figures, beside guarantees: bounds that an honest generator meets on two shared cores.
 * They are no targets (`slo-targets.ts` has those) but the points from which on a run shows that something is wrong.
 */
import type { SloInput } from './slo.ts';

interface Usual {
  /**
   * From a heal until every worker ID is served again, in milliseconds: what the generator declares, the TTL that a lost
   * holder leaves, and what a clock had run ahead. Left out where nothing is healed.
   */
  readonly recoveryMs?: number;
  /** At least so much of the seconds; more is lost only where a scenario says why. */
  readonly availability?: number;
  /** At most so much of the requests. */
  readonly errors?: number;
  /** `false`: requests are too few for their sizes, which are drawn, to come near their mean. */
  readonly rate?: false;
}

/**
 * Availability, errors, latency and rate of nodes that nothing disturbs, and the time to recover. Samples are as few as
 * mean anything, for on a busy machine what it kept from happening does not count.
 */
export function usualSlos({ recoveryMs, availability = 0.99, errors = 0.01, rate }: Usual): SloInput[] {
  return [
    { indicator: 'availability', objective: { atLeast: availability }, minSamples: 3 },
    { indicator: 'error-ratio', objective: { atMost: errors }, minSamples: 50 },
    {
      name: 'latency-p99',
      indicator: 'latency',
      options: { percentile: 99, nodes: 'outside-reaches' },
      objective: { atMost: 500 },
      minSamples: 50,
    },
    ...(rate === false
      ? []
      : [{ indicator: 'achieved-rate', objective: { atLeast: 0.9 }, minSamples: 1000 } satisfies SloInput]),
    ...(recoveryMs === undefined
      ? []
      : [{ indicator: 'time-to-first-id', objective: { atMost: recoveryMs / 1000 }, minSamples: 1 }]),
  ];
}
