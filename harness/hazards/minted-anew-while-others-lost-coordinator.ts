/**
 * The coordinator of some nodes is away, and none of them mints; a node that it does not serve takes a worker ID from
 * another coordinator at that time, and mints under it.
 */
import type { Hazard, HazardFacts } from '../core/hazard.ts';
import { handedOut } from '../core/coordinators.ts';
import type { JournalEntry } from '../core/journal.ts';
import { seconds } from '../core/phrases.ts';
import { z } from '../core/schema.ts';
import type { RunNs } from '../core/time.ts';

/** Measured in force from the first to the last moment. */
interface Loss {
  readonly reach: readonly string[];
  from: RunNs;
  to: RunNs;
}

export default {
  name: 'minted-anew-while-others-lost-coordinator',
  summary: 'a node took a worker ID and minted under it while all nodes of another coordinator were dark without it',
  options: z.strictObject({}),

  reached({ journal, tenures }) {
    for (const loss of lossesOf(journal))
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

/** Losses of a coordinator that were measured in force; asking for one proves nothing. */
function lossesOf(journal: HazardFacts['journal']): readonly Loss[] {
  const losses = new Map<string, Loss>();
  for (const entry of journal) {
    if (entry.kind !== 'disturbance') continue;
    if (entry.what === 'asked' && entry.disturbs.includes('coordinator'))
      losses.set(entry.key, { reach: entry.reach, from: Infinity, to: -Infinity });
    const loss = losses.get(entry.key);
    if (loss === undefined || entry.what !== 'sample' || entry.sample.took !== true) continue;
    loss.from = Math.min(loss.from, entry.sample.at);
    loss.to = Math.max(loss.to, entry.sample.at);
  }
  return [...losses.values()];
}

type Owned = Extract<JournalEntry, { kind: 'owner' }>;

function acquisitions(journal: HazardFacts['journal']): readonly Owned[] {
  return journal.filter((entry) => entry.kind === 'owner').filter(({ event }) => event.what === 'acquired');
}

/** Whether the last that each of them was asked before a moment, within the loss, was that it mints nothing. */
function allDark(journal: HazardFacts['journal'], { reach, from }: Loss, at: RunNs): boolean {
  return reach.every((node) => {
    const last = journal.findLast(
      (entry) => (entry.kind === 'health' || entry.kind === 'no health') && entry.node === node && entry.at <= at,
    );
    if (last === undefined || last.at < from) return false;
    return last.kind === 'no health' || (last.kind === 'health' && last.health.status !== 'minting');
  });
}
