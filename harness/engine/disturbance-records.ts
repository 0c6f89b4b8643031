/**
 * What became of each disturbance, read from the journal. Pure.
 */
import type { EvidenceSample } from '../core/disturbance.ts';
import type { DisturbanceEntry, JournalEntry, ProcessEvent } from '../core/journal.ts';
import type { DisturbanceRecord } from '../core/run.ts';
import type { RunNs } from '../core/time.ts';
import type { Span } from './bite.ts';
import { judgeBite, RETURN_GRACE_NS } from './bite.ts';
import { stallSpans } from './busy-machine.ts';

const SAMPLES_KEPT = 200;

type Entry = Extract<JournalEntry, { kind: 'disturbance' }>;
type Asked = Extract<DisturbanceEntry, { what: 'asked' | 'waiting' }>;

/** One record for each disturbance, in the order in which they were asked for, or would have been. */
export function disturbanceRecords(journal: readonly JournalEntry[]): readonly DisturbanceRecord[] {
  const byKey = Map.groupBy(
    journal.filter((entry): entry is Entry => entry.kind === 'disturbance'),
    ({ key }) => key,
  );
  const seen = new Map(
    journal.flatMap((entry) => (entry.kind === 'signal' ? [[entry.key, { seen: entry.detail }] as const] : [])),
  );
  const stalls = stallSpans(journal);
  const down = downSpans(journal);
  const end = journal.at(-1)?.at ?? 0;
  const order = (entries: readonly Entry[]): RunNs =>
    (entries.find(({ what }) => what === 'asked' || what === 'never') ?? entries.at(-1))?.at ?? end;
  const inOrder = [...byKey.values()].toSorted((one, other) => order(one) - order(other));
  return inOrder.flatMap((entries) => {
    const asked = entries.find((entry): entry is Entry & Asked => entry.what === 'asked' || entry.what === 'waiting');
    if (asked === undefined) return [];
    const signal = asked.what === 'waiting' ? { awaited: asked.awaited, ...seen.get(asked.key) } : undefined;
    return [{ ...recordOf(asked, entries, end, stalls, down), ...(signal !== undefined && { signal }) }];
  });
}

/** After these a process can be asked again. */
const BACK: ReadonlySet<ProcessEvent> = new Set(['started', 'resumed', 'unslowed']);

/** Times at which a process was gone, stopped or starved, by member: it may answer nothing then. */
function downSpans(journal: readonly JournalEntry[]): ReadonlyMap<string, readonly Span[]> {
  const spans = new Map<string, Span[]>();
  const open = new Map<string, RunNs>();
  const close = (member: string, at: RunNs): void => {
    const from = open.get(member);
    if (from === undefined) return;
    open.delete(member);
    spans.set(member, [...(spans.get(member) ?? []), { from, to: at + RETURN_GRACE_NS }]);
  };
  for (const entry of journal) {
    if (entry.kind !== 'process') continue;
    if (!BACK.has(entry.what)) open.set(entry.member, entry.at);
    else close(entry.member, entry.at);
  }
  for (const member of [...open.keys()]) close(member, Number.MAX_SAFE_INTEGER - RETURN_GRACE_NS);
  return spans;
}

function recordOf(
  asked: Entry & Asked,
  entries: readonly Entry[],
  end: RunNs,
  stalls: readonly Span[],
  down: ReadonlyMap<string, readonly Span[]>,
): DisturbanceRecord {
  const moment = (what: 'injected' | 'healing' | 'healed'): RunNs | undefined =>
    entries.find((entry) => entry.what === what)?.at;
  const failure = (ofHeal: boolean): string | undefined =>
    entries
      .flatMap((entry) => (entry.what === 'failed' && (entry.step === 'heal') === ofHeal ? [entry] : []))
      .map(({ step, message }) => `its ${step} failed: ${message}`)[0];
  const injected = moment('injected');
  const healed = moment('healed');
  // A harness that was killed in between told of no heal: the evidence goes on to its last entry.
  const healing = moment('healing') ?? end;
  const samples: readonly EvidenceSample[] = entries.flatMap((entry) =>
    entry.what === 'sample' ? [entry.sample] : [],
  );
  const bite =
    injected === undefined
      ? { bit: false, missed: whyNever(asked, entries) }
      : judgeBite({
          span: { from: injected, to: healing },
          samples,
          ...(asked.seenWithinMs !== undefined && { seenWithinMs: asked.seenWithinMs }),
          excused: [...stalls, ...unmeasurable(samples, asked, down)],
        });
  const missed = failure(false) ?? bite.missed;
  const cut = injected !== undefined && healed === undefined;
  const unhealed = failure(true) ?? (cut ? 'the run was cut short, and nothing tells of its heal' : undefined);
  return {
    key: asked.key,
    name: asked.name,
    slot: asked.slot,
    fault: asked.fault,
    disturbs: asked.disturbs,
    options: asked.options,
    reach: asked.reach,
    ...(asked.keepsFromCoordinator !== undefined && { keepsFromCoordinator: asked.keepsFromCoordinator }),
    ...(asked.delaysMs !== undefined && { delaysMs: asked.delaysMs }),
    ...(injected !== undefined && { injected }),
    ...(healed !== undefined && { healed }),
    bit: bite.bit && missed === undefined,
    ...('tookFrom' in bite && bite.tookFrom !== undefined && { tookFrom: bite.tookFrom }),
    ...('tookTo' in bite && bite.tookTo !== undefined && { tookTo: bite.tookTo }),
    ...(missed !== undefined && { missed }),
    ...(unhealed !== undefined && { unhealed }),
    samples: thin(samples),
  };
}

/** Why one that has no injection has none. */
function whyNever(first: Asked, entries: readonly Entry[]): string {
  const never = entries.find((entry) => entry.what === 'never');
  if (never !== undefined) return never.detail;
  return first.what === 'asked' || entries.some((entry) => entry.what === 'asked')
    ? 'its injection was never completed'
    : `it waited for ${first.awaited}, and the run was cut short`;
}

/** Time in which the target was down by another's hand; only a fault that said "cannot be measured" may claim it. */
function unmeasurable(
  samples: readonly EvidenceSample[],
  asked: Asked,
  down: ReadonlyMap<string, readonly Span[]>,
): readonly Span[] {
  if (samples.every(({ took }) => took !== undefined)) return [];
  const named = Object.values(asked.options).flat();
  return named.flatMap((value) => (typeof value === 'string' ? (down.get(value) ?? []) : []));
}

function thin<Item>(items: readonly Item[]): readonly Item[] {
  if (items.length <= SAMPLES_KEPT) return items;
  const step = (items.length - 1) / (SAMPLES_KEPT - 1);
  return Array.from({ length: SAMPLES_KEPT }, (_, index) => items[Math.round(index * step)] as Item);
}
