import type { Claim, Judgement } from '../harness/core/claim.ts';
import { keeps } from './reading/keeps.ts';

interface Layout {
  readonly ranges: readonly (readonly [from: number, to: number])[];
  /** How many numbers there are to share out. */
  readonly all: number;
}

/** Ranges are safe where no number is in two of them, and complete where each is in one. */
function sharedOut({ ranges, all }: Layout): Judgement {
  const given = ranges.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, index) => from + index));
  const used = new Set(given);
  const words = ranges.map(([from, to]) => `${from} to ${to}`).join(', ');
  if (used.size < given.length)
    return {
      outcome: 'broken',
      because: 'The ranges are not disjoint.',
      witness: `${words}: ${given.length - used.size} numbers are in two ranges.`,
    };
  return used.size === all
    ? { outcome: 'held', because: `${words}: disjoint, and all ${all} numbers are given.` }
    : {
        outcome: 'broken',
        because: 'The ranges are disjoint, and not complete.',
        witness: `${words}: ${all - used.size} of ${all} numbers belong to nobody.`,
      };
}

export default {
  name: 'C10',
  claim:
    'Regions share out the worker IDs by ranges, stated in three ways: datacenters 0–7, 8–15 and 16–23 with 24–31 reserved; or worker IDs 0–341, 342–683 and 684–1023; or 0–99, 100–199 and 200–299, each region with its own coordinator.',
  parts: [
    {
      kind: 'calculation',
      says: 'Datacenters 0–7, 8–15, 16–23 and 24–31 are disjoint and complete',
      judge: () =>
        sharedOut({
          all: 32,
          ranges: [
            [0, 7],
            [8, 15],
            [16, 23],
            [24, 31],
          ],
        }),
    },
    {
      kind: 'calculation',
      says: 'Worker IDs 0–341, 342–683 and 684–1023 are disjoint and complete',
      judge: () =>
        sharedOut({
          all: 1024,
          ranges: [
            [0, 341],
            [342, 683],
            [684, 1023],
          ],
        }),
    },
    {
      kind: 'calculation',
      says: 'Worker IDs 0–99, 100–199 and 200–299 are disjoint and complete',
      judge: () =>
        sharedOut({
          all: 1024,
          ranges: [
            [0, 99],
            [100, 199],
            [200, 299],
          ],
        }),
    },
    {
      kind: 'trial',
      says: 'Regions with ranges and coordinators of their own mint on while the coordinator of another is away',
      scenario: 'region-without-coordinator',
      generator: 'snowflake-regional',
      seeds: 3,
      control: { generator: 'shares-range-between-regions', breaks: ['unique', 'owns-worker-id'] },
      judge: keeps('unique', 'owns-worker-id', 'recovers'),
    },
  ],
} satisfies Claim;
