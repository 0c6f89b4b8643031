/**
 * Histories written by hand, for tests: batches in milliseconds, IDs by their fields.
 *
 *     const history = new HistoryBuilder()
 *       .batch({ node: 'n1', worker: 0, at: 10, ids: [{ ms: 10, sequence: 0 }, { ms: 10, sequence: 1 }] })
 *       .build();
 *
 * Everything that a batch does not say is honest: the node's wall clock shows true time, sequence numbers go on where
 * the lane stopped, IDs carry the worker ID that the node held.
 */
import type { ClockOrder } from '../../core/clock-orders.ts';
import type { ClockSetting } from '../../core/cluster.ts';
import type {
  BatchColumns,
  HealthFact,
  History,
  LeaseFact,
  RecoverWindow,
  RequestColumns,
} from '../../core/history.ts';
import { REQUEST_STATUS } from '../../core/history.ts';
import type { Layout } from '../../core/layout.ts';
import { encodeId, wordsPerId } from '../../core/layout.ts';
import type { ReceivedIds } from '../../core/received-ids.ts';
import { IN_NUMBERS, receivedIds } from '../../core/received-ids.ts';
import { msToNs } from '../../core/time.ts';

/** 41/10/12, from 2024. */
export const LAYOUT: Layout = {
  timeBits: 41,
  workerBits: 10,
  sequenceBits: 12,
  tickMs: 1,
  epochMs: Date.UTC(2024, 0, 1),
};

/** True Unix milliseconds at the origin of hand-made runs. */
export const ORIGIN_UNIX_MS = Date.UTC(2026, 0, 1);

/** An ID by its fields (`ms`: milliseconds of the run), or as it is. */
export type IdSpec = bigint | { readonly ms: number; readonly sequence?: number; readonly worker?: number };

export interface BatchSpec {
  readonly node: string;
  readonly ids: readonly IdSpec[];
  /** `called`, in milliseconds of the run. */
  readonly at: number;
  /** From `called` to `returned`. */
  readonly takesMs?: number;
  readonly worker?: number;
  readonly incarnation?: number;
  readonly lane?: number;
  readonly firstSeq?: number;
  readonly flags?: number;
  readonly lease?: bigint;
  readonly revision?: bigint;
  /** Offset of the node's wall clock from true time at both ends of the call. */
  readonly offsetMs?: number;
  /** How far the wall clock moved inside the call, when it did not move with true time. */
  readonly wallTakesMs?: number;
}

export interface RequestSpec {
  readonly node: string;
  readonly at: number;
  /** From `sent` to `received`. */
  readonly takesMs?: number;
  readonly status: (typeof REQUEST_STATUS)[number];
  /** Where its IDs lie, and what came: the IDs of that place, where nothing else is said. Left out: nothing is compared. */
  readonly answer?: {
    readonly incarnation?: number;
    readonly lane?: number;
    readonly firstSeq: number;
    readonly ids: readonly bigint[];
    /** They came as numbers of JSON, one of them no safe integer. */
    readonly inNumbers?: true;
  };
}

export class HistoryBuilder {
  readonly #nodes: string[];
  readonly #batches: (BatchSpec & { readonly firstSeq: number })[] = [];
  readonly #leases: LeaseFact[] = [];
  readonly #requests: RequestSpec[] = [];
  readonly #health: HealthFact[] = [];
  readonly #nextSeq = new Map<string, number>();
  readonly #layout: Layout;
  readonly #orders: ClockOrder[] = [];
  #recover: RecoverWindow | undefined;
  #timeAheadMs: number | undefined = 0;

  constructor(nodes: readonly string[] = ['n1', 'n2', 'n3'], layout: Layout = LAYOUT) {
    this.#nodes = [...nodes];
    this.#layout = layout;
  }

  batch(spec: BatchSpec): this {
    const lane = `${spec.node}-${spec.incarnation ?? 1}-${spec.lane ?? 0}`;
    const firstSeq = spec.firstSeq ?? this.#nextSeq.get(lane) ?? 0;
    this.#nextSeq.set(lane, firstSeq + spec.ids.length);
    this.#batches.push({ ...spec, firstSeq });
    return this;
  }

