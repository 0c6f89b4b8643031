/** Times of a run in which next to nobody was served, so that they show nothing of how the generator bears faults. Pure. */
import type { JournalEntry } from '../core/journal.ts';
import { counted } from '../core/phrases.ts';
import type { RunNs } from '../core/time.ts';
import { NS_PER_S } from '../core/time.ts';
import type { UnknownReason } from '../core/verdict.ts';
import { doubt, seconds } from './doubt.ts';
import { phaseBegin } from './phase-begin.ts';

/** Answers with IDs, from all nodes together. The quietest slot of the scenarios here has 26 of an honest generator. */
const SERVED_MIN = 10;

interface Stretch {
  readonly name: string;
  readonly scope: string;
  readonly from: RunNs;
  readonly to: RunNs;
}

/**
 * What was minted before the first disturbance, or between them, is enough of a load for the whole run, and says nothing
 * of the others: each slot has to be served, and the time after the last heal.
 */
export function unserved(journal: readonly JournalEntry[]): readonly UnknownReason[] {
  const loads = journal.filter((entry) => entry.kind === 'load');
  return stretches(journal).flatMap(({ name, scope, from, to }) => {
    // An entry of the load tells of the second before it: it belongs to the time that most of it lies in.
    const within = loads.filter(({ at }) => at - NS_PER_S / 2 >= from && at - NS_PER_S / 2 < to);
    const answers = within.reduce((sum, { ok }) => sum + ok, 0);
    if (answers >= SERVED_MIN) return [];
    const told = answers === 0 ? 'never received IDs' : `received IDs ${counted(answers, 'time')}`;
    return [
      doubt(
        'too few samples',
        scope,
        `Clients ${told} ${name}, from ${seconds(from)} s to ${seconds(to)} s: that shows nothing of how the generator bore it.`,
      ),
    ];
  });
}

function stretches(journal: readonly JournalEntry[]): readonly Stretch[] {
  const [recover, drain] = [phaseBegin(journal, 'recover'), phaseBegin(journal, 'drain')];
  // A run that was cut short says so.
  if (recover === undefined || drain === undefined) return [];
  const slots = journal.filter((entry) => entry.kind === 'slot');
  return [
    ...slots.map(({ slot, at }, index) => ({
      name: `in the slot ${slot}`,
      scope: slot,
      from: at,
      to: slots[index + 1]?.at ?? recover,
    })),
    { name: 'after the last heal', scope: 'run', from: recover, to: drain },
  ];
}
