/**
 * Carries out the timetable: draws each slot's target, injects, measures throughout, heals, and journals every step.
 */
import type { Cluster } from '../core/cluster.ts';
import { keptFromCoordinator } from '../core/coordinator-links.ts';
import { messageOf } from '../core/errors.ts';
import type { Fault, FaultContext } from '../core/fault.ts';
import { shapeOfCluster } from '../core/fault.ts';
import type { AskedDisturbance } from '../core/disturbance.ts';
import type { JournalEntry } from '../core/journal.ts';
import type { JsonObject } from '../core/json.ts';
import type { Layout } from '../core/layout.ts';
import type { Rng } from '../core/random.ts';
import type { Disturbance, Slot } from '../core/scenario.ts';
import { HOLDER, resolveMoments, resolveTargets } from '../core/scenario.ts';
import type { RunNs } from '../core/time.ts';
import { msToNs, NS_PER_S, nsToMs } from '../core/time.ts';
import type { HealthMonitor } from './health-monitor.ts';
import type { Journal } from './journal.ts';
import { signalIn, signalWords } from './signals.ts';

const OBSERVE_EVERY_MS = 200;
/** How often it is looked whether a signal has come. */
const LISTEN_EVERY_MS = 50;
/** A holder must have held its worker ID for this long: one that only just took it may not mint yet. */
const HELD_MS = 800;
/** How long a slot waits for a holder before it gives up. */
const HOLDER_WAIT_MS = 2000;

export interface DisturbContext {
  readonly cluster: Cluster;
  readonly faults: ReadonlyMap<string, Fault>;
  readonly journal: Journal;
  readonly monitor: HealthMonitor;
  readonly rng: Rng;
  /** Of the generator's IDs: where their time begins and ends. */
  readonly layout: Layout;
  readonly signal: AbortSignal;
}

/** Carries out one slot; resolves when its length has passed and all its disturbances are healed. */
export async function carryOutSlot(slot: Slot, context: DisturbContext): Promise<void> {
  const { cluster, journal, signal } = context;
  const needsHolder = slot.disturbances.some(({ options, when }) =>
    [...Object.values(options), ...Object.values(when ?? {})].flat().includes(HOLDER),
  );
  const holder = needsHolder ? await drawHolder(slot, context) : undefined;
  const start = cluster.time.now();
  const workerId = holder === undefined ? undefined : context.monitor.latest(holder)?.health?.workerId;
  journal.append({
    at: start,
    kind: 'slot',
    slot: slot.name,
    ...(holder !== undefined && { holder }),
    ...(workerId !== undefined && { workerId }),
  });
  if (needsHolder && holder === undefined) {
    journal.append({
      at: start,
      kind: 'unknown',
      reason: {
        reason: 'disturbance did not bite',
        scope: slot.name,
        detail: `No node had held what it needs and minted for ${HELD_MS} ms when its slot began: ${saidBy(context)}.`,
      },
    });
  } else {
    // Settled, not all: when one is interrupted the others must have healed before anybody goes on.
    const outcomes = await Promise.allSettled(
      slot.disturbances.map((disturbance, index) =>
        carryOut(disturbance, index, slot, start, holder ?? HOLDER, context),
      ),
    );
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }
  await sleepUntil(cluster, start + msToNs(slot.lengthMs), signal);
}

/** What the nodes last said, for whoever wonders why none would do. */
function saidBy({ cluster, monitor }: DisturbContext): string {
  const now = cluster.time.now();
  const words = cluster.nodes.map(({ name }) => {
    const reading = monitor.latest(name);
    if (reading?.health === undefined) return `${name} gave no answer`;
    const { status, workerId, reason } = reading.health;
    const { heldSince } = reading;
    return [
      `${name} ${status}`,
      ...(reason === undefined ? [] : [`(${reason})`]),
      ...(workerId === undefined ? [] : [`with worker ID ${workerId}`]),
      ...(heldSince === undefined ? [] : [`for ${Math.round(nsToMs(now - heldSince))} ms`]),
    ].join(' ');
  });
  return words.join(', ');
}

async function drawHolder(slot: Slot, { cluster, monitor, rng, signal }: DisturbContext): Promise<string | undefined> {
  const deadline = cluster.time.now() + msToNs(HOLDER_WAIT_MS);
  for (;;) {
    const holders = monitor.holders(HELD_MS);
    if (holders.length > 0) return rng.fork(`holder of ${slot.name}`).pick(holders).name;
    if (cluster.time.now() >= deadline) return undefined;
    await cluster.time.sleep(50, signal);
  }
}