  /** Times in milliseconds of the run. */
  lease(
    lease: bigint,
    fact: {
      node: string;
      sentMs: number;
      ttlMs: number;
      endedMs?: number;
      givenUpMs?: number;
      givenUpByHolder?: true;
      perhapsGivenUpMs?: number;
      toldGoneMs?: number;
      incarnation?: number;
      revision?: bigint;
    },
  ): this {
    this.#leases.push({
      lease: String(lease),
      node: fact.node,
      incarnation: fact.incarnation ?? 1,
      lastSentNs: msToNs(fact.sentMs),
      ttlMs: fact.ttlMs,
      ...(fact.revision !== undefined && { createRevision: String(fact.revision) }),
      ...(fact.givenUpMs !== undefined && { givenUpNs: msToNs(fact.givenUpMs) }),
      ...(fact.givenUpByHolder && { givenUpByHolder: true }),
      ...(fact.perhapsGivenUpMs !== undefined && { perhapsGivenUpNs: msToNs(fact.perhapsGivenUpMs) }),
      ...(fact.toldGoneMs !== undefined && { toldGoneNs: msToNs(fact.toldGoneMs) }),
      ...(fact.endedMs !== undefined && { endedNs: msToNs(fact.endedMs) }),
    });
    return this;
  }

  /** An order to a clock: it took force between these milliseconds of the run. */
  order(
    node: string,
    fromMs: number,
    toMs: number | undefined,
    { offsetMs = 0, rate = 1 }: Partial<ClockSetting>,
  ): this {
    const to = toMs !== undefined && { to: msToNs(toMs) };
    this.#orders.push({ node, offsetMs, rate, from: msToNs(fromMs), ...to });
    return this;
  }

  request(spec: RequestSpec): this {
    this.#requests.push(spec);
    return this;
  }

  /** The IDs of a batch as a generator of this layout writes them, in order. */
  idsOf({ ids, worker = 0 }: Pick<BatchSpec, 'ids' | 'worker'>): readonly bigint[] {
    return ids.map((id) => this.#encode(id, worker));
  }

  /** What a node said of itself; no status: it gave no answer. */
  said(node: string, at: number, status?: 'minting' | 'waiting' | 'refusing', workerId?: number): this {
    const held = workerId !== undefined && { workerId };
    const health = { incarnation: 1, wallMs: ORIGIN_UNIX_MS + at, at: msToNs(at), minted: [], ...held };
    this.#health.push({ at: msToNs(at), node, ...(status !== undefined && { health: { ...health, status } }) });
    return this;
  }

  /** What `time-honest` is promised with, at first that no ID is ahead; undefined: it is not promised. */
  timeAhead(ms: number | undefined): this {
    this.#timeAheadMs = ms;
    return this;
  }

  recover(fromMs: number, toMs: number, pool: number): this {
    this.#recover = { from: msToNs(fromMs), to: msToNs(toMs), pool };
    return this;
  }

  /** The harness stood still or, where one is named, a node was starved. After `recover`. */
  stalled(fromMs: number, toMs: number, node?: string): this {
    const { deaf = [], ...recover } = this.#recover!;
    const span = { ...(node !== undefined && { node }), from: msToNs(fromMs), to: msToNs(toMs) };
    this.#recover = { ...recover, deaf: [...deaf, span] };
    return this;
  }

  build(): History {
    const ids = this.#batches.flatMap((batch) => batch.ids.map((id) => this.#encode(id, batch.worker ?? 0)));
    let nextId = 0;
    const firstIds = this.#batches.map(({ ids }) => (nextId += ids.length) - ids.length);
    const column = <A>(
      make: (values: readonly number[]) => A,
      of: (b: BatchSpec & { firstSeq: number }, i: number) => number,
    ): A => make(this.#batches.map(of));
    const u16 = (values: readonly number[]) => Uint16Array.from(values);
    const u32 = (values: readonly number[]) => Uint32Array.from(values);
    const f64 = (values: readonly number[]) => Float64Array.from(values);
    const wallCalled = (b: BatchSpec): number => ORIGIN_UNIX_MS + b.at + (b.offsetMs ?? 0);
    const batches: BatchColumns = {
      length: this.#batches.length,
      node: column(u16, (b) => this.#indexOf(b.node)),
      incarnation: column(u32, (b) => b.incarnation ?? 1),
      lane: column(u16, (b) => b.lane ?? 0),
      firstSeq: column(f64, (b) => b.firstSeq),
      count: column(u32, (b) => b.ids.length),
      flags: column(u32, (b) => b.flags ?? 0),
      called: column(f64, (b) => msToNs(b.at)),
      returned: column(f64, (b) => msToNs(b.at + (b.takesMs ?? 0))),
      wallCalledMs: column(f64, wallCalled),
      wallReturnedMs: column(f64, (b) => wallCalled(b) + (b.wallTakesMs ?? b.takesMs ?? 0)),
      workerId: Int32Array.from(this.#batches.map((b) => b.worker ?? 0)),
      lease: BigUint64Array.from(this.#batches.map((b) => b.lease ?? 0n)),
      createRevision: BigUint64Array.from(this.#batches.map((b) => b.revision ?? 0n)),
      firstId: Float64Array.from(firstIds),
    };
    const asked = this.#requests;
    const received = asked.map(({ answer }) =>
      answer === undefined || answer.ids.length === 0
        ? undefined
        : {
            ...receivedIds(this.#words(answer.ids), wordsPerId(this.#layout)),
            ...(answer.inNumbers === true && { digest: IN_NUMBERS }),
          },
    );
    const came = (of: (ids: ReceivedIds) => bigint): BigUint64Array =>
      BigUint64Array.from(received, (ids) => (ids === undefined ? 0n : of(ids)));
    const requests: RequestColumns = {
      length: asked.length,
      node: u16(asked.map(({ node }) => this.#indexOf(node))),
      sent: f64(asked.map(({ at }) => msToNs(at))),
      received: f64(asked.map(({ at, takesMs }) => msToNs(at + (takesMs ?? 0)))),
      status: Uint8Array.from(asked.map(({ status }) => REQUEST_STATUS.indexOf(status))),
      incarnation: u32(asked.map(({ answer }) => (answer === undefined ? 0 : (answer.incarnation ?? 1)))),
      lane: u16(asked.map(({ answer }) => answer?.lane ?? 0)),
      firstSeq: f64(asked.map(({ answer }) => answer?.firstSeq ?? 0)),
      count: u32(asked.map(({ answer }) => answer?.ids.length ?? 0)),
      first: came((received) => received.first),
      last: came((received) => received.last),
      digest: came((received) => received.digest),
    };
    return {
      layout: this.#layout,
      nodes: this.#nodes,
      batches,
      ids: this.#words(ids),
      leases: this.#leases,
      requests,
      health: this.#health,
      clocks: { unixMs: ORIGIN_UNIX_MS, orders: this.#orders },
      ...(this.#timeAheadMs !== undefined && { timeAheadMs: this.#timeAheadMs }),
      ...(this.#recover && { recover: this.#recover }),
    };
  }

  #words(ids: readonly bigint[]): BigUint64Array {
    return BigUint64Array.from(
      this.#layout.idBits === 128 ? ids.flatMap((id) => [BigInt.asUintN(64, id), id >> 64n]) : ids,
    );
  }

  #indexOf(node: string): number {
    const index = this.#nodes.indexOf(node);
    if (index < 0) throw new RangeError(`no node is called ${node}`);
    return index;
  }

  #encode(id: IdSpec, held: number): bigint {
    if (typeof id === 'bigint') return id;
    const tick = Math.floor((ORIGIN_UNIX_MS + id.ms - this.#layout.epochMs) / this.#layout.tickMs);
    // A node that holds none (-1) has to write something.
    return encodeId(this.#layout, { tick, workerId: id.worker ?? Math.max(0, held), sequence: id.sequence ?? 0 });
  }
}
