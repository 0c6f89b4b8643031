/**
 * Carries committed batches from the taps to the store while nodes write.
 *
 * Each range is journalled before it is sent. A harness that takes up the run of a dead one sends exactly the journalled
 * ranges again, under their tokens, which the store then knows; new ranges begin where the last one ended.
 */
import { CANARY, CANARY_NODE } from '../core/canary.ts';
import type { BatchRange, LaneCount, Store } from '../core/store.ts';
import type { JournalEntry } from '../core/journal.ts';
import type { Layout } from '../core/layout.ts';
import { idBitsOf } from '../core/layout.ts';
import type { LaneTotal } from './evidence.ts';
import { BATCH_BYTES } from '../core/tap.ts';
import type { Origin, RunNs, Time } from '../core/time.ts';
import { nsToMs } from '../core/time.ts';
import type { LeaseLog } from './lease-logs.ts';
import { RANGE_LIMIT, TapReader } from './tap-reader.ts';
import type { LaneReader, RangeLimit, TapRange } from './tap-reader.ts';

export interface CollectorOptions {
  readonly tapFolder: string;
  readonly runId: string;
  /** In the order of the cluster: a node's number in the store is its place here. */
  readonly nodes: readonly string[];
  /** Of the IDs that the nodes write. */
  readonly layout: Layout;
  readonly origin: Origin;
  readonly store: Store;
  readonly journal: { append(entry: JournalEntry): void };
  readonly time: Time;
  /** The journal of a harness that died in this run. */
  readonly earlier?: readonly JournalEntry[];
  readonly everyMs?: number;
  /** Whoever looks at what is stored while the run lasts. Without one the canary's tap is left alone. */
  readonly live?: LiveObserver;
  /** Bounds the memory of one range. */
  readonly limit?: RangeLimit;
}

export interface LiveObserver {
  /** A range is stored; in the order of its lane. The bytes are the collector's again when this returns. */
  stored(range: BatchRange): void;
  /** All that was committed before `began` is stored. */
  passed(began: RunNs): void;
}

export interface Collector {
  /** IDs that the store has acknowledged. */
  stored(): bigint;
  /** All that was committed to the taps before this moment is stored. */
  upTo(): RunNs;
  /** The longest that anything committed waited to be stored, since this was last asked, in nanoseconds. */
  longestLag(): RunNs;
  /** Why collecting has ended early, if it has. `drain` rejects with it. */
  failure(): unknown;
  /** Ends collecting; resolves when nothing more is sent. */
  stop(): Promise<void>;
  /** Sends what is left, counts both sides, and ends collecting. To be called when no node writes any more. */
  drain(): Promise<Drained>;
}

export interface Drained {
  /** IDs committed to taps, by lane. */
  readonly minted: readonly LaneTotal[];
  readonly stored: readonly LaneTotal[];
  /** Lanes of which the store holds positions twice: what it says of them is no word on the generator. */
  readonly doubled: readonly LaneCount[];
  readonly batches: number;
  readonly tornBytes: number;
  readonly leaseLogs: readonly LeaseLog[];
  /** Why the evidence is not whole; one sentence each. */
  readonly problems: readonly string[];
}

type CollectEntry = Extract<JournalEntry, { readonly kind: 'collect' }>;

/** A range costs the engine some 20 ms of a core however few its IDs: more often would take it from the cluster. */
const EVERY_MS = 1000;
/** Where nodes mint so many IDs in that time that the engine is never idle for long, it may as well have them sooner. */
const AT_LEAST_EVERY_MS = 250;
/** IDs that are worth a pass, and how often it is looked whether there are so many. */
const WORTH_IDS = 262_144;
const LOOK_EVERY_MS = 50;

/** Ranges of different lanes that are on their way to the store together; those of one lane go one after another. */
const RANGES_AT_ONCE = 2;

