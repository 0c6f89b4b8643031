/**
 * The coordinator of some nodes is away, and none of them mints; a node that it does not serve takes a worker ID from
 * another coordinator at that time, and mints under it.
 */
import type { Hazard, HazardFacts } from '../core/hazard.ts';
import { handedOut } from '../core/coordinators.ts';
import type { JournalEntry } from '../core/journal.ts';
import { seconds } from '../core/phrases.ts';
import { z } from '../core/schema.ts';
import { spansInForce, type SpanInForce } from '../core/spans-in-force.ts';
import type { RunNs } from '../core/time.ts';

export default {
  name: 'minted-anew-while-others-lost-coordinator',
  summary: 'a node took a worker ID and minted under it while all nodes of another coordinator were dark without it',
  options: z.strictObject({}),
  coordinators: ['etcd'],

  reached({ journal, tenures }) {
    for (const loss of spansInForce(journal, ({ disturbs }) => disturbs.includes('coordinator')))
      for (const { at, event } of acquisitions(journal)) {
        const [node = ''] = (event.value ?? '').split('.');
        if (loss.reach.includes(node) || at < loss.from || at > loss.to) continue;
        const tenure = tenures.find(
          (one) => one.createRevision === event.createRevision && handedOut(one) === handedOut(event),
        );
        if (tenure === undefined || tenure.from > loss.to || !allDark(journal, loss, tenure.from)) continue;
        return {
          at: tenure.from,
          detail:
            `${node} took worker ID ${event.workerId} at ${seconds(at)} and minted, while ${loss.reach.join(' and ')} ` +
            `had no coordinator since ${seconds(loss.from)} and minted nothing.`,
        };
      }
    return undefined;
  },
} satisfies Hazard;

type Owned = Extract<JournalEntry, { kind: 'owner' }>;

function acquisitions(journal: HazardFacts['journal']): readonly Owned[] {
  return journal.filter((entry) => entry.kind === 'owner').filter(({ event }) => event.what === 'acquired');
}

/** Whether the last that each of them was asked before a moment, within the loss, was that it mints nothing. */
function allDark(journal: HazardFacts['journal'], { reach, from }: SpanInForce, at: RunNs): boolean {
  return reach.every((node) => {
    const last = journal.findLast(
      (entry) => (entry.kind === 'health' || entry.kind === 'no health') && entry.node === node && entry.at <= at,
    );
    if (last === undefined || last.at < from) return false;
    return last.kind === 'no health' || (last.kind === 'health' && last.health.status !== 'minting');
  });
}
