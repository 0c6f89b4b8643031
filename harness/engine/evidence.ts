/**
 * Is the evidence whole? Counted on both ends: what nodes say they minted, what taps hold, what the store holds, what
 * clients were told. Pure.
 */
import { UNPLACED } from '../core/cluster.ts';
import type { JournalEntry } from '../core/journal.ts';
import type { RequestColumns } from '../core/history.ts';
import { REQUEST_STATUS } from '../core/history.ts';
import { counted, grouped } from '../core/phrases.ts';
import type { EvidenceTotals } from '../core/run.ts';
import type { LaneName } from '../core/tap.ts';
import type { UnknownReason } from '../core/verdict.ts';

export interface LaneTotal extends LaneName {
  readonly ids: bigint;
}

export interface EvidenceInput {
  readonly journal: readonly JournalEntry[];
  readonly nodes: readonly string[];
  /** By tap. */
  readonly minted: readonly LaneTotal[];
  readonly stored: readonly LaneTotal[];
  readonly batches: number;
  readonly tornBytes: number;
  /** What the reader of the taps found wrong. */
  readonly problems: readonly string[];
  /** Undefined when they died with the harness or the store. */
  readonly requests: RequestColumns | undefined;
}

export interface EvidenceJudgement {
  readonly totals: EvidenceTotals;
  readonly unknowns: readonly UnknownReason[];
}

const OK = REQUEST_STATUS.indexOf('ok');
/** The totals of requests come from the journal, which counts and names no ID. */
const ANSWERS_LOST =
  'Which IDs each client received was lost with the harness, or with the store. What is told of requests and acknowledged IDs are counts from the journal, and name no ID to look for in the taps.';

export function judgeEvidence(input: EvidenceInput): EvidenceJudgement {
  const stored = new Map(input.stored.map((lane) => [laneKey(lane), lane.ids]));
  const lanes = input.minted.map((lane) => ({ ...lane, stored: stored.get(laneKey(lane)) ?? 0n }));
  return {
    totals: {
      minted: String(sum(input.minted)),
      stored: String(sum(input.stored)),
      acknowledged: String(acknowledgedIds(input.journal)),
      batches: input.batches,
      tornBytes: input.tornBytes,
      requests: requestTotals(input.journal),
      lanes: lanes.map(({ node, incarnation, lane, ids, stored: held }) => ({
        node,
        incarnation,
        lane,
        minted: String(ids),
        stored: String(held),
      })),
    },
    unknowns: [
      ...input.problems.map((detail) => unknown('evidence not whole', 'taps', detail)),
      ...storeDifferences(input, lanes),
      ...nodeDifferences(input),
      ...(input.requests === undefined ? [] : requestDifferences(input.requests, input.journal)),
      ...clientDifferences(input),
      ...unplacedAnswers(input.journal),
    ],
  };
}

function storeDifferences(
  { minted, stored }: EvidenceInput,
  lanes: readonly (LaneTotal & { readonly stored: bigint })[],
): readonly UnknownReason[] {
  const known = new Set(minted.map(laneKey));
  return [
    ...lanes
      .filter(({ ids, stored: held }) => ids !== held)
      .map((lane) =>
        unknown(
          'evidence not whole',
          lane.node,
          `${describeLane(lane)} minted ${lane.ids} IDs, the store holds ${lane.stored}.`,
        ),
      ),
    ...stored
      .filter((lane) => !known.has(laneKey(lane)))
      .map((lane) =>
        unknown(
          'evidence not whole',
          lane.node,
          `The store holds ${lane.ids} IDs of ${describeLane(lane)}, which has no tap.`,
        ),
      ),
  ];
}

/**
 * The most that each lane of each life ever said that it had minted, against its tap. What a life committed outlives it:
 * the IDs of a killed node that no client asked for are missed by nobody else.
 */
function nodeDifferences({ journal, minted }: EvidenceInput): readonly UnknownReason[] {
  const said = new Map<string, LaneTotal>();
  for (const entry of journal) {
    if (entry.kind !== 'health') continue;
    const { node } = entry;
    const { incarnation } = entry.health;
    entry.health.minted.forEach((total, lane) => {
      const name = { node, incarnation, lane };
      const ids = BigInt(total);
      if (ids > (said.get(laneKey(name))?.ids ?? 0n)) said.set(laneKey(name), { ...name, ids });
    });
  }
  const tapped = new Map(minted.map((lane) => [laneKey(lane), lane.ids]));
  return [...said.values()].flatMap((lane) => {
    const held = tapped.get(laneKey(lane)) ?? 0n;
    return lane.ids > held
      ? [
          unknown(
            'evidence not whole',
            lane.node,
            `${describeLane(lane)} said that it had minted ${lane.ids} IDs; its tap holds ${held}.`,
          ),
        ]
      : [];
  });
}

