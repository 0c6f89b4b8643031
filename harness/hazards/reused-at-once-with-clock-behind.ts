/**
 * A worker ID that was given back in good order is taken at once by another node, whose clock is behind: no lease had to
 * run out in between, so that nothing but what the earlier holder left keeps their times apart.
 */
import { handedOut } from '../core/coordinators.ts';
import type { Hazard } from '../core/hazard.ts';
import type { JournalEntry } from '../core/journal.ts';
import { z } from '../core/schema.ts';
import type { RunNs } from '../core/time.ts';
import { msToNs, nsToMs } from '../core/time.ts';

const options = z.strictObject({
  behindMs: z.number().positive().default(1000).describe('how far behind true time at least, in milliseconds'),
  withinMs: z.number().positive().default(2000).describe('from the release to the next owner at most, in milliseconds'),
});

export default {
  name: 'reused-at-once-with-clock-behind',
  summary: 'a worker ID was given back and at once taken by another node, whose clock was behind',
  options,
  coordinators: ['etcd'],

  reached({ journal }, given) {
    const { behindMs, withinMs } = options.parse(given);
    const owners = new Map<string, string>();
    const released = new Map<string, RunNs>();
    for (const entry of journal) {
      if (entry.kind !== 'owner') continue;
      const { at, what, workerId, value = '' } = entry.event;
      const handed = handedOut(entry.event);
      if (what === 'released') {
        released.set(handed, at);
        continue;
      }
      const node = value.split('.')[0]!;
      const [before, since] = [owners.get(handed), released.get(handed)];
      owners.set(handed, node);
      if (before === undefined || before === node || since === undefined || at - since > msToNs(withinMs)) continue;
      const offsetMs = offsetAt(journal, node, at);
      if (offsetMs === undefined || offsetMs > -behindMs) continue;
      return {
        at,
        detail:
          `${before} gave worker ID ${workerId} back; ${node} took it ${Math.round(nsToMs(at - since))} ms later, ` +
          `with its clock ${(-offsetMs / 1000).toFixed(1)} s behind.`,
      };
    }
    return undefined;
  },
} satisfies Hazard;

/** The offset of a node's clock by its first answer from then on. */
function offsetAt(journal: readonly JournalEntry[], node: string, at: RunNs): number | undefined {
  const answer = journal.find((entry) => entry.kind === 'health' && entry.node === node && entry.health.at >= at);
  return answer?.kind === 'health' ? answer.offsetMs : undefined;
}
