/**
 * Reasons, read from the journal, why a run that broke nothing still proves nothing. Pure.
 */
import type { Tenure } from '../core/checker.ts';
import type { LeaseFact } from '../core/history.ts';
import { namedBy } from '../core/coordinators.ts';
import type { JournalEntry } from '../core/journal.ts';
import { ownerKey } from '../core/owner-key.ts';
import { disturbanceLabel, grouped } from '../core/phrases.ts';
import type { DisturbanceRecord, HazardRecord } from '../core/run.ts';
import type { Scenario } from '../core/scenario.ts';
import type { RunNs } from '../core/time.ts';
import { msToNs, NS_PER_S } from '../core/time.ts';
import type { UnknownReason } from '../core/verdict.ts';
import type { LaneTotal } from './evidence.ts';
import { GAP_MAX_MS } from './bite.ts';
import { endedEntries, lastWordsOf } from './ended-nodes.ts';

/** A node in reach of a disturbance may refuse for this long after the heal. */
const GRACE_NS = msToNs(8000);
/** Above this share of missed arrivals the load is not what was asked for. */
const MISSED_MAX = 0.1;
/** Below this share of the asked-for IDs a run is too thin to mean anything. */
const MINTED_MIN = 0.1;
/** And below this many answers with IDs under each worker ID, however few were asked for. */
const ANSWERS_MIN = 100;
/** A holder in no reach has no reason to mint nothing for this long, nor any node to give no sign of life. */
const SILENCE_NS = msToNs(2000);

export interface DoubtInput {
  readonly journal: readonly JournalEntry[];
  readonly scenario: Scenario;
  readonly disturbances: readonly DisturbanceRecord[];
  readonly hazards: readonly HazardRecord[];
  readonly minted: readonly LaneTotal[];
  /** By acts. */
  readonly tenures: readonly Tenure[];
  readonly leases: readonly LeaseFact[];
  /** IDs each node is asked for, a second: thinner in the simulator. */
  readonly idsPerSecond: number;
  /** Then `well-formed` says whether each was minted under what its node said that it held. */
  readonly idsCarryWorkerIds: boolean;
}

export function doubts(input: DoubtInput): readonly UnknownReason[] {
  return [
    ...input.journal.flatMap((entry) => (entry.kind === 'unknown' ? [entry.reason] : [])),
    ...cutShort(input),
    ...input.disturbances.filter(({ bit }) => !bit).map(whyNot),
    ...input.disturbances.flatMap((disturbance) =>
      disturbance.unhealed === undefined
        ? []
        : [ofDisturbance('disturbance not healed', disturbance, disturbance.unhealed)],
    ),
    ...input.hazards
      .filter(({ reached }) => !reached)
      .map(({ hazard, summary }) => doubt('hazard not reached', hazard, `Never came about: ${summary}.`)),
    ...untoldTenures(input),
    ...stalls(input.journal),
    ...hostClock(input.journal),
    ...silentNodes(input),
    ...missedLoad(input),
    ...thinLoad(input),
  ];
}

/** One whose signal never came had nothing to bite with. */
function whyNot(disturbance: DisturbanceRecord): UnknownReason {
  const { signal, missed = 'no evidence' } = disturbance;
  const neverFired = signal !== undefined && signal.seen === undefined;
  return ofDisturbance(neverFired ? 'trigger never fired' : 'disturbance did not bite', disturbance, missed);
}

function ofDisturbance(reason: UnknownReason['reason'], disturbance: DisturbanceRecord, why: string): UnknownReason {
  return doubt(reason, disturbance.key, `${disturbanceLabel(disturbance)}: ${why}.`);
}

/** Spans in which a node may refuse because of a disturbance. */
export function inReach(disturbances: readonly DisturbanceRecord[], node: string, at: RunNs): boolean {
  return disturbances.some(
    ({ reach, injected, healed }) =>
      reach.includes(node) &&
      injected !== undefined &&
      at >= injected &&
      at <= (healed ?? Number.MAX_SAFE_INTEGER) + GRACE_NS,
  );
}

