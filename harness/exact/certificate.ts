/**
 * The run certificate: runs of one worker whose ranges do not meet prove that the IDs in them differ. What lies outside of
 * runs, and in ranges where runs meet, is looked up exactly.
 */
import type { Crew } from './crew.ts';
import type { Range } from './find.ts';
import type { Piece } from './pieces.ts';
import type { Limits } from './limits.ts';
import type { Run } from './runs.ts';
import type { ScannedPiece } from './scan.ts';
import { type Place, search } from './search.ts';
import type { Tally } from './tally.ts';
import type { WorkerField } from './worker-field.ts';
import { toBigint, type WordsOfId } from './words.ts';

export interface CertificateInput {
  readonly words: WordsOfId;
  readonly pieces: readonly Piece[];
  readonly limits: Limits;
  readonly field: WorkerField;
  readonly seed: number;
}

/** A run and the piece that it is in; its ends may have been taken off. */
interface Placed extends Omit<Run, 'low' | 'high' | 'count'> {
  readonly piece: number;
  low: bigint;
  high: bigint;
  count: number;
}

/** What has to be looked up. */
interface Suspects {
  /** IDs outside of runs. */
  readonly points: bigint[];
  /** The pieces that these are in. */
  readonly homes: Set<number>;
}

/** All IDs that may be there twice, tallied; or why it gave up. */
export async function certify(
  crew: Crew,
  input: CertificateInput,
  scanned: readonly Required<ScannedPiece>[],
): Promise<Tally | string> {
  const { limits, pieces } = input;
  const suspects: Suspects = { points: [], homes: new Set() };
  for (const { piece, runs } of scanned)
    if (runs.outliers.length > 0) {
      for (const id of runs.outliers) suspects.points.push(id);
      suspects.homes.add(piece);
    }
  const placed = scanned.flatMap(({ piece, runs }) => runs.runs.map((run): Placed => ({ ...run, piece })));
  takeOffEdges(placed, pieces, suspects);
  const runs = sorted(placed.filter(({ count }) => count > 0));

  const small = smallOnesThatMeet(runs, limits.smallRun);
  if (small.size > 0) {
    const places = placesOf([...small].map((run) => ({ piece: run.piece, range: run })));
    if (places.some(({ ranges }) => ranges.length > limits.rangesMax)) return TOO_MANY_RANGES;
    const held = await search(crew, input, [], places);
    if (held === undefined) return TOO_MANY_SUSPECTS;
    const { ids, size } = held.tallied();
    for (let entry = 0; entry < size; entry++) suspects.points.push(toBigint(ids, entry * input.words, input.words));
    for (const { piece } of small) suspects.homes.add(piece);
  }
  if (suspects.points.length > limits.outliersMax) return TOO_MANY_SUSPECTS;

  const large = runs.filter((run) => !small.has(run));
  const places = whereToLook(large, suspects, input);
  if (places.some(({ ranges }) => ranges.length > limits.rangesMax)) return TOO_MANY_RANGES;
  return (await search(crew, input, suspects.points, places)) ?? TOO_MANY_SUSPECTS;
}

const TOO_MANY_RANGES = 'runs of one worker meet in too many places';
const TOO_MANY_SUSPECTS = 'too many IDs lie where runs of one worker meet';

/**
 * Where a worker's run in one piece does not rise on from that in the piece before, of the same owner, the IDs beside the
 * edge belong to no run, as at a backward step within a piece.
 */
function takeOffEdges(placed: readonly Placed[], pieces: readonly Piece[], { points, homes }: Suspects): void {
  const takeOff = (run: Placed, id: bigint): void => {
    points.push(id);
    homes.add(run.piece);
    run.count--;
  };
  const last = new Map<number, Placed>();
  let owner: number | undefined;
  let piece: number | undefined;
  const inPiece = new Map<number, Placed>();
  const endPiece = (): void => {
    for (const [worker, run] of inPiece) last.set(worker, run);
    inPiece.clear();
  };
  for (const run of placed) {
    if (run.piece !== piece) endPiece();
    piece = run.piece;
    if (pieces[piece]!.owner !== owner) last.clear();
    owner = pieces[piece]!.owner;
    const before = inPiece.has(run.worker) ? undefined : last.get(run.worker);
    if (before !== undefined && run.low <= before.high) {
      // An end that is next to an outlier has nothing to fall back to, and stays.
      if (before.count === 1 || before.lastButOne < before.high) {
        takeOff(before, before.high);
        before.high = before.lastButOne;
      }
      if (run.count === 1 || run.second > run.low) {
        takeOff(run, run.low);
        run.low = run.second;
      }
    }
    if (run.count > 0) inPiece.set(run.worker, run);
  }
}

