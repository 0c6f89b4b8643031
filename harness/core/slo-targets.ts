/**
 * The figures that the reference design claims (F1 to F6), as SLOs: for a quiet scenario on an idle machine of one's own.
 * The design contradicts itself in places. Which of its tables was taken, and why, stands beside each bound, here and in the
 * record of the run.
 */
import type { Scenario } from './scenario.ts';
import type { Slo, SloInput } from './slo.ts';
import { sloSchema } from './slo.ts';

/**
 * Three tables of latencies: (a) p50 0.1, p99 0.5, p99.9 2 ms; (b) p50 0.5, p95 1, p99 5, p99.9 10 ms; (c) p99 1 ms, with an
 * alert above 10 ms. Taken is (b): it alone agrees with what else the design says, which scales out at a p99 of 5 ms and pages
 * at 10 ms; by (a) and (c) it would do so at ten times its own bound, or more.
 */
const LATENCY =
  'F1, table (b): p50 0.5, p95 1, p99 5, p99.9 10 ms. Tables (a) (p99 0.5 ms) and (c) (p99 1 ms) contradict it, and the scaling at p99 5 ms of F5.';

/** A percentile is told by the samples beyond it: a hundred of them. */
const latency = (percentile: number, ms: number): SloInput => ({
  name: `latency-p${String(percentile).replace('.', '-')}`,
  indicator: 'latency',
  options: { percentile, nodes: 'outside-reaches' },
  objective: { atMost: ms },
  minSamples: Math.round(10_000 / (100 - percentile)),
  because: LATENCY,
});

const ALWAYS: readonly SloInput[] = [
  latency(50, 0.5),
  latency(95, 1),
  latency(99, 5),
  latency(99.9, 10),
  {
    // By the rule of three 300,000 requests without an error bound the ratio by 1e-5, with 95 % confidence.
    name: 'availability-five-nines',
    indicator: 'error-ratio',
    options: { confidence: 95 },
    objective: { atMost: 0.00001 },
    minSamples: 300_000,
    because: 'F3: available to 99.999 %. To claim it with 95 % confidence takes 300,000 requests without an error.',
  },
  {
    name: 'drift',
    indicator: 'drift',
    objective: { atMost: 10 },
    minSamples: 100,
    because:
      'F4: healthy below 10 ms. Its alert at 50 ms, and the health check of C17, which calls 100 ms healthy, contradict it: an alert is no target.',
  },
  {
    name: 'sequence-utilisation',
    indicator: 'sequence-utilisation',
    options: { of: 'peak' },
    objective: { atMost: 0.5 },
    minSamples: 1000,
    because: 'F6: warns at 50 %; critical are 80 %. What warns is no longer as it should be.',
  },
  {
    name: 'overflow-waits',
    indicator: 'overflow-waits',
    objective: { atMost: 100 / 60 },
    minSamples: 100,
    because:
      'F5: more than 100 waits a minute scale out. The 100 a second of F4 contradict it; as F4 counts them, sequence resets, they come with any load above 100 IDs/s.',
  },
  {
    name: 'worker-id-conflicts',
    indicator: 'worker-id-conflicts',
    objective: { atMost: 0 },
    minSamples: 1,
    because: 'F4: an alert for any conflict about a worker ID.',
  },
  {
    name: 'achieved-rate',
    indicator: 'achieved-rate',
    objective: { atLeast: 0.8 },
    minSamples: 1000,
    because: 'F4: the baseline, give or take 20 %. Its alert below 50 % is the later of the two.',
  },
];

const CRASHES: ReadonlySet<string> = new Set(['kill', 'restart', 'restart-storm', 'terminate']);
const LEADER_LOST: ReadonlySet<string> = new Set(['etcd-leader-kill', 'etcd-leader-pause']);
/** How far ahead the generators here reserve time: who takes a worker ID up again waits for as long at the most. */
const BOUND_S = 3;

/** The targets that have a meaning in a scenario: recovery is asked for where something is lost that they speak of. */
export function sloTargets({ pool, timetable }: Pick<Scenario, 'pool' | 'timetable'>): Slo[] {
  const disturbances = timetable.slots.flatMap((slot) => slot.disturbances);
  const crashed = disturbances.some(({ fault }) => CRASHES.has(fault));
  // Alone in its slot: what else is disturbed beside it may well interrupt somebody.
  const alone = timetable.slots.flatMap((slot) => (slot.disturbances.length === 1 ? slot.disturbances : []));
  const leadersLost = new Set(
    alone.filter(({ fault }) => LEADER_LOST.has(fault)).map(({ name, fault }) => name ?? fault),
  );
  const recovery: readonly SloInput[] = [
    // Without a pool a node comes back to the worker ID that it had, and to the bound that it left.
    ...(crashed && pool === undefined
      ? [
          {
            name: 'crash-recovery',
            indicator: 'time-to-first-id',
            objective: { atMost: 1 + BOUND_S },
            minSamples: 1,
            because: `F2: a crashed process is back within 1 s, and with the same worker ID after the wait for the time that it had reserved, ${BOUND_S} s at the most. A node, by F2, has 5 s.`,
          },
        ]
      : []),
    ...(crashed && pool !== undefined
      ? [
          {
            name: 'leased-hand-over',
            indicator: 'hand-over',
            objective: { atMost: 2 },
            minSamples: 1,
            because:
              'F2 releases a worker ID 30 s after a crash, for a lease of 30 s, and has a process back within 1 s: a leased one cannot be, before its lease is over. Taken is TTL + 2 s, from the later of the last accepted keep-alive and the last leader change.',
          },
        ]
      : []),
    ...[...leadersLost].map((disturbance) => ({
      name: `no-interruption-by-${disturbance}`,
      indicator: 'availability',
      options: { nodes: 'all' },
      during: { disturbance },
      objective: { atLeast: 1 },
      minSamples: 1,
      because:
        'C7: running nodes go on without the coordinator. A leader that is lost costs no minting: the bound is extended every 500 ms, by as much as an election takes.',
    })),
  ];
  return [...ALWAYS, ...recovery].map((slo) => sloSchema.parse(slo));
}
