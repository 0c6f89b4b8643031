/**
 * What a checker concludes before the evidence of its few witnesses has been looked up. The fold and the SQL of a
 * checker produce equal drafts; only the looking up differs.
 */
import type { Finding, Sighting, Witness } from '../../core/finding.ts';
import type { SqlFacts, SqlReader } from '../../core/checker.ts';
import type { Tenure } from '../../core/tenure.ts';
import { finding, WITNESSES_MAX } from '../../core/finding.ts';
import type { Guarantee, PromiseOf, Promise_ } from '../../core/guarantee.ts';
import type { History } from '../../core/history.ts';
import { idReader } from '../../core/id-words.ts';
import { lanesOf } from '../../core/lanes.ts';
import type { RunNs } from '../../core/time.ts';
import { sqlId } from '../../core/id-sql.ts';

/** Where to find a sighting: the batch of a lane that holds the position `seq`. */
export interface Clue {
  /** Index into the list of nodes. */
  readonly node: number;
  readonly incarnation: number;
  readonly lane: number;
  readonly seq: number;
  /** The ID at that position, decimal; absent when the sighting is the batch as a whole. */
  readonly id?: string;
  /** `seq` names the batch only: the sighting is the first position in it that holds `id`. */
  readonly seek?: boolean;
}

export interface WitnessDraft {
  readonly what: string;
  readonly clues: readonly Clue[];
  readonly tenures?: readonly Tenure[];
  /** The moment to look at; when absent, `called` of the latest sighting. */
  readonly at?: RunNs;
  readonly worker?: number;
  readonly received?: { readonly first: string; readonly last: string };
  readonly receivedBefore?: Witness['receivedBefore'] & {};
  readonly outsideAssumptions?: boolean;
}

export interface Draft extends Omit<Finding, 'verdict' | 'witnesses'> {
  /** At most WITNESSES_MAX are looked up. */
  readonly witnesses: readonly WitnessDraft[];
}

/** The promise with the bounds of this guarantee; any other is a mistake of the caller. */
export function promiseOf<G extends Guarantee>(guarantee: G, promise: Promise_): PromiseOf<G> {
  if (promise.guarantee !== guarantee)
    throw new TypeError(`the promise is of ${promise.guarantee}, not of ${guarantee}`);
  return promise as PromiseOf<G>;
}

/** Looks the sightings up in the history. */
export function concludeFromHistory(history: History, draft: Draft): Finding {
  const witnesses = draft.witnesses.slice(0, WITNESSES_MAX);
  if (witnesses.length === 0) return finding({ ...draft, witnesses: [] });
  const lanes = lanesOf(history.batches);
  const { batches } = history;
  const ids = idReader(history);
  const sightingOf = (clue: Clue): Sighting => {
    const lane = lanes.find((l) => l.node === clue.node && l.incarnation === clue.incarnation && l.lane === clue.lane);
    const batch = lane?.batches.find(
      (b) => batches.firstSeq[b]! <= clue.seq && clue.seq < batches.firstSeq[b]! + batches.count[b]!,
    );
    if (batch === undefined) throw new Error(`no batch holds position ${clue.seq} of ${history.nodes[clue.node]}`);
    let { seq } = clue;
    if (clue.seek === true) {
      const from = batches.firstId[batch]!;
      const sought = BigInt(clue.id!);
      let index = from;
      while (ids.at(index) !== sought) index++;
      seq = batches.firstSeq[batch]! + index - from;
    }
    return {
      node: history.nodes[clue.node]!,
      incarnation: clue.incarnation,
      lane: clue.lane,
      seq,
      ...(clue.id !== undefined && { id: clue.id }),
      called: batches.called[batch]!,
      returned: batches.returned[batch]!,
      wallCalledMs: batches.wallCalledMs[batch]!,
      wallReturnedMs: batches.wallReturnedMs[batch]!,
      workerId: batches.workerId[batch]!,
      lease: String(batches.lease[batch]),
      createRevision: String(batches.createRevision[batch]),
    };
  };
  return finding({
    ...draft,
    witnesses: inTime(witnesses.map((draft) => witnessOf(draft, draft.clues.map(sightingOf)))),
  });
}

