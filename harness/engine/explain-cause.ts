/**
 * Gives a violation its cause, from evidence alone: batches and tenures, leases, observed clocks, what was done to
 * processes, what was disturbed. Names and declarations of generators are no evidence.
 */
import type { Cause } from '../core/cause.ts';
import type { Finding, Witness } from '../core/finding.ts';
import { causeOfAnswer } from './causes/answer.ts';
import { causeOfField } from './causes/fields.ts';
import { causeOfHolding, type Door } from './causes/holding.ts';
import { causeOfOrder } from './causes/order.ts';
import { causeOfTime } from './causes/time.ts';
import type { EvidenceView } from './explain-evidence.ts';

export interface Explained {
  readonly cause: Cause;
  /** Where two held one worker ID. */
  readonly door?: Door;
}

export function causeOf(guarantee: Finding['guarantee'], witness: Witness, view: EvidenceView): Explained {
  const found = find(guarantee, witness, view);
  return typeof found === 'string' ? { cause: found } : { cause: found.cause, door: found };
}

function find(guarantee: Finding['guarantee'], witness: Witness, view: EvidenceView): Cause | Door {
  const [sighting] = witness.sightings;
  switch (guarantee) {
    case 'fails-closed':
      return 'error passed as an ID';
    case 'faithful-encoding':
      return causeOfAnswer(witness);
    case 'recovers':
      return 'silent after the heal';
    case 'time-honest':
      return (
        (sighting && causeOfTime(sighting, view)) ??
        (view.seesClocks ? 'embedded time is not the clock of the call' : 'not explained')
      );
    case 'well-formed':
      return (sighting && causeOfField(sighting, view)) ?? 'wrong field';
    case 'owns-worker-id':
      return causeOfHolding(witness, view);
    case 'unique':
    case 'increasing-per-node':
    case 'increasing-across-lives':
      return causeOfOrder(witness, view);
  }
}
