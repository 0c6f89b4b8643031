import type { Claim, Judgement } from '../harness/core/claim.ts';

/** Milliseconds by percentile, as three places of the design have them. */
const TABLES = [{ p50: 0.1, p99: 0.5, 'p99.9': 2 }, { p50: 0.5, p95: 1, p99: 5, 'p99.9': 10 }, { p99: 1 }] as const;

function agree(): Judgement {
  const p99 = TABLES.map((table) => table.p99);
  const words = `p99 of ${p99.join(', ')} ms`;
  return new Set(p99).size === 1
    ? { outcome: 'held', because: `${words}.` }
    : { outcome: 'broken', because: 'Three tables name three targets for one percentile.', witness: `${words}.` };
}

export default {
  name: 'F1',
  claim:
    'Latency: (a) p50 0.1, p99 0.5, p99.9 2 ms; (b) p50 below 0.5, p95 below 1, p99 below 5, p99.9 below 10 ms; (c) p99 below 1 ms, with an alert above 10 ms.',
  parts: [
    { kind: 'calculation', says: 'The tables say the same', judge: agree },
    {
      kind: 'unjudged',
      says: 'Requests are answered within these times',
      because:
        'Latency is real time, on an idle machine, and the virtual time of the simulator costs none. `snowglobe run storm --without-disturbances --slo targets --driver docker` judges it.',
    },
  ],
} satisfies Claim;