export function startCollector(options: CollectorOptions): Collector {
  const { store, nodes, time, limit = RANGE_LIMIT } = options;
  const originNs = BigInt(options.origin.monotonicNs);
  const reader = new TapReader(options.tapFolder, idBitsOf(options.layout));
  const stopping = new AbortController();
  const problems: string[] = [];
  const strangers = new Set<string>();
  let stored = 0n;
  let upTo: RunNs = 0;
  let longestLag: RunNs = 0;
  const started = time.now();
  let failure: unknown;

  async function send(range: TapRange, token: string): Promise<void> {
    const isCanary = range.lane.node === CANARY;
    const nodeIndex = isCanary ? CANARY_NODE : nodes.indexOf(range.lane.node);
    const sent = { ...range, nodeIndex, originNs, token };
    await store.append(sent);
    if (!isCanary) stored += BigInt(range.count);
    options.live?.stored(sent);
  }

  /** Sends one new range of the lane, if there is one. */
  async function collect(lane: LaneReader): Promise<TapRange | undefined> {
    const isCanary = lane.lane.node === CANARY;
    if (isCanary && options.live === undefined) return undefined;
    if (!isCanary && !nodes.includes(lane.lane.node)) {
      strangers.add(lane.lane.node);
      return undefined;
    }
    const range = lane.next(limit);
    if (range === undefined) return undefined;
    const token = tokenOf(options.runId, range);
    // Whoever takes the run up again has no use for the canary.
    if (!isCanary)
      options.journal.append({
        at: time.now(),
        kind: 'collect',
        lane: range.lane,
        firstSeq: String(range.firstSeq),
        count: range.count,
        batches: range.batches.length / BATCH_BYTES,
        token,
      });
    await send(range, token);
    return range;
  }

  /** Lanes take turns, one range each, for as long as `again` says of a lane's last range: no busy lane starves others. */
  async function collectAll(again: (range: TapRange) => boolean): Promise<void> {
    let lanes = reader.lanes();
    while (lanes.length > 0) {
      const waiting = lanes.values();
      const busy = new Set<LaneReader>();
      let failed = false;
      const takeTurns = async (): Promise<void> => {
        for (const lane of waiting) {
          if (failed) return;
          const range = await collect(lane);
          if (range !== undefined && again(range)) busy.add(lane);
        }
      };
      const turns = Array.from({ length: RANGES_AT_ONCE }, () =>
        takeTurns().catch((error: unknown) => {
          failed = true;
          throw error;
        }),
      );
      // Both to their ends: nothing may be on its way any more when this is over.
      const ends = await Promise.allSettled(turns);
      for (const end of ends) if (end.status === 'rejected') throw end.reason;
      lanes = lanes.filter((lane) => busy.has(lane));
    }
  }

  /**
   * While nodes write there is always a little more, and an insert costs the same whatever its size: only a lane that
   * has fallen behind gets another turn at once.
   */
  const large = ({ count, batches }: TapRange): boolean =>
    2 * count >= limit.ids || 2 * batches.length >= limit.batches * BATCH_BYTES;

  /** A line that the journal lost leaves a gap before the next range of its lane: the bytes name the lost range again. */
  async function sendLost(lane: LaneReader | undefined, firstBatch: number): Promise<void> {
    while (lane !== undefined && lane.batches < firstBatch) {
      const range = lane.next({ ids: limit.ids, batches: Math.min(limit.batches, firstBatch - lane.batches) });
      if (range === undefined) return;
      await send(range, tokenOf(options.runId, range));
    }
  }

  async function sendAgain(entries: readonly CollectEntry[]): Promise<void> {
    for (const entry of entries) {
      const lane = reader.lane(entry.lane);
      await sendLost(lane, firstBatchOf(entry.token));
      const range = lane?.next({ ids: Infinity, batches: entry.batches });
      const same = range !== undefined && String(range.firstSeq) === entry.firstSeq && range.count === entry.count;
      if (same) await send(range, entry.token);
      else problems.push(`the journal names the range ${entry.token}, which the taps do not hold`);
    }
  }

  async function collectUntilStopped(): Promise<void> {
    await sendAgain((options.earlier ?? []).filter((entry) => entry.kind === 'collect'));
    while (!stopping.signal.aborted) {
      const began = time.now();
      // A lane is left only when what it had was less than it may give at once: so nothing is left of before.
      await collectAll(large);
      longestLag = Math.max(longestLag, time.now() - Math.max(upTo, started));
      upTo = began;
      options.live?.passed(began);
      await (options.everyMs === undefined ? untilWorth(began) : sleep(options.everyMs));
    }
  }

  const sleep = (ms: number): Promise<void> => time.sleep(Math.max(ms, 1), stopping.signal).catch(() => undefined);

  /** Until it is time for the pass after the one that began then: the sooner, the more there is to take. */
  async function untilWorth(began: RunNs): Promise<void> {
    const spentMs = (): number => nsToMs(time.now() - began);
    await sleep(AT_LEAST_EVERY_MS - spentMs());
    while (!stopping.signal.aborted && spentMs() < EVERY_MS && reader.unread() < WORTH_IDS)
      await sleep(Math.min(LOOK_EVERY_MS, EVERY_MS - spentMs()));
  }

  const ended = collectUntilStopped().catch((error: unknown) => {
    failure = error;
  });

  async function stop(): Promise<void> {
    stopping.abort();
    await ended;
    reader.close();
  }

  async function drain(): Promise<Drained> {
    await stop();
    try {
      if (failure !== undefined) throw failure;
      await collectAll(() => true);
      const taps = reader.finish();
      const counts = await store.counts();
      const differing = counts.filter(({ ids, inBatches }) => ids !== inBatches);
      return {
        minted: taps.lanes.map(({ node, incarnation, lane, ids }) => ({ node, incarnation, lane, ids })),
        stored: counts.map(({ node, incarnation, lane, ids }) => ({ node, incarnation, lane, ids })),
        doubled: counts.filter(({ ids, inBatches, positions }) => ids > positions || inBatches > positions),
        batches: taps.lanes.reduce((sum, { batches }) => sum + batches, 0),
        tornBytes: taps.tornBytes,
        leaseLogs: taps.leaseLogs,
        problems: [
          ...taps.problems,
          ...problems,
          ...[...strangers].map((node) => `there are taps of ${node}, which is no node of the run`),
          ...differing.map(
            ({ node, incarnation, lane, ids, inBatches }) =>
              `the store holds ${ids} IDs of ${node}/${incarnation}/${lane} in batches of ${inBatches}`,
          ),
        ],
      };
    } finally {
      reader.close();
    }
  }

  return {
    stored: () => stored,
    upTo: () => upTo,
    longestLag: () => {
      const longest = Math.max(longestLag, time.now() - Math.max(upTo, started));
      longestLag = 0;
      return longest;
    },
    failure: () => failure,
    stop,
    drain,
  };
}

/** NaN where the token is none of `tokenOf`. */
const firstBatchOf = (token: string): number => Number(token.split('/').at(-1));

/** Says which bytes: the same name, the same range. Batches without an ID move no sequence number, so they count, too. */
function tokenOf(runId: string, { lane, firstSeq, count, firstBatch }: TapRange): string {
  return [runId, lane.node, lane.incarnation, lane.lane, firstSeq, count, firstBatch].join('/');
}