/** Looks the sightings up in the store: two queries, whatever the number of witnesses. */
export async function concludeFromStore(store: SqlReader, facts: SqlFacts, draft: Draft): Promise<Finding> {
  const witnesses = draft.witnesses.slice(0, WITNESSES_MAX);
  const clues = witnesses.flatMap((witness) => witness.clues);
  const batches = await readBatches(store, clues);
  const positions = await readPositions(store, facts, clues);
  const sightingOf = (clue: Clue): Sighting => {
    const batch = batchOf(clue, batches);
    const seq =
      clue.seek === true
        ? Math.min(
            ...positions
              .filter((row) => row.id === clue.id && sameLane(row, clue) && holds(batch, Number(row.seq)))
              .map((row) => Number(row.seq)),
          )
        : clue.seq;
    return {
      node: facts.nodes[clue.node]!,
      incarnation: clue.incarnation,
      lane: clue.lane,
      seq,
      ...(clue.id !== undefined && { id: clue.id }),
      called: Number(batch.called),
      returned: Number(batch.returned),
      wallCalledMs: batch.wall_called_ms,
      wallReturnedMs: batch.wall_returned_ms,
      workerId: batch.worker,
      lease: batch.lease,
      createRevision: batch.create_revision,
    };
  };
  return finding({
    ...draft,
    witnesses: inTime(witnesses.map((draft) => witnessOf(draft, draft.clues.map(sightingOf)))),
  });
}

export interface BatchRow extends Record<string, unknown> {
  readonly node: number;
  readonly incarnation: number;
  readonly lane: number;
  readonly first_seq: string;
  readonly count: number;
  readonly flags: number;
  readonly called: string;
  readonly returned: string;
  readonly wall_called_ms: number;
  readonly wall_returned_ms: number;
  readonly worker: number;
  readonly lease: string;
  readonly create_revision: string;
  readonly min_id: string;
  readonly max_id: string;
}

interface PositionRow extends Record<string, unknown> {
  readonly node: number;
  readonly incarnation: number;
  readonly lane: number;
  readonly seq: string;
  readonly id: string;
}

/** The batches that hold the clues, in no order. */
export async function readBatches(store: SqlReader, clues: readonly Clue[]): Promise<BatchRow[]> {
  if (clues.length === 0) return [];
  const one = ({ node, incarnation, lane, seq }: Clue): string =>
    `node = ${node} and incarnation = ${incarnation} and lane = ${lane} and first_seq <= ${seq} and first_seq + count > ${seq}`;
  return store.rows<BatchRow>(
    `select node, incarnation, lane, first_seq, count, flags, called, returned, wall_called_ms, wall_returned_ms, worker, lease,
       create_revision, min_id, max_id
     from batches where ${[...new Set(clues.map(one))].map((condition) => `(${condition})`).join(' or ')}`,
  );
}

async function readPositions(store: SqlReader, { layout }: SqlFacts, clues: readonly Clue[]): Promise<PositionRow[]> {
  const ids = [...new Set(clues.flatMap(({ id, seek }) => (seek === true && id !== undefined ? [id] : [])))];
  if (ids.length === 0) return [];
  return store.rows<PositionRow>(
    `select node, incarnation, lane, seq, id from ids where id in (${ids.map((id) => sqlId(layout, id)).join(', ')})`,
  );
}

/** The batch among these that holds the clue. */
export function batchOf(clue: Clue, batches: readonly BatchRow[]): BatchRow {
  const batch = batches.find((row) => sameLane(row, clue) && holds(row, clue.seq));
  if (batch === undefined) throw new Error(`no batch holds position ${clue.seq} of node ${clue.node}`);
  return batch;
}

function sameLane(row: BatchRow | PositionRow, clue: Clue): boolean {
  return row.node === clue.node && row.incarnation === clue.incarnation && row.lane === clue.lane;
}

function holds(row: BatchRow, seq: number): boolean {
  return Number(row.first_seq) <= seq && seq < Number(row.first_seq) + row.count;
}

function witnessOf({ clues: _clues, at, ...rest }: WitnessDraft, found: readonly Sighting[]): Witness {
  const sightings = [...found].sort(
    (a, b) => a.called - b.called || (a.node < b.node ? -1 : a.node > b.node ? 1 : 0) || a.seq - b.seq,
  );
  return { ...rest, sightings, at: at ?? sightings.at(-1)?.called ?? 0 };
}

function inTime(witnesses: readonly Witness[]): Witness[] {
  return [...witnesses].sort((a, b) => a.at - b.at || (a.what < b.what ? -1 : a.what > b.what ? 1 : 0));
}