async function carryOut(
  disturbance: Disturbance,
  index: number,
  slot: Slot,
  slotStart: RunNs,
  holder: string,
  context: DisturbContext,
): Promise<void> {
  const { cluster, journal, signal } = context;
  const fault = context.faults.get(disturbance.fault);
  if (fault === undefined) throw new Error(`preflight let the unknown fault ${disturbance.fault} pass`);
  const key = `${slot.name}/${index}-${disturbance.fault}`;
  const options = fault.options.parse(resolveMoments(resolveTargets(disturbance.options, holder), context.layout));
  const faultContext: FaultContext = { key, plannedMs: disturbance.forMs, notes: new Map() };
  const write = (entry: WithoutTime): void => journal.append({ ...entry, at: cluster.time.now() });
  const shape = shapeOfCluster(cluster);
  const asked: AskedDisturbance = {
    key,
    name: disturbance.name ?? disturbance.fault,
    slot: slot.name,
    fault: fault.name,
    // A fault of many members may be one of no coordinator: whatever then follows, that was not the cause.
    disturbs: fault.disturbs.filter((what) => what !== 'coordinator' || shape.coordinatorMembers.length > 0),
    options,
    reach: fault.reach(options, shape),
    ...(fault.disturbs.includes('link') && {
      keepsFromCoordinator: keptFromCoordinator(fault.touches(options, shape), shape),
    }),
    ...(fault.delaysMs !== undefined && { delaysMs: fault.delaysMs(options) }),
    plannedMs: disturbance.forMs,
    ...(fault.seenWithinMs !== undefined && { seenWithinMs: fault.seenWithinMs(options) }),
  };

  const zero = await zeroOf(disturbance, asked, slot, slotStart, holder, context);
  if (zero === undefined) return;
  const from = zero + msToNs(disturbance.atMs);
  const to = from + msToNs(disturbance.forMs);
  await sleepUntil(cluster, from, signal);

  write({ kind: 'disturbance', what: 'asked', ...asked });
  try {
    const injected = await step('inject', key, write, () => fault.inject(cluster, options, faultContext));
    if (injected) {
      write({ kind: 'disturbance', what: 'injected', key });
      await observeUntil(to, fault, options, faultContext, context, write);
    }
  } finally {
    write({ kind: 'disturbance', what: 'healing', key });
    if (await step('heal', key, write, () => fault.heal(cluster, options, faultContext)))
      write({ kind: 'disturbance', what: 'healed', key });
  }
}

/** From when the times of a disturbance count: the start of its slot, or the coming of its signal; undefined: never. */
async function zeroOf(
  { when, atMs, forMs }: Disturbance,
  asked: AskedDisturbance,
  slot: Slot,
  slotStart: RunNs,
  holder: string,
  { cluster, journal, monitor, signal }: DisturbContext,
): Promise<RunNs | undefined> {
  if (when === undefined) return slotStart;
  const { key } = asked;
  const awaited = 'node' in when && when.node === HOLDER ? { ...when, node: holder } : when;
  const words = signalWords(awaited);
  journal.append({ at: cluster.time.now(), kind: 'disturbance', what: 'waiting', ...asked, awaited: words });
  const heard = {
    journal: journal.entries,
    slot: { name: slot.name, start: slotStart },
    latest: (node: string) => monitor.latest(node)?.health,
  };
  // Later, the slot would end in the middle of it.
  const deadline = slotStart + msToNs(slot.lengthMs - atMs - forMs);
  while (!signal.aborted) {
    const at = cluster.time.now();
    const detail = signalIn(awaited, heard);
    if (detail !== undefined) {
      journal.append({ at, kind: 'signal', key, detail });
      return at;
    }
    if (at >= deadline) {
      const seconds = ((deadline - slotStart) / NS_PER_S).toFixed(1);
      const detail = `it waited ${seconds} s for ${words}, and the signal did not come`;
      journal.append({ at, kind: 'disturbance', what: 'never', key, detail });
      return undefined;
    }
    await sleepUntil(cluster, Math.min(deadline, at + msToNs(LISTEN_EVERY_MS)), signal);
  }
  return undefined;
}

type WithoutTime = JournalEntry extends infer Entry ? (Entry extends JournalEntry ? Omit<Entry, 'at'> : never) : never;

async function observeUntil(
  to: RunNs,
  fault: Fault,
  options: JsonObject,
  faultContext: FaultContext,
  { cluster, signal }: DisturbContext,
  write: (entry: WithoutTime) => void,
): Promise<void> {
  const { key } = faultContext;
  while (cluster.time.now() < to && !signal.aborted) {
    const began = cluster.time.now();
    await step('observe', key, write, async () => {
      const evidence = await fault.observe(cluster, options, faultContext);
      // A measurement that outlasted the disturbance saw its heal, or might have.
      if (cluster.time.now() <= to)
        write({ kind: 'disturbance', what: 'sample', key, sample: { at: cluster.time.now(), ...evidence } });
    });
    const next = Math.min(to, began + msToNs(OBSERVE_EVERY_MS));
    await sleepUntil(cluster, next, signal);
  }
}

/** A step that fails is journalled, never thrown: the others must still be healed, and the record says what failed. */
async function step(
  name: 'inject' | 'observe' | 'heal',
  key: string,
  write: (entry: WithoutTime) => void,
  act: () => Promise<void>,
): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    write({ kind: 'disturbance', what: 'failed', key, step: name, message: messageOf(error) });
    return false;
  }
}

async function sleepUntil(cluster: Cluster, at: RunNs, signal: AbortSignal): Promise<void> {
  const left = nsToMs(at - cluster.time.now());
  if (left > 0) await cluster.time.sleep(left, signal);
}
