import type { Claim, Judgement } from '../harness/core/claim.ts';

const REGIONS = [
  { percent: 40, workers: 12 },
  { percent: 25, workers: 8 },
  { percent: 20, workers: 6 },
  { percent: 15, workers: 6 },
] as const;

function shares(): Judgement {
  const perWorker = REGIONS.map(({ percent, workers }) => percent / workers);
  const [most, least] = [Math.max(...perWorker), Math.min(...perWorker)];
  return {
    outcome: 'measured',
    because: `A worker carries ${perWorker.map((share) => share.toFixed(2)).join(', ')} % of the load: the busiest ${(most / least).toFixed(2)} times as much as the idlest. A backup region that carries twice its load needs twice its headroom.`,
  };
}

export default {
  name: 'C18',
  claim:
    'Round robin, least connections and geographic routing; four regions take 40, 25, 20 and 15 % of the load on 12, 8, 6 and 6 workers; the backup region carries twice its load, and a region that comes back gets its share gradually.',
  parts: [
    { kind: 'calculation', says: 'The workers are shared out as the load is', judge: shares },
    {
      kind: 'unjudged',
      says: 'The backup region carries the load of a lost one, which gets its share back gradually',
      because: 'It takes a router before the nodes, and there is none yet.',
    },
  ],
} satisfies Claim;