function cutShort({ journal, scenario }: DoubtInput): readonly UnknownReason[] {
  if (journal.some((entry) => entry.kind === 'phase' && entry.phase === 'judge')) return [];
  const last = journal.findLast((entry) => entry.kind === 'phase');
  const slots = journal.filter((entry) => entry.kind === 'slot').length;
  const phase = last?.kind === 'phase' ? last.phase : 'launch';
  return [
    doubt(
      'run cut short',
      'run',
      `It ended in the phase ${phase}, after ${slots} of ${scenario.timetable.slots.length} slots had begun.`,
    ),
  ];
}

/**
 * Tenures of which nobody knows when they ended: the coordinator told of no such owner, or no lease log has the lease. A
 * node says itself what it holds; it is believed where owner key and lease log bear it out. Worker IDs for which there
 * was never an owner key come from elsewhere: they have no lease to end. But where others have owner keys, and IDs carry
 * no worker ID, it may be made up.
 */
function untoldTenures({ journal, tenures, leases, idsCarryWorkerIds }: DoubtInput): readonly UnknownReason[] {
  const owners = journal.flatMap((entry) => (entry.kind === 'owner' ? [entry.event] : []));
  const keyed = new Set(owners.map(({ workerId }) => workerId));
  const logged = new Set(leases.map((fact) => namedBy(fact, fact.lease)));
  return tenures.flatMap((tenure) => {
    const { node, incarnation, coordinator, workerId, lease, createRevision } = tenure;
    const isElsewhere = idsCarryWorkerIds ? !keyed.has(workerId) : keyed.size === 0;
    if (lease === '0' && createRevision === '0' && isElsewhere) return [];
    const told = owners.some(
      (event) =>
        event.what === 'acquired' &&
        event.coordinator === coordinator &&
        event.createRevision === createRevision &&
        event.workerId === workerId &&
        event.lease === lease &&
        event.value?.startsWith(`${node}.${incarnation}.`) === true,
    );
    const held = `worker ID ${workerId} under lease ${lease} (revision ${createRevision})`;
    if (!told)
      return [
        doubt(
          'evidence not whole',
          node,
          `${node}.${incarnation} says that it held ${held}: the coordinator never told of that by key ${ownerKey(workerId)}.`,
        ),
      ];
    return logged.has(namedBy(tenure, lease))
      ? []
      : [doubt('evidence not whole', node, `${node}.${incarnation} held ${held}, a lease that no lease log tells of.`)];
  });
}

function stalls(journal: readonly JournalEntry[]): readonly UnknownReason[] {
  return journal.flatMap((entry) =>
    entry.kind === 'stall' && entry.forMs > GAP_MAX_MS
      ? [
          doubt(
            'harness stalled',
            'run',
            `The harness stood still for ${(entry.forMs / 1000).toFixed(1)} s until ${seconds(entry.at)} s.`,
          ),
        ]
      : [],
  );
}

function hostClock(journal: readonly JournalEntry[]): readonly UnknownReason[] {
  return journal.flatMap((entry) =>
    entry.kind === 'host clock'
      ? [
          doubt(
            'clock of the host moved',
            'run',
            `The host's clock moved by ${entry.steppedMs} ms against monotonic time at ${seconds(entry.at)} s.`,
          ),
        ]
      : [],
  );
}

/** Each node at most once, for the gravest of its silences. */
function silentNodes(input: DoubtInput): readonly UnknownReason[] {
  const found = [
    ...absentNodes(input),
    ...endedNodes(input),
    ...neverMinted(input),
    ...fellSilent(input),
    ...servedNobody(input),
  ];
  return found.filter(({ scope }, index) => found.findIndex((other) => other.scope === scope) === index);
}

