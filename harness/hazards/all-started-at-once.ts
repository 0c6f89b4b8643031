/**
 * The first start of a whole cluster: all nodes begin at the same moment, and nobody owns anything yet.
 */
import { handedOut } from '../core/coordinators.ts';
import type { Hazard } from '../core/hazard.ts';
import type { JournalEntry } from '../core/journal.ts';
import { z } from '../core/schema.ts';
import type { RunNs } from '../core/time.ts';
import { msToNs, nsToMs } from '../core/time.ts';

const options = z.strictObject({
  withinMs: z.number().positive().default(3000).describe('from the first start to the last, in milliseconds'),
});

export default {
  name: 'all-started-at-once',
  summary: 'all nodes started at the same moment, while no worker ID had an owner',
  options,

  reached({ journal }, given) {
    const { withinMs } = options.parse(given);
    const nodes = journal.flatMap((entry) => (entry.kind === 'origin' ? entry.nodes : []));
    const starts = journal.flatMap((entry) =>
      entry.kind === 'process' && entry.what === 'started' && nodes.includes(entry.member) ? [entry] : [],
    );
    for (const [index, first] of starts.entries()) {
      const together = starts.slice(index).filter(({ at }) => at - first.at <= msToNs(withinMs));
      const names = new Set(together.map(({ member }) => member));
      if (names.size < nodes.length || ownersAt(journal, first.at).size > 0) continue;
      const spanMs = Math.round(nsToMs(together.at(-1)!.at - first.at));
      return { at: first.at, detail: `${nodes.length} nodes started within ${spanMs} ms; no worker ID had an owner.` };
    }
    return undefined;
  },
} satisfies Hazard;

function ownersAt(journal: readonly JournalEntry[], at: RunNs): ReadonlySet<string> {
  const owned = new Set<string>();
  for (const entry of journal) {
    if (entry.kind !== 'owner' || entry.event.at > at) continue;
    if (entry.event.what === 'acquired') owned.add(handedOut(entry.event));
    else owned.delete(handedOut(entry.event));
  }
  return owned;
}
