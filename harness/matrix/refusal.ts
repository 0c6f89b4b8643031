/** What disturbances cost clients. Pure. */
import type { JournalEntry } from '../core/journal.ts';
import type { Refusal } from '../core/matrix.ts';
import type { Run } from '../core/run.ts';
import { whereText } from '../core/slo-words.ts';
import { NS_PER_S } from '../core/time.ts';
import { reachesOf } from '../engine/slo-facts.ts';

type LoadEntry = Extract<JournalEntry, { readonly kind: 'load' }>;

/**
 * The seconds are those that the run itself measured, by its indicator `refusal`. It counts no requests: those come from
 * the journal, within the same reaches.
 */
export function refusalOf(
  { disturbances, nodes, figures = [] }: Pick<Run, 'disturbances' | 'nodes' | 'figures'>,
  journal: readonly JournalEntry[],
): Refusal {
  const reaches = reachesOf(disturbances, journal, nodes);
  const inReach = journal.filter((entry): entry is LoadEntry & JournalEntry => {
    if (entry.kind !== 'load' || entry.sent === 0) return false;
    const node = nodes.indexOf(entry.node);
    // It tells of the second before it.
    return reaches.some(({ reach, from, to }) => reach.includes(node) && entry.at > from && entry.at - NS_PER_S < to);
  });
  const requests = inReach.reduce((sum, { refused }) => sum + Object.values(refused).reduce((a, b) => a + b, 0), 0);
  const measured = figures.find(({ name, where }) => name === 'refusal' && where === whereText('whole'))?.value;
  // Where nobody was asked in a reach there was nothing to measure. Else a run that was cut short did not come to it.
  const seconds = measured ?? (inReach.length === 0 ? 0 : undefined);
  return { ...(seconds !== undefined && { seconds }), requests };
}