/** Outside every reach it never answered, or not any more at the end. */
function absentNodes({ journal, disturbances }: DoubtInput): readonly UnknownReason[] {
  const answered = new Set<string>();
  const unanswered = new Map<string, { readonly from: RunNs; readonly to: RunNs }>();
  for (const { at, ...entry } of journal)
    if (entry.kind === 'health') {
      answered.add(entry.node);
      unanswered.delete(entry.node);
    } else if (entry.kind === 'no health') {
      if (!inReach(disturbances, entry.node, at))
        unanswered.set(entry.node, { from: unanswered.get(entry.node)?.from ?? at, to: at });
      else if (answered.has(entry.node)) unanswered.delete(entry.node);
    }
  return [...unanswered]
    .filter(([node, { from, to }]) => !answered.has(node) || to - from >= SILENCE_NS)
    .map(([node, { from, to }]) =>
      doubt(
        'node silent',
        node,
        answered.has(node)
          ? `${node} was in no reach and did not say how it is from ${seconds(from)} s to ${seconds(to)} s, the end${lastWordsOf(journal, node)}.`
          : `${node} never said how it is${lastWordsOf(journal, node) || ': it may never have started'}.`,
      ),
    );
}

/** It ended by itself, and no disturbance can have been why. */
function endedNodes({ journal, disturbances }: DoubtInput): readonly UnknownReason[] {
  return endedEntries(journal)
    .filter(({ node, at }) => !inReach(disturbances, node, at))
    .map(({ node, at, lastWords }) =>
      doubt('node silent', node, `${node} was in no reach and ended by itself before ${seconds(at)} s (${lastWords}).`),
    );
}

/** It held a worker ID, was asked, was in no reach, and never minted in the whole run. */
function neverMinted({ journal, disturbances, minted }: DoubtInput): readonly UnknownReason[] {
  const talkative = new Set(minted.filter(({ ids }) => ids > 0n).map(({ node }) => node));
  const asked = new Set(journal.flatMap((entry) => (entry.kind === 'load' && entry.sent > 0 ? [entry.node] : [])));
  const reaches = withHeirs(disturbances, journal);
  const held = new Map<string, number | undefined>();
  for (const entry of journal)
    if (entry.kind === 'health' && entry.health.status !== 'waiting' && !inReach(reaches, entry.node, entry.at))
      held.set(entry.node, entry.health.workerId);
  return [...held]
    .filter(([node]) => asked.has(node) && !talkative.has(node))
    .map(([node, workerId]) =>
      doubt(
        'node silent',
        node,
        `${node} held ${workerId === undefined ? 'what it needed' : `worker ID ${workerId}`} and was asked outside every reach, but never minted.`,
      ),
    );
}

/** It held one worker ID to the end of the load, was asked, was in no reach, and had stopped minting. */
function fellSilent({ journal, disturbances }: DoubtInput): readonly UnknownReason[] {
  const drain = journal.find((entry) => entry.kind === 'phase' && entry.phase === 'drain');
  const end = drain?.at ?? Number.MAX_SAFE_INTEGER;
  const reaches = withHeirs(disturbances, journal);
  const still = new Map<
    string,
    { readonly from: RunNs; readonly to: RunNs; readonly state: string; readonly what: string }
  >();
  for (const entry of journal) {
    if (entry.kind !== 'health' || entry.at > end) continue;
    const { node, at, health } = entry;
    if (health.status === 'waiting' || inReach(reaches, node, at)) {
      still.delete(node);
      continue;
    }
    const state = `${health.incarnation}/${health.workerId}/${health.minted.join()}`;
    const what = health.workerId === undefined ? 'what it needed' : 'a worker ID';
    const before = still.get(node);
    still.set(node, { from: before?.state === state ? before.from : at, to: at, state, what });
  }
  // An entry of the load tells of the second before it.
  const askedIn = (node: string, from: RunNs, to: RunNs): boolean =>
    journal.some(
      (entry) =>
        entry.kind === 'load' && entry.node === node && entry.sent > 0 && entry.at - NS_PER_S >= from && entry.at <= to,
    );
  return [...still]
    .filter(([node, { from, to }]) => to - from >= SILENCE_NS && askedIn(node, from, to))
    .map(([node, { from, to, what }]) =>
      doubt(
        'node silent',
        node,
        `${node} held ${what} and was asked outside every reach, but minted nothing from ${seconds(from)} s to ${seconds(to)} s, the end of the load.`,
      ),
    );
}

