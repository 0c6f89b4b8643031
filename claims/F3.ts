import type { Claim, Judgement } from '../harness/core/claim.ts';
import { grouped } from '../harness/core/phrases.ts';

const [AVAILABILITY, CONFIDENCE, STATED] = [0.99999, 0.95, 300_000];
const SECONDS_PER_YEAR = 365.25 * 86_400;

/** With no error in n requests, the share of errors is below 1 - (1 - confidence)^(1/n), by the binomial distribution. */
function samples(): Judgement {
  const needed = Math.ceil(Math.log(1 - CONFIDENCE) / Math.log(AVAILABILITY));
  const figures = `${grouped(needed)} requests without an error show 99.999 % at 95 % confidence`;
  return needed <= STATED
    ? { outcome: 'held', because: `${figures}; ${grouped(STATED)} is that, rounded up.` }
    : { outcome: 'broken', because: `${grouped(STATED)} are too few.`, witness: `${figures}.` };
}

export default {
  name: 'F3',
  claim: 'Availability of 99.999 % with several zones.',
  note: 'Below 300,000 requests without an error it is not judgeable at all.',
  parts: [
    { kind: 'calculation', says: '300,000 requests without an error are enough to claim it', judge: samples },
    {
      kind: 'calculation',
      says: 'It is five minutes of a year',
      judge: () => ({
        outcome: 'measured',
        because: `${((SECONDS_PER_YEAR * (1 - AVAILABILITY)) / 60).toFixed(1)} minutes a year may be lost. A worker ID that waits for a lease of 30 s after each crash spends that on ten crashes.`,
      }),
    },
    {
      kind: 'unjudged',
      says: 'The service is available for 99.999 % of the time',
      because:
        'It takes real load for long enough. `snowglobe run storm --without-disturbances --slo targets --driver docker` judges it, and says unknown below 300,000 requests.',
    },
  ],
} satisfies Claim;
