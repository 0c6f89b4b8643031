/**
 * A node whose clock runs ahead reserves and mints future time; when it then loses the coordinator, it cannot tell its
 * successor how far it went beyond what it reserved.
 */
import { COORDINATOR_NAMES } from '../core/coordinator-kind.ts';
import type { Hazard } from '../core/hazard.ts';
import type { JournalEntry } from '../core/journal.ts';
import { z } from '../core/schema.ts';
import { spansInForce } from '../core/spans-in-force.ts';

/** Faults that take the coordinator away from the nodes in their reach. */
const LOSSES = ['cut-from-etcd', 'etcd-quorum-loss'];

const options = z.strictObject({
  aheadMs: z.number().positive().default(5000).describe('how far ahead of true time at least, in milliseconds'),
});

type Health = Extract<JournalEntry, { kind: 'health' }>;

export default {
  name: 'minted-ahead-and-lost-coordinator',
  summary: 'a node minted ahead of true time and lost its coordinator',
  options,
  coordinators: COORDINATOR_NAMES,

  reached({ journal }, given) {
    const { aheadMs } = options.parse(given);
    const losses = spansInForce(journal, ({ fault }) => LOSSES.includes(fault));
    // By node: its last reading, while it has been ahead in one life, and whether it minted meanwhile.
    const ahead = new Map<string, { reading: Health; minted: boolean }>();
    for (const reading of journal) {
      if (reading.kind !== 'health') continue;
      const { node, health, offsetMs } = reading;
      if (offsetMs < aheadMs) {
        ahead.delete(node);
        continue;
      }
      const before = ahead.get(node);
      const sameLife = before?.reading.health.incarnation === health.incarnation;
      const minted = sameLife && (before.minted || mintedBy(reading) > mintedBy(before.reading));
      ahead.set(node, { reading, minted });
      const lost = losses.some(({ reach, from, to }) => reach.includes(node) && from <= health.at && health.at <= to);
      if (minted && lost)
        return {
          at: health.at,
          detail: `${node} minted while its clock was ${(offsetMs / 1000).toFixed(1)} s ahead, and was cut from the coordinator while it still was.`,
        };
    }
    return undefined;
  },
} satisfies Hazard;

function mintedBy({ health }: Health): bigint {
  return health.minted.reduce((sum, lane) => sum + BigInt(lane), 0n);
}