/** To the end of the load it minted, was asked, was in no reach, and no client got an ID: its calls fail. */
function servedNobody({ journal, disturbances }: DoubtInput): readonly UnknownReason[] {
  const drain = journal.find((entry) => entry.kind === 'phase' && entry.phase === 'drain');
  const end = drain?.at ?? Number.MAX_SAFE_INTEGER;
  const reaches = withHeirs(disturbances, journal);
  const told = journal.flatMap((entry) =>
    (entry.kind === 'load' || entry.kind === 'health') && entry.at <= end ? [entry] : [],
  );
  return [...Map.groupBy(told, ({ node }) => node)].flatMap(([node, entries]) => {
    const excused = entries
      .filter(
        (entry) =>
          inReach(reaches, node, entry.at) ||
          (entry.kind === 'load' ? entry.ids > 0 : entry.health.status === 'waiting'),
      )
      .reduce((latest, entry) => Math.max(latest, entry.at), 0);
    // An entry of the load tells of the second before it.
    const asked = entries.filter((entry) => entry.kind === 'load' && entry.sent > 0 && entry.at - NS_PER_S >= excused);
    const totals = entries.flatMap((entry) =>
      entry.kind === 'health' && entry.at > excused ? [entry.health.minted.join()] : [],
    );
    const [from, to] = [Math.min(...asked.map(({ at }) => at)) - NS_PER_S, Math.max(...asked.map(({ at }) => at))];
    // Where it minted nothing, its silence has been told already.
    if (asked.length === 0 || to - from < SILENCE_NS || new Set(totals).size < 2) return [];
    return [
      doubt(
        'node silent',
        node,
        `${node} minted and was asked outside every reach, but no client got an ID from ${seconds(from)} s to ${seconds(to)} s, the end of the load.`,
      ),
    ];
  });
}

/**
 * A disturbed holder leaves its worker ID with a bound that its heir has to wait for: whoever says that it holds the
 * worker ID of a node in reach is in the same reach.
 */
function withHeirs(
  disturbances: readonly DisturbanceRecord[],
  journal: readonly JournalEntry[],
): readonly DisturbanceRecord[] {
  return disturbances.map((disturbance) => {
    const { injected, reach } = disturbance;
    if (injected === undefined) return disturbance;
    const holders = journal.flatMap((entry) =>
      entry.kind === 'health' && entry.health.workerId !== undefined && entry.at >= injected - NS_PER_S
        ? [{ node: entry.node, at: entry.at, workerId: entry.health.workerId }]
        : [],
    );
    const left = new Set(
      holders
        .filter(({ node, at }) => reach.includes(node) && (at < injected || inReach([disturbance], node, at)))
        .map(({ workerId }) => workerId),
    );
    const heirs = holders.filter(({ workerId }) => left.has(workerId)).map(({ node }) => node);
    return { ...disturbance, reach: [...new Set([...reach, ...heirs])] };
  });
}

