/**
 * Duplicates among what is stored, while it is being stored. Looked for only where spans met since the last look, or, of
 * IDs that lie in no few spans, among all: each new ID is then sought in the whole run.
 */
import { CANARY_NODE } from '../../core/canary.ts';
import type { SqlReader } from '../../core/checker.ts';
import type { BatchRange } from '../../core/store.ts';
import type { RunNs } from '../../core/time.ts';
import type { Span } from './spans.ts';

export interface Emission {
  readonly node: number;
  readonly incarnation: number;
  readonly lane: number;
  readonly seq: string;
}

/** Duplicates that were not there at the look before. */
export interface NewDuplicates {
  readonly found: number;
  /** One of them: its first emission and its latest. */
  readonly id: string;
  readonly first: Emission;
  readonly latest: Emission;
  /** When the call of the latest returned. */
  readonly emitted: RunNs;
}

interface Lane {
  readonly node: number;
  readonly incarnation: number;
  readonly lane: number;
  /** IDs below this position were looked at. */
  seen: bigint;
  /** IDs below this position are stored. */
  stored: bigint;
}

/** A part of all IDs that is so many times smaller is read in order, and not each of its IDs sought. */
const NARROW = 4n;
/** More spans than this are looked at as one that holds them all. */
const SPANS_MAX = 100;
/** A lane as one number. */
const LANE_KEY = 'bitShiftLeft(toUInt64(node), 48) + bitShiftLeft(toUInt64(incarnation), 16) + lane';
/** One thread: the other cores are the cluster's and the collector's. */
const SETTINGS = 'settings max_threads = 1';

export class Duplicates {
  readonly #sql: SqlReader;
  readonly #idBits: 64 | 128;
  readonly #lanes = new Map<bigint, Lane>();
  #suspects: Span[] = [];
  /** Of ranges in no order: from their lowest ID to their greatest. */
  #wild: Span[] = [];
  /** From the lowest ID of the run to the greatest. */
  #all: Span | undefined;
  /** At the last look each ID was sought in the whole run. */
  seeksEach = false;

  constructor(sql: SqlReader, idBits: 64 | 128) {
    this.#sql = sql;
    this.#idBits = idBits;
  }

  /** A range is stored now, and where its spans met others. */
  stored({ nodeIndex: node, lane: { incarnation, lane }, firstSeq, count }: BatchRange, met: readonly Span[]): void {
    const key = (BigInt(node) << 48n) + (BigInt(incarnation) << 16n) + BigInt(lane);
    const end = firstSeq + BigInt(count);
    const known = this.#lanes.get(key);
    if (known === undefined) this.#lanes.set(key, { node, incarnation, lane, seen: 0n, stored: end });
    else if (end > known.stored) known.stored = end;
    this.#suspects.push(...met);
  }

  /** A range is stored whose IDs are in no order, from the lowest to the greatest. */
  storedWild(range: BatchRange, bounds: Span): void {
    this.stored(range, []);
    this.#wild.push(bounds);
    this.#all = holdingAll([bounds, ...(this.#all === undefined ? [] : [this.#all])]);
  }

  /** Looks at all that was stored when it is called; of nodes and of the canary apart. */
  async look(): Promise<readonly NewDuplicates[]> {
    const lanes = [...this.#lanes].map(([key, lane]) => ({ key, lane, seen: lane.seen, stored: lane.stored }));
    const [met, wild] = [this.#suspects, this.#wild];
    const suspects = [...met, ...wild];
    this.#suspects = [];
    this.#wild = [];
    // By time or by chance: what is new of the one lies at the end of all IDs, of the other everywhere.
    this.seeksEach = wild.length > 0 && NARROW * widthOf(holdingAll(wild)) > widthOf(this.#all!);
    const finding = suspects.length === 0 ? [] : this.#find(lanes, this.seeksEach ? undefined : suspects);
    const found = await Promise.resolve(finding).catch((error: unknown) => {
      // Nobody looked: the next look has all of it before it still.
      this.#suspects = [...met, ...this.#suspects];
      this.#wild = [...wild, ...this.#wild];
      throw error;
    });
    for (const { lane, stored } of lanes) lane.seen = stored;
    return found;
  }

  async #find(
    lanes: readonly { readonly key: bigint; readonly seen: bigint; readonly stored: bigint }[],
    suspects: readonly Span[] | undefined,
  ): Promise<readonly NewDuplicates[]> {
    const marks = {
      lanes: `[${lanes.map(({ key }) => key).join(',')}]`,
      seen: `[${lanes.map(({ seen }) => seen).join(',')}]`,
      stored: `[${lanes.map(({ stored }) => stored).join(',')}]`,
    };
    const mark = (name: 'seen' | 'stored'): string =>
      `transform(${LANE_KEY}, {lanes:Array(UInt64)}, {${name}:Array(UInt64)}, toUInt64(0))`;
    const isNew = `seq >= ${mark('seen')} and seq < ${mark('stored')}`;
    // The table is ordered by ID: neighbours are compared while it streams, and only what is new at its end is read.
    const candidates =
      suspects === undefined
        ? `select id from ids where id in (select id from ids where ${isNew}) group by id having count() > 1`
        : `select id from ids where ${this.#within(suspects)} order by id limit 1 offset 1 by id`;
    const rows = await this.#sql.rows<{ found: string; told: [string, [Position, Position]] }>(
      `select count() as found, argMin((toString(id), (emissions[1], emissions[-1])), id) as told
       from (
         select id, node = ${CANARY_NODE} as shadow, countIf(seq < ${mark('seen')}) as old,
           countIf(seq < ${mark('stored')}) as total,
           arrayMap(e -> (e.2, e.3, e.4, toString(e.5)),
             arraySort(groupArrayIf(16)((${isNew}, node, incarnation, lane, seq), seq < ${mark('stored')}))) as emissions
         from ids where id in (${candidates})
         group by id, shadow having total > 1 and old < 2)
       group by shadow ${SETTINGS}`,
      marks,
    );
    return Promise.all(
      rows.map(async ({ found, told: [id, [first, latest]] }) => ({
        found: Number(found),
        id,
        first: emissionOf(first),
        latest: emissionOf(latest),
        emitted: await this.#emitted(emissionOf(latest)),
      })),
    );
  }

  #within(suspects: readonly Span[]): string {
    const spans = suspects.length <= SPANS_MAX ? suspects : [holdingAll(suspects)];
    const id = (value: bigint): string => `toUInt${this.#idBits}('${value}')`;
    return spans.map(({ low, high }) => `id between ${id(low)} and ${id(high)}`).join(' or ');
  }

  async #emitted({ node, incarnation, lane, seq }: Emission): Promise<RunNs> {
    const [row] = await this.#sql.rows<{ returned: string }>(
      `select returned from batches
       where node = ${node} and incarnation = ${incarnation} and lane = ${lane} and first_seq <= ${seq} and count > 0
       order by first_seq desc limit 1`,
    );
    return Number(row?.returned ?? 0);
  }
}

type Position = readonly [node: number, incarnation: number, lane: number, seq: string];

const emissionOf = ([node, incarnation, lane, seq]: Position): Emission => ({ node, incarnation, lane, seq });

const widthOf = ({ low, high }: Span): bigint => high - low;

function holdingAll(spans: readonly Span[]): Span {
  return spans.reduce(
    (all, { low, high }) => ({ low: low < all.low ? low : all.low, high: high > all.high ? high : all.high }),
    spans[0]!,
  );
}
