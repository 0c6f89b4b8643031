/**
 * Reasons, read from the journal, why a run that broke nothing still proves nothing. Pure.
 */
import type { Tenure } from '../core/tenure.ts';
import type { LeaseFact } from '../core/history.ts';
import { namedBy } from '../core/coordinators.ts';
import type { JournalEntry } from '../core/journal.ts';
import { ownerKey } from '../core/owner-key.ts';
import { disturbanceLabel, grouped } from '../core/phrases.ts';
import type { DisturbanceRecord, HazardRecord } from '../core/run.ts';
import type { Scenario } from '../core/scenario.ts';
import { NS_PER_S } from '../core/time.ts';
import type { UnknownReason } from '../core/verdict.ts';
import type { LaneTotal } from './evidence.ts';
import { GAP_MAX_MS } from './bite.ts';
import { doubt, seconds } from './doubt.ts';
import { loadedSpan } from './load-record.ts';
import { phaseBegin } from './phase-begin.ts';
import { inReach } from './reach.ts';
import { silentNodes } from './silent-nodes.ts';
import { unserved } from './unserved.ts';

/** Above this share of arrivals that were missed, or that nobody answered in time, the load is not what was asked for. */
const MISSED_MAX = 0.1;
/** Below this share of the asked-for IDs a run is too thin to mean anything. */
const MINTED_MIN = 0.1;
/** And below this many answers with IDs under each worker ID, however few were asked for. */
const ANSWERS_MIN = 100;

export interface DoubtInput {
  readonly journal: readonly JournalEntry[];
  readonly scenario: Scenario;
  readonly disturbances: readonly DisturbanceRecord[];
  readonly hazards: readonly HazardRecord[];
  readonly minted: readonly LaneTotal[];
  /** By acts. */
  readonly tenures: readonly Tenure[];
  readonly leases: readonly LeaseFact[];
  /** IDs each node was asked for, a second, on average: fewer in the simulator. */
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
    ...unserved(input.journal),
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

function cutShort({ journal, scenario }: DoubtInput): readonly UnknownReason[] {
  if (phaseBegin(journal, 'judge') !== undefined) return [];
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

/** Outside reaches: arrivals that were never sent, so that the load was open on paper only, or never answered in time. */
function missedLoad({ journal, disturbances }: DoubtInput): readonly UnknownReason[] {
  const undisturbed = journal
    .filter((entry) => entry.kind === 'load')
    .filter(({ node, at }) => !inReach(disturbances, node, at));
  return [...Map.groupBy(undisturbed, ({ node }) => node)].flatMap(([node, seconds]) => {
    const sum = (of: (second: LoadEntry) => number): number => seconds.reduce((total, second) => total + of(second), 0);
    const sent = sum((load) => load.sent);
    const dropped = sum((load) => load.dropped);
    const notAchieved = (missed: number, asked: number, what: string): readonly UnknownReason[] =>
      missed <= MISSED_MAX * asked
        ? []
        : [
            doubt(
              'load not achieved',
              node,
              `${grouped(missed)} of ${grouped(asked)} requests to ${node} ${what} while nothing disturbed it.`,
            ),
          ];
    return [
      ...notAchieved(dropped, sent + dropped, 'were not sent in time'),
      ...notAchieved(
        sum((load) => load.noAnswer),
        sent,
        'had no answer in time',
      ),
    ];
  });
}

function thinLoad({ journal, scenario, minted, tenures, idsPerSecond }: DoubtInput): readonly UnknownReason[] {
  const loads = journal.filter((entry) => entry.kind === 'load');
  const span = loadedSpan(journal);
  if (span === undefined) return [doubt('too few samples', 'run', 'No client ever asked for an ID.')];
  const holders = scenario.pool ?? scenario.cluster.nodes;
  const asked = ((span.to - span.from) / 1e9) * idsPerSecond * holders;
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