/** Outside reaches, arrivals that were never sent: the load was open on paper only. */
function missedLoad({ journal, disturbances }: DoubtInput): readonly UnknownReason[] {
  const byNode = new Map<string, { sent: number; dropped: number }>();
  for (const entry of journal) {
    if (entry.kind !== 'load' || inReach(disturbances, entry.node, entry.at)) continue;
    const totals = byNode.get(entry.node) ?? { sent: 0, dropped: 0 };
    byNode.set(entry.node, { sent: totals.sent + entry.sent, dropped: totals.dropped + entry.dropped });
  }
  return [...byNode]
    .filter(([, { sent, dropped }]) => dropped > MISSED_MAX * (sent + dropped))
    .map(([node, { sent, dropped }]) =>
      doubt(
        'load not achieved',
        node,
        `${grouped(dropped)} of ${grouped(sent + dropped)} requests to ${node} outside every reach were not sent in time.`,
      ),
    );
}

function thinLoad({ journal, scenario, minted, tenures, idsPerSecond }: DoubtInput): readonly UnknownReason[] {
  const loads = journal.filter((entry) => entry.kind === 'load');
  const warmUp = journal.find((entry) => entry.kind === 'phase' && entry.phase === 'warm-up');
  const first = warmUp?.at ?? loads.at(0)?.at;
  const last = loads.at(-1)?.at;
  if (first === undefined || last === undefined)
    return [doubt('too few samples', 'run', 'No client ever asked for an ID.')];
  const holders = scenario.pool ?? scenario.cluster.nodes;
  const asked = ((last - first) / 1e9) * idsPerSecond * holders;
  const total = minted.reduce((sum, { ids }) => sum + Number(ids), 0);
  if (total < MINTED_MIN * asked)
    return [
      doubt(
        'too few samples',
        'run',
        `${grouped(total)} IDs were minted, under a tenth of the ${grouped(Math.round(asked))} that ${holders} holders were asked for.`,
      ),
    ];
  const answers = scenario.pool === undefined ? answersOfNodes(loads) : answersUnderWorkerIds(loads, tenures);
  const thin = Array.from({ length: holders }, (_, holder) => ({ holder, times: answers.get(holder) ?? 0 }))
    .filter(({ times }) => times < ANSWERS_MIN)
    .map(({ holder, times }) =>
      scenario.pool === undefined ? `${times} from n${holder + 1}` : `${times} under worker ID ${holder}`,
    );
  const each = scenario.pool === undefined ? 'each node' : 'each worker ID of the pool';
  return thin.length === 0
    ? []
    : [
        doubt(
          'too few samples',
          'run',
          `Clients received IDs too few times (${thin.join(', ')}): ${ANSWERS_MIN} for ${each} is the least that means anything.`,
        ),
      ];
}

type LoadEntry = Extract<JournalEntry, { kind: 'load' }>;

/** How often clients of each node, by index, received IDs. */
function answersOfNodes(loads: readonly LoadEntry[]): ReadonlyMap<number, number> {
  const answers = new Map<number, number>();
  for (const { node, ok } of loads) {
    const index = Number(node.slice(1)) - 1;
    answers.set(index, (answers.get(index) ?? 0) + ok);
  }
  return answers;
}

/**
 * How often clients received IDs under each worker ID. An entry of the load tells of the second before it. If its node
 * minted under two worker IDs in it, nobody knows which answers came from which: they count for neither.
 */
function answersUnderWorkerIds(loads: readonly LoadEntry[], tenures: readonly Tenure[]): ReadonlyMap<number, number> {
  const answers = new Map<number, number>();
  for (const { node, at, ok } of loads) {
    const [workerId, ...others] = new Set(
      tenures
        .filter(({ node: holder, from, to }) => holder === node && from <= at && to >= at - NS_PER_S)
        .map((tenure) => tenure.workerId),
    );
    if (workerId !== undefined && others.length === 0) answers.set(workerId, (answers.get(workerId) ?? 0) + ok);
  }
  return answers;
}

function doubt(reason: UnknownReason['reason'], scope: string, detail: string): UnknownReason {
  return { reason, scope, detail };
}

function seconds(at: RunNs): string {
  return (at / 1e9).toFixed(1);
}
