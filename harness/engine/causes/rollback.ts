/**
 * Violations that come of a coordinator that went back: told by what it forgot of one holder and the other could not know,
 * and by what became of their leases then.
 */
import type { Tenure } from '../../core/tenure.ts';
import type { Witness } from '../../core/finding.ts';
import { endOfLease } from '../../core/lease-ends.ts';
import { rollbackBetween, rollbacksBetween, type Act, type Rollback } from '../../core/rollback.ts';
import type { RunNs } from '../../core/time.ts';
import type { EvidenceView } from '../explain-evidence.ts';

/** The rollback without which this would not have happened. */
export function rollbackBehind(witness: Witness, view: EvidenceView): Rollback | undefined {
  if (view.rollbacks.length === 0) return undefined;
  const { sightings, tenures = [] } = witness;
  if (tenures.length === 1) return endedBy(tenures[0]!, witness.at, view);
  const acts =
    sightings.length >= 2
      ? sightings.map((sighting) => actOf(view.tenureOf(sighting), view, sighting.returned))
      : tenures.map((tenure) => actOf(tenure, view));
  const [a, b] = acts;
  if (a === undefined || b === undefined || a.tenure === b.tenure) return undefined;
  return rollbackBetween(view.rollbacks, a, b);
}

function actOf(tenure: Tenure | undefined, view: EvidenceView, returned = tenure?.to ?? 0): Act | undefined {
  return tenure && { tenure, ttlMs: view.leaseOf(tenure)?.ttlMs ?? 0, returned };
}

/** The story of it, as one sentence. */
export function tellRollback({ at, before, revision }: Rollback, seconds: (at: RunNs) => string): string {
  return `The coordinator went back from revision ${before} to ${revision} by ${seconds(at)}: what it had acknowledged in between was forgotten.`;
}

const NEVER_ENDED = { lease: '0', node: '', incarnation: 0, lastSentNs: 0, ttlMs: 0 };

/** Whoever learned of the end learned of the rollback in the same moment. What it minted later was its own doing. */
function endedBy(tenure: Tenure, at: RunNs, view: EvidenceView): Rollback | undefined {
  const { early, latest = Infinity } = endOfLease(view.leaseOf(tenure) ?? NEVER_ENDED) ?? {};
  if (at >= latest) return undefined;
  return rollbacksBetween(view.rollbacks, tenure).find(({ at }) => at === early);
}
