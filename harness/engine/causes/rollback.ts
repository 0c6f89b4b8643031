/**
 * Violations that come of a coordinator that went back: told by when the holders minted, before or after, and by what
 * became of their leases then.
 */
import type { Tenure, Witness } from '../../core/checker.ts';
import { endOfLease } from '../../core/lease-ends.ts';
import { liesBetween, rollbacksBetween, type Rollback } from '../../core/rollback.ts';
import type { RunNs } from '../../core/time.ts';
import type { EvidenceView } from '../explain-evidence.ts';

/** The rollback without which this would not have happened. */
export function rollbackBehind(witness: Witness, view: EvidenceView): Rollback | undefined {
  if (view.rollbacks.length === 0) return undefined;
  const { sightings, tenures = [] } = witness;
  if (tenures.length === 1) return endedBy(tenures[0]!, witness.at, view);
  const [a, b] = sightings.length >= 2 ? sightings.map((sighting) => view.tenureOf(sighting)) : tenures;
  if (a === undefined || b === undefined || a === b) return undefined;
  if (a.createRevision === '0' || b.createRevision === '0' || a.workerId !== b.workerId) return undefined;
  const acted = Math.max(a.to, b.to, ...sightings.map(({ returned }) => returned));
  return rollbacksBetween(view.rollbacks, a, b).find((one) => liesBetween([one], Math.min(a.from, b.from), acted));
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
