import type { Claim, Judgement } from '../harness/core/claim.ts';
import { grouped } from '../harness/core/phrases.ts';

/** The sequence begins anew in each millisecond in which an ID is minted. */
function resets(): Judgement {
  const [idsPerSecond, limit] = [1000, 100];
  const perSecond = Math.min(idsPerSecond, 1000);
  const figures = `${grouped(idsPerSecond)} IDs a second, evenly spread, reset the sequence ${grouped(perSecond)} times a second`;
  return perSecond > limit
    ? {
        outcome: 'broken',
        because:
          'It fires on every healthy node above 100 IDs a second. Read as waits for a full sequence it means something.',
        witness: `${figures}; the alert fires above ${limit}.`,
      }
    : { outcome: 'held', because: `${figures}.` };
}

export default {
  name: 'F4',
  claim:
    'Alerts: a rate above twice or below half of the baseline; p99 above 10 ms; drift above 50 ms; more than 100 sequence resets a second; a clock that goes back, a worker-ID conflict, a duplicate: at once; etcd unavailable.',
  parts: [
    { kind: 'calculation', says: 'More than 100 sequence resets a second mean trouble', judge: resets },
    {
      kind: 'unjudged',
      says: 'Each alert fires when it should, and only then',
      because:
        'It takes a Prometheus that scrapes for real. The rules are in dashboards/alerts.yaml, and their tests show for each a case where it fires and one where it does not.',
    },
  ],
} satisfies Claim;