function sorted(runs: readonly Placed[]): readonly Placed[] {
  return runs.toSorted((a, b) => a.worker - b.worker || (a.low < b.low ? -1 : a.low > b.low ? 1 : 0));
}

/** Of runs in order, each that meets runs before it, with that of them which reaches highest. */
function* meetings(runs: readonly Placed[]): Iterable<readonly [run: Placed, highest: Placed]> {
  let highest: Placed | undefined;
  for (const run of runs) {
    if (highest?.worker !== run.worker) highest = undefined;
    if (highest !== undefined && run.low <= highest.high) yield [run, highest];
    if (highest === undefined || run.high > highest.high) highest = run;
  }
}

/** Runs of few IDs that meet another one. */
function smallOnesThatMeet(runs: readonly Placed[], small: number): ReadonlySet<Placed> {
  const met = new Set<Placed>();
  for (const both of meetings(runs)) for (const one of both) if (one.count <= small) met.add(one);
  return met;
}

function placesOf(all: readonly { readonly piece: number; readonly range: Range }[]): readonly Place[] {
  const byPiece = Map.groupBy(all, ({ piece }) => piece);
  return [...byPiece].map(([piece, those]) => ({ piece, ranges: joined(those.map(({ range }) => range)) }));
}

/** The same IDs in ranges that do not meet. */
function joined(ranges: readonly Range[]): readonly Range[] {
  const apart: Range[] = [];
  for (const { worker, low, high } of ranges.toSorted(
    (a, b) => a.worker - b.worker || (a.low < b.low ? -1 : a.low > b.low ? 1 : 0),
  )) {
    const before = apart.at(-1);
    if (before?.worker !== worker || before.high < low) apart.push({ worker, low, high });
    else if (before.high < high) apart[apart.length - 1] = { ...before, high };
  }
  return apart;
}

/** The pieces that may hold a point or an ID of a range in which runs meet, with these ranges. */
function whereToLook(runs: readonly Placed[], { points, homes }: Suspects, input: CertificateInput): readonly Place[] {
  const met = Array.from(meetings(runs), ([{ worker, low, high }, highest]): Range => {
    return { worker, low, high: high < highest.high ? high : highest.high };
  });
  const byWorker = Map.groupBy(joined(met), ({ worker }) => worker);
  const pointsOf = Map.groupBy(
    points.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)),
    (id) => workerOfId(id, input.field),
  );
  const places = new Map<number, Range[]>([...homes].map((piece) => [piece, []]));
  for (const { piece, worker, low, high } of runs) {
    const ranges = byWorker.get(worker) ?? [];
    const from = firstWhere(ranges, (range) => range.high >= low);
    const to = firstWhere(ranges, (range) => range.low > high);
    const candidates = pointsOf.get(worker) ?? [];
    const next = candidates[firstWhere(candidates, (id) => id >= low)];
    if (from === to && (next === undefined || next > high)) continue;
    const here = places.get(piece) ?? [];
    for (let k = from; k < to; k++) here.push(ranges[k]!);
    places.set(piece, here);
  }
  return [...places].map(([piece, ranges]) => ({ piece, ranges: joined(ranges) }));
}

function workerOfId(id: bigint, { word, shift, mask }: WorkerField): number {
  return Number((id >> BigInt(32 * word + shift)) & BigInt(mask));
}

/** Index of the first of which it is true; from there on it is true of all. */
function firstWhere<T>(all: readonly T[], is: (one: T) => boolean): number {
  let [from, to] = [0, all.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (is(all[middle]!)) to = middle;
    else from = middle + 1;
  }
  return from;
}
