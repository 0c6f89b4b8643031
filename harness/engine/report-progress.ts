/**
 * Tells the watching user what the engine does: steps as they enter the journal, rates once a second.
 */
import type { JournalEntry } from '../core/journal.ts';
import { disturbanceLabel, times } from '../core/phrases.ts';
import type { NodeRate, Progress } from '../core/progress.ts';
import type { LoadSecond } from '../load/contract.ts';
import type { Reading } from './health-monitor.ts';
import type { Journal } from './journal.ts';

/** What is shorter costs no measurement by itself. */
const STALL_TOLD_MS = 1000;

/** A journal that tells the user of every entry that is worth it, as it is written down. */
export function telling(journal: Journal, progress: Progress, slotCount: number): Journal {
  const called = new Map<string, Called>();
  const biting = new Set<string>();
  let slots = 0;
  let shortStalls = 0;
  const tell = (entry: JournalEntry): void => {
    const { at } = entry;
    const note = (text: string): void => progress.event({ at, kind: 'note', text });
    switch (entry.kind) {
      case 'phase':
        if (entry.phase === 'judge' && shortStalls > 0)
          note(`the harness stood still for less than a second ${times(shortStalls)}: the machine is busy`);
        return progress.event({ at, kind: 'phase', phase: entry.phase });
      case 'note':
        return note(entry.text);
      case 'ended':
        return note(`${entry.node} ended by itself: ${entry.lastWords}`);
      case 'unknown':
        return note(`${entry.reason.reason}: ${entry.reason.detail}`);
      case 'stall':
        // Each of them would bury the rest. The journal has them all.
        if (entry.forMs < STALL_TOLD_MS) shortStalls++;
        else note(`the harness stood still for ${entry.forMs} ms`);
        return;
      case 'live':
        return progress.event(entry);
      case 'pace': {
        const { liveLagMs, cpus, storeCpus = 0, ofCpus } = entry;
        return progress.event({ at, kind: 'pace', liveLagMs, cpus: cpus + storeCpus, ofCpus });
      }
      case 'host clock':
        return note(`the host's clock moved by ${entry.steppedMs} ms`);
      case 'slot': {
        const { slot, holder, workerId } = entry;
        const target = { ...(holder !== undefined && { holder }), ...(workerId !== undefined && { workerId }) };
        return progress.event({ at, kind: 'slot', slot, index: slots++, count: slotCount, ...target });
      }
      case 'disturbance':
        return tellDisturbance(entry, progress, called, biting);
      default:
    }
  };
  return {
    entries: journal.entries,
    append: (entry) => {
      journal.append(entry);
      tell(entry);
    },
    close: () => journal.close(),
  };
}

/** What a disturbance is called, by the one who wrote it and by people. */
interface Called {
  readonly name: string;
  readonly label: string;
}

function tellDisturbance(
  entry: Extract<JournalEntry, { kind: 'disturbance' }>,
  progress: Progress,
  called: Map<string, Called>,
  biting: Set<string>,
): void {
  const { at, key } = entry;
  if (entry.what === 'asked' || entry.what === 'waiting')
    called.set(key, { name: entry.name, label: disturbanceLabel(entry) });
  const common = { at, kind: 'disturbance', key, ...(called.get(key) ?? { name: key, label: key }) } as const;
  if (entry.what === 'asked') {
    const target = entry.options['node'];
    progress.event({ ...common, what: 'asked', ...(typeof target === 'string' && { target }) });
  } else if (entry.what === 'never')
    progress.event({ at, kind: 'note', text: `trigger never fired: ${common.label}: ${entry.detail}` });
  else if (entry.what === 'healed') progress.event({ ...common, what: 'healed' });
  else if (entry.what === 'failed')
    progress.event({ ...common, what: 'failed', detail: `${entry.step}: ${entry.message}` });
  else if (entry.what === 'sample' && entry.sample.took === true && !biting.has(key)) {
    // The first measurement that shows it in force is the bite.
    biting.add(key);
    progress.event({ ...common, what: 'bites', measured: entry.sample.measured });
  }
}

/**
 * One second of each node: what clients received, and what the node last said of itself. Of nodes whose clocks are not
 * seen (`seesClocks`), no offset.
 */
export function ratesOf(
  seconds: readonly LoadSecond[],
  latest: (node: string) => Reading | undefined,
  clocksAreSeen: boolean,
): readonly NodeRate[] {
  return seconds.map(({ node, ids }) => {
    const { health, offsetMs } = latest(node) ?? {};
    return {
      node,
      idsPerSecond: ids,
      status: health?.status ?? 'no answer',
      ...(health?.workerId !== undefined && { workerId: health.workerId }),
      ...(clocksAreSeen && offsetMs !== undefined && { offsetMs }),
    };
  });
}