/** How many requests are missing of those that clients sent by the journal; negative: there are more. */
export function requestsMissing(requests: RequestColumns, journal: readonly JournalEntry[]): number {
  return requestTotals(journal).sent - requests.length;
}

function requestDifferences(requests: RequestColumns, journal: readonly JournalEntry[]): readonly UnknownReason[] {
  const missing = requestsMissing(requests, journal);
  if (missing === 0) return [];
  const detail = `Of ${grouped(requests.length + missing)} requests that clients sent by the journal, ${grouped(requests.length)} are there: what clients saw is not known of all, or of some twice.`;
  return [unknown('live path blind', 'run', detail)];
}

/** A reply whose IDs are not in the tap overtook it: the tap is not the whole truth. */
function clientDifferences({ requests, minted, nodes }: EvidenceInput): readonly UnknownReason[] {
  if (requests === undefined) return [unknown('live path blind', 'run', ANSWERS_LOST)];
  const furthest = new Map<string, { readonly lane: LaneName; end: number }>();
  // A node answers from one lane for long: no key and no name a request.
  const latest: ({ readonly lane: LaneName; end: number } | undefined)[] = [];
  let acknowledged = 0;
  let placed = 0;
  for (let i = 0; i < requests.length; i++) {
    if (requests.status[i] !== OK) continue;
    const count = requests.count[i] as number;
    const incarnation = requests.incarnation[i] as number;
    // A reply that names its place and has no IDs: there is nothing to find.
    if (count === 0 && incarnation > 0) continue;
    acknowledged++;
    if (incarnation === 0) continue;
    placed++;
    const node = requests.node[i] as number;
    const number = requests.lane[i] as number;
    let known = latest[node];
    if (known?.lane.incarnation !== incarnation || known.lane.lane !== number) {
      const lane: LaneName = { node: nodes[node] ?? '?', incarnation, lane: number };
      known = furthest.get(laneKey(lane)) ?? { lane, end: 0 };
      furthest.set(laneKey(lane), known);
      latest[node] = known;
    }
    known.end = Math.max(known.end, (requests.firstSeq[i] as number) + count);
  }
  const totals = new Map(minted.map((lane) => [laneKey(lane), lane.ids]));
  const overtaken = [...furthest.values()]
    .filter(({ lane, end }) => BigInt(end) > (totals.get(laneKey(lane)) ?? 0n))
    .map(({ lane, end }) =>
      unknown(
        'evidence not whole',
        lane.node,
        `Clients received IDs of ${describeLane(lane)} up to position ${end}; its tap ends at ${totals.get(laneKey(lane)) ?? 0n}.`,
      ),
    );
  const blind = acknowledged - placed;
  return blind > 0
    ? [
        ...overtaken,
        unknown(
          'live path blind',
          'run',
          `${blind} of ${acknowledged} replies did not say where their IDs are in the tap.`,
        ),
      ]
    : overtaken;
}

/** IDs that a client has, and that nobody can look for in the taps: they may be any. */
function unplacedAnswers(journal: readonly JournalEntry[]): readonly UnknownReason[] {
  return Object.values(UNPLACED).flatMap((reason) => {
    const answers = journal.reduce((sum, entry) => sum + (entry.kind === 'load' ? (entry.errors[reason] ?? 0) : 0), 0);
    const detail = `${counted(answers, 'answer')} came with ${reason}: what IDs clients have of them could not be compared with what was minted.`;
    return answers === 0 ? [] : [unknown('live path blind', 'run', detail)];
  });
}

function requestTotals(journal: readonly JournalEntry[]): EvidenceTotals['requests'] {
  const totals = { sent: 0, ok: 0, refused: 0, errors: 0, noAnswer: 0, dropped: 0 };
  for (const entry of journal) {
    if (entry.kind !== 'load') continue;
    totals.sent += entry.sent;
    totals.ok += entry.ok;
    totals.noAnswer += entry.noAnswer;
    totals.dropped += entry.dropped;
    totals.refused += sumOf(entry.refused);
    totals.errors += sumOf(entry.errors);
  }
  return totals;
}

function acknowledgedIds(journal: readonly JournalEntry[]): number {
  return journal.reduce((ids, entry) => (entry.kind === 'load' ? ids + entry.ids : ids), 0);
}

function sumOf(counts: { readonly [reason: string]: number }): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

function sum(lanes: readonly LaneTotal[]): bigint {
  return lanes.reduce((total, { ids }) => total + ids, 0n);
}

function laneKey({ node, incarnation, lane }: LaneName): string {
  return `${node}/${incarnation}/${lane}`;
}

function describeLane({ node, incarnation, lane }: LaneName): string {
  return `${node} (life ${incarnation}, lane ${lane})`;
}

function unknown(reason: UnknownReason['reason'], scope: string, detail: string): UnknownReason {
  return { reason, scope, detail };
}
