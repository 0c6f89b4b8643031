/** Why a field of an ID does not hold what it must. */
import type { Cause } from '../../core/cause.ts';
import type { Sighting } from '../../core/finding.ts';
import { decodeId } from '../../core/layout.ts';
import type { EvidenceView } from '../explain-evidence.ts';
import { isSentinel } from './sentinels.ts';
import { causeOfMisfit } from './time.ts';

/** Undefined when its fields hold what its node held. */
export function causeOfField(sighting: Sighting, view: EvidenceView): Cause | undefined {
  const { layout } = view;
  const { id, workerId } = sighting;
  if (id === undefined) return undefined;
  if (isSentinel(id)) return 'error passed as an ID';
  const decoded = decodeId(layout, BigInt(id));
  if (layout.workerBits > 0 && !view.isUntold(sighting) && decoded.workerId !== workerId) {
    if (workerId >= 2 ** layout.workerBits) return 'worker ID wider than its field';
    const before = view.heldBefore(sighting).some((held) => held === decoded.workerId);
    return before ? 'worker ID of an earlier tenure' : 'wrong field';
  }
  if (decoded.tick >= 2 ** layout.timeBits) return causeOfMisfit(sighting, view) ?? 'wrong field';
  return undefined;
}
