/**
 * Signals that a disturbance may wait for: what the harness has heard so far says whether one has come. Pure.
 */
import { handedOut } from '../core/coordinators.ts';
import type { NodeHealth } from '../core/cluster.ts';
import type { JournalEntry } from '../core/journal.ts';
import { grouped } from '../core/phrases.ts';
import type { Signal } from '../core/scenario.ts';
import type { RunNs } from '../core/time.ts';

export interface Heard {
  /** All that has been journalled. */
  readonly journal: readonly JournalEntry[];
  readonly slot: { readonly name: string; readonly start: RunNs };
  /** What a node last said, undefined when it gave no answer. */
  readonly latest: (node: string) => NodeHealth | undefined;
}

/** What was seen, as a sentence, if the signal has come since the slot began. */
export function signalIn(signal: Signal, heard: Heard): string | undefined {
  switch (signal.signal) {
    case 'lease-spent':
      return leaseSpent(signal, heard);
    case 'minted':
      return minted(signal, heard);
    case 'healed':
      return healed(signal, heard);
    case 'worker-id-changed-hands':
      return changedHands(signal, heard);
  }
}

/** What is waited for, to follow "waits for". */
export function signalWords(signal: Signal): string {
  switch (signal.signal) {
    case 'lease-spent':
      return `${signal.percent} % of the lease of ${signal.node} to be spent`;
    case 'minted':
      return `${signal.node} to mint ${grouped(signal.ids)} IDs since the slot began`;
    case 'healed':
      return `the heal of ${signal.disturbance}`;
    case 'worker-id-changed-hands':
      return `${signal.workerId === undefined ? 'a worker ID' : `worker ID ${signal.workerId}`} to change hands`;
  }
}

type Of<Name extends Signal['signal']> = Extract<Signal, { readonly signal: Name }>;

function leaseSpent({ node, percent }: Of<'lease-spent'>, { latest }: Heard): string | undefined {
  const spent = (latest(node)?.leaseSpent ?? 0) * 100;
  return spent >= percent ? `${Math.floor(spent)} % of the lease of ${node} was spent.` : undefined;
}

/** Counts what each life minted; of the life that lived when the slot began, what it has minted since. */
function minted({ node, ids }: Of<'minted'>, { journal, slot }: Heard): string | undefined {
  const before = new Map<number, bigint>();
  const now = new Map<number, bigint>();
  for (const entry of journal) {
    if (entry.kind !== 'health' || entry.node !== node) continue;
    const total = entry.health.minted.reduce((sum, lane) => sum + BigInt(lane), 0n);
    now.set(entry.health.incarnation, total);
    if (entry.at < slot.start) before.set(entry.health.incarnation, total);
  }
  let since = 0n;
  for (const [life, total] of now) since += total - (before.get(life) ?? 0n);
  return since >= BigInt(ids) ? `${node} had minted ${since} IDs since the slot began.` : undefined;
}

function healed({ disturbance }: Of<'healed'>, { journal, slot }: Heard): string | undefined {
  const key = journal.findLast(
    (entry) =>
      entry.kind === 'disturbance' &&
      entry.what === 'asked' &&
      entry.slot === slot.name &&
      entry.at >= slot.start &&
      entry.name === disturbance,
  );
  const isHealed =
    key?.kind === 'disturbance' &&
    journal.some((entry) => entry.kind === 'disturbance' && entry.what === 'healed' && entry.key === key.key);
  return isHealed ? `${disturbance} was healed.` : undefined;
}

/** An owner key of another node than the one before it. */
function changedHands({ workerId }: Of<'worker-id-changed-hands'>, { journal, slot }: Heard): string | undefined {
  const owners = new Map<string, string>();
  for (const entry of journal) {
    if (entry.kind !== 'owner' || entry.event.value === undefined) continue;
    const { workerId: taken, value } = entry.event;
    const node = value.split('.')[0]!;
    const before = owners.get(handedOut(entry.event));
    owners.set(handedOut(entry.event), node);
    if (entry.at < slot.start || before === undefined || before === node) continue;
    if (workerId === undefined || workerId === taken) return `Worker ID ${taken} went from ${before} to ${node}.`;
  }
  return undefined;
}
