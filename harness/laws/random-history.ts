/**
 * Random histories for the laws of checkers: honest holders of worker IDs, one after another, and faults planted among
 * them on request.
 */
import {
  type BatchSpec,
  HistoryBuilder,
  type RequestSpec,
  type IdSpec,
  LAYOUT,
  ORIGIN_UNIX_MS,
} from '../checkers/shared/history-builder.ts';
import { HELD_TWO } from '../core/held.ts';
import type { History } from '../core/history.ts';
import type { Layout } from '../core/layout.ts';
import { encodeId, idBitsOf } from '../core/layout.ts';
import { GONE_ACTED_ON_MS } from '../core/lease-ends.ts';
import { throughNumber } from '../core/received-ids.ts';
import type { Rng } from '../core/random.ts';
import { createRng } from '../core/random.ts';

/** What can be planted. Each breaks one or more guarantees, or may: whether it does is for the checkers to say. */
export const PLANTS = [
  'copied ID',
  'swapped neighbours',
  'sentinel',
  'sign bit',
  'flagged call',
  'foreign worker field',
  'held no worker ID',
  'held two worker IDs',
  'clock elsewhere',
  'clock ordered about',
  'intruder',
  'successor behind',
  'early end',
  'late batch',
  'straddling batch',
  'straddling batch that read late',
  'lease unheard of',
  'second lane behind',
  'silence',
  'silence after a sign of life',
  'no answers',
  'changed answer',
  'answer in numbers',
  'answer out of nowhere',
  'answer to two',
] as const;

export type Plant = (typeof PLANTS)[number];

/** 128 bits: the worker ID below the sequence, and fixed and random bits in between. */
export const LONG_LAYOUT: Layout = {
  ...LAYOUT,
  idBits: 128,
  timeBits: 48,
  shifts: { time: 80, worker: 30, sequence: 60 },
  fixed: [
    { shift: 76, bits: 4, value: 7 },
    { shift: 48, bits: 3, value: 2 },
  ],
};

const NODES = ['n1', 'n2', 'n3', 'n4'];
const POOL = 2;
/** A run of under three seconds, leases of 100 ms: everything happens close together. */
const RUN_MS = 2800;
const RECOVER_FROM_MS = 1600;
const TTL_MS = 100;
const TENURE_MAX_MS = 300;
/** Whoever holds a worker ID now is its last holder: one more tenure, its lease and the gap after it end before the heal. */
const LAST_TENURE_FROM_MS = RECOVER_FROM_MS - TENURE_MAX_MS - TTL_MS - 50;

interface Lease {
  readonly id: bigint;
  readonly node: string;
  readonly incarnation: number;
  sentMs: number;
  endedMs?: number;
  toldGoneMs?: number;
  perhapsGivenUpMs?: number;
  revision?: bigint;
}

interface Draft {
  readonly batches: BatchSpec[];
  readonly leases: Lease[];
  recoverToMs: number;
  readonly unanswered: { node: string; at: number }[];
  /** What becomes of answers on their way; each is called once for every answer. */
  readonly changes: ((answer: RequestSpec) => RequestSpec)[];
  /** What else an answer becomes, for another client; each is called once for every answer. */
  readonly copies: ((answer: RequestSpec) => readonly RequestSpec[])[];
  readonly orders: Parameters<HistoryBuilder['order']>[];
  /** What a node said at the end; `waiting` when it is not here. */
  readonly said: Map<string, 'waiting' | 'minting' | 'refusing' | undefined>;
}

/** Each call with the same arguments gives the same history. Batches arrive in random order. */
export function randomHistory(seed: number, plants: readonly Plant[] = [], layout: Layout = LAYOUT): History {
  const rng = createRng(seed);
  const draft = honest(rng.fork('honest'));
  for (const plant of plants) PLANTERS[plant](draft, rng.fork(plant), layout);
  return build(draft, layout, rng.fork('arrival'));
}

/** Times at which a holder mints: batches a few milliseconds apart. */
function honest(rng: Rng): Draft {
  const draft: Draft = {
    batches: [],
    leases: [],
    recoverToMs: RUN_MS,
    unanswered: [],
    changes: [],
    copies: [],
    orders: [],
    said: new Map(),
  };
  let revision = 10n;
  for (let worker = 0; worker < POOL; worker++) {
    // Two nodes a worker ID, so that no node holds two at once.
    const candidates = NODES.slice(2 * worker, 2 * worker + 2);
    const lives = new Map(candidates.map((node) => [node, 1]));
    for (let now = rng.int(0, 20); now < RUN_MS; now += rng.int(1, 30)) {
      const node = rng.pick(candidates);
      const incarnation = lives.get(node)! + (rng.chance(0.3) ? 1 : 0);
      lives.set(node, incarnation);
      const lease: Lease = { id: rng.chance(0.5) ? (1n << 62n) + revision : revision, node, incarnation, sentMs: now };
      revision += 1n;
      // Some ends are told by owner key, others by lease.
      if (revision % 2n === 0n) lease.revision = revision;
      // The last holder is there before the heal and stays until the end of the run.
      const until = now < LAST_TENURE_FROM_MS ? now + rng.int(1, TENURE_MAX_MS) : RUN_MS;
      const lanes = rng.int(1, 2);
      let next = { ms: now, sequence: 0 };
      for (; now < until; now += rng.int(0, 12)) {
        if (now > next.ms) next = { ms: now, sequence: 0 };
        const ids = Array.from({ length: rng.int(0, 4) }, () => ({ ...next, sequence: next.sequence++ }));
        const spec = { worker, lease: lease.id, revision, takesMs: rng.int(0, 3), lane: rng.int(0, lanes - 1) };
        draft.batches.push({ node, incarnation, at: now, ids, ...spec });
        if (rng.chance(0.2)) lease.sentMs = now;
      }
      now = until + 4;
      if (until < RUN_MS) lease.endedMs = Math.max(now, lease.sentMs + TTL_MS);
      now = lease.endedMs ?? now;
      draft.leases.push(lease);
    }
  }
  return draft;
}

function build(
  { batches, leases, recoverToMs, unanswered, changes, copies, orders, said }: Draft,
  layout: Layout,
  rng: Rng,
): History {
  const builder = new HistoryBuilder(NODES, layout);
  const nextSeq = new Map<string, number>();
  const numbered = batches.map((batch) => {
    const lane = `${batch.node}-${batch.incarnation}-${batch.lane}`;
    const firstSeq = nextSeq.get(lane) ?? 0;
    nextSeq.set(lane, firstSeq + batch.ids.length);
    return { ...batch, firstSeq };
  });
  for (const batch of rng.shuffle(numbered)) builder.batch(batch);
  for (const { id, ...lease } of leases) builder.lease(id, { ...lease, ttlMs: TTL_MS });
  for (const order of orders) builder.order(...order);
  const answers = numbered
    .filter(({ ids }) => ids.length > 0)
    .map((batch): RequestSpec => {
      const { node, at, incarnation = 1, lane = 0, firstSeq } = batch;
      const answer = { incarnation, lane, firstSeq, ids: builder.idsOf(batch) };
      return { node, at, takesMs: rng.int(0, 20), status: 'ok', answer };
    });
  for (const answer of answers) {
    const changed = changes.reduce((changed, change) => change(changed), answer);
    for (const request of [changed, ...copies.flatMap((copy) => copy(changed))]) builder.request(request);
  }
  for (const request of unanswered) builder.request({ ...request, status: 'no answer' });
  for (const node of NODES) {
    const offered = rng.int(1, 60);
    for (let i = 0; i < offered; i++)
      builder.request({
        node,
        at: rng.int(0, RUN_MS),
        takesMs: rng.int(0, 20),
        status: rng.pick(['ok', 'refused', 'error']),
      });
    if (rng.chance(0.5)) builder.said(node, rng.int(RECOVER_FROM_MS, RUN_MS), 'refusing', rng.int(0, POOL - 1));
    builder.said(node, recoverToMs, said.has(node) ? said.get(node) : 'waiting');
  }
  return builder
    .recover(RECOVER_FROM_MS, recoverToMs, POOL)
    .timeAhead(rng.pick([0, 0, 3, undefined]))
    .build();
}

const PLANTERS: Readonly<Record<Plant, (draft: Draft, rng: Rng, layout: Layout) => void>> = {
  'copied ID': ({ batches }, rng, layout) => {
    const minted = withIds(batches);
    for (let n = rng.int(1, 5); n > 0; n--) {
      const from = rng.pick(minted);
      const id = rng.pick(from.ids);
      change(batches, rng.pick(minted), (batch) => ({ ids: replaced(batch.ids, rng, raw(layout, id, from.worker!)) }));
    }
  },
  'swapped neighbours': ({ batches }, rng) =>
    change(batches, rng.pick(withIds(batches)), ({ ids }) => ({ ids: ids.toReversed() })),
  sentinel: ({ batches }, rng, layout) => {
    for (let n = rng.int(1, 3); n > 0; n--)
      change(batches, rng.pick(withIds(batches)), ({ ids }) => ({
        ids: replaced(ids, rng, rng.pick([0n, BigInt.asUintN(idBitsOf(layout), -1n)])),
      }));
  },
  'sign bit': ({ batches }, rng, layout) =>
    change(batches, rng.pick(withIds(batches)), ({ ids, worker }) => ({
      ids: replaced(ids, rng, raw(layout, ids[0]!, worker!) | (1n << BigInt(idBitsOf(layout) - 1))),
    })),
  'flagged call': ({ batches }, rng) => {
    for (let n = rng.int(1, 3); n > 0; n--) change(batches, rng.pick(batches), () => ({ flags: rng.pick([1, 2, 4]) }));
  },
  'foreign worker field': ({ batches }, rng, layout) =>
    change(batches, rng.pick(withIds(batches)), ({ ids, worker }) => ({
      ids: replaced(ids, rng, raw(layout, ids[0]!, worker! + rng.pick([1, 512]))),
    })),
  'held no worker ID': ({ batches }, rng, layout) =>
    change(batches, rng.pick(withIds(batches)), ({ ids, worker }) => ({
      worker: -1,
      ids: ids.map((id) => raw(layout, id, worker!)),
    })),
  'held two worker IDs': ({ batches }, rng, layout) =>
    change(batches, rng.pick(withIds(batches)), ({ ids, worker }) => ({
      worker: HELD_TWO,
      ids: ids.map((id) => raw(layout, id, worker!)),
    })),
  'clock elsewhere': ({ batches }, rng) => {
    for (let n = rng.int(1, 20); n > 0; n--)
      change(batches, rng.pick(withIds(batches)), () => ({ offsetMs: rng.pick([-3000, -1, 1, 2.5, 10_000]) }));
  },
  'clock ordered about': ({ batches, orders }, rng) => {
    for (let n = rng.int(1, 8); n > 0; n--) {
      const batch = rng.pick(withIds(batches));
      const [takesMs, offsetMs] = [rng.int(1, 6), rng.pick([-3000, -20, 20, 10_000])];
      // By some calls nobody can excuse the time in the IDs: it is another than was ordered, or one that the clock leapt over.
      const lieMs = rng.pick([0, 0, 40, -40, -offsetMs / 2]);
      const rate = rng.pick([1, 1, 0, 2]);
      orders.push([batch.node, batch.at, rng.pick([batch.at, batch.at + 1, undefined]), { offsetMs, rate }]);
      orders.push([batch.node, batch.at + 1, batch.at + rng.int(1, 9), {}]);
      change(batches, batch, ({ ids }) => ({ takesMs, ids: ids.map((id) => shifted(id, offsetMs + lieMs)) }));
    }
  },
  intruder: ({ batches }, rng) => {
    const beside = rng.pick(withIds(batches));
    for (let ms = 0; ms < rng.int(1, 60); ms += 7)
      batches.push({
        node: rng.pick(NODES),
        incarnation: 99,
        lane: 0,
        worker: beside.worker!,
        at: beside.at + ms,
        ids: [{ ms: beside.at + ms, sequence: rng.int(0, 2) }],
        revision: rng.pick([0n, 1n, 9999n]),
      });
  },
  'successor behind': ({ batches }, rng) => {
    const backMs = rng.int(1, 1200);
    const chosen = rng.pick(batches);
    for (const batch of batches.filter((b) => b.revision === chosen.revision))
      change(batches, batch, ({ ids }) => ({ offsetMs: -backMs, ids: ids.map((id) => shifted(id, -backMs)) }));
  },
  'early end': ({ leases, batches }, rng) => {
    const lease = rng.pick(leases);
    const last = batches.findLast((batch) => batch.lease === lease.id);
    lease.sentMs = last?.at ?? lease.sentMs;
    lease.endedMs = Math.max(0, lease.sentMs - rng.int(0, 60));
    // Long enough ago to have been acted on.
    if (rng.chance(0.3)) lease.perhapsGivenUpMs = lease.endedMs + rng.int(-50, 20);
    if (rng.chance(0.5)) lease.toldGoneMs = lease.endedMs - GONE_ACTED_ON_MS + rng.int(-20, 100);
  },
  'late batch': ({ leases }, rng) => {
    const lease = rng.pick(leases);
    lease.endedMs = lease.sentMs + TTL_MS;
    lease.sentMs -= rng.int(50, 400);
    lease.endedMs = Math.max(0, lease.endedMs - rng.int(50, 400));
  },
  'straddling batch': ({ leases, batches }, rng) => straddle(leases, batches, rng, 0),
  'straddling batch that read late': ({ leases, batches }, rng) => straddle(leases, batches, rng, rng.int(0, 40)),
  'lease unheard of': ({ leases }, rng) => void leases.splice(rng.int(0, leases.length - 1), 1),
  'second lane behind': ({ batches }, rng) => {
    const [early, late] = [rng.pick(withIds(batches)), rng.pick(withIds(batches))].sort((a, b) => a.at - b.at);
    change(batches, late!, () => ({ node: early!.node, incarnation: early!.incarnation!, lane: 1 }));
    change(batches, early!, ({ ids }) => ({ ids: ids.map((id) => shifted(id, 500)) }));
  },
  silence: (draft, rng) => {
    fallSilent(draft, rng, rng.int(1500, 1650));
    draft.recoverToMs = rng.pick([1650, RUN_MS, RUN_MS, RUN_MS]);
  },
  'silence after a sign of life': (draft, rng) => fallSilent(draft, rng, rng.int(RECOVER_FROM_MS, RUN_MS)),
  'no answers': ({ unanswered }, rng) => {
    for (let n = rng.int(1, 20); n > 0; n--) unanswered.push({ node: rng.pick(NODES), at: rng.int(0, RUN_MS) });
  },
  'changed answer': ({ changes }, rng) => {
    const by = rng.pick([throughNumber, (id: bigint) => id ^ 1n]);
    changes.push((request) =>
      rng.chance(0.1)
        ? withAnswer(request, ({ ids }) => ({ ids: ids.with(rng.int(0, ids.length - 1), by(ids[0]!)) }))
        : request,
    );
  },
  'answer in numbers': ({ changes }, rng) =>
    void changes.push((request) => (rng.chance(0.05) ? withAnswer(request, () => ({ inNumbers: true })) : request)),
  'answer out of nowhere': ({ changes }, rng) =>
    void changes.push((request) =>
      rng.chance(0.05)
        ? withAnswer(request, ({ firstSeq, incarnation, lane }) =>
            rng.pick([
              { firstSeq: firstSeq + rng.int(1, 5) },
              { firstSeq: firstSeq + 100_000 },
              { incarnation: incarnation! + rng.int(0, 1), lane: lane! + 7 },
            ]),
          )
        : request,
    ),
  'answer to two': ({ copies }, rng) =>
    void copies.push((request) => {
      if (!rng.chance(0.05)) return [];
      // The whole answer, or its end; sometimes of the same moment, and to more than one.
      const skipped = rng.pick([0, 0, 1]);
      const copy = withAnswer(request, ({ firstSeq, ids }) => ({
        firstSeq: firstSeq + skipped,
        ids: ids.slice(skipped),
      }));
      return Array.from({ length: rng.pick([1, 1, 2]) }, () => ({ ...copy, at: copy.at + rng.pick([0, 0, 7]) }));
    }),
};

/** No more batches of one worker ID; what its nodes say of themselves is anything. */
function fallSilent({ batches, said }: Draft, rng: Rng, fromMs: number): void {
  const worker = rng.int(0, POOL - 1);
  const kept = batches.filter((batch) => batch.worker !== worker || batch.at < fromMs);
  batches.splice(0, batches.length, ...kept);
  for (const node of NODES) said.set(node, rng.pick(['waiting', 'minting', 'refusing', undefined]));
}

/** A call that begins before the end of its lease and returns after it; `readAfterMs`: when it read the clock. */
function straddle(leases: readonly Lease[], batches: BatchSpec[], rng: Rng, readAfterMs: number): void {
  const ended = leases.filter(({ endedMs }) => endedMs !== undefined);
  if (ended.length === 0) return;
  const lease = rng.pick(ended);
  const own = batches.findLast((batch) => batch.lease === lease.id);
  if (own === undefined) return;
  const at = Math.max(0, lease.endedMs! - rng.int(0, 10));
  const takesMs = rng.int(0, 50);
  const wallTakesMs = takesMs + rng.pick([0, 1, 1.5, -7]);
  batches.push({ ...own, at, takesMs, wallTakesMs, ids: [{ ms: at + Math.min(readAfterMs, takesMs) }] });
}

type Answer = NonNullable<RequestSpec['answer']>;

function withAnswer(request: RequestSpec, by: (answer: Answer) => Partial<Answer>): RequestSpec {
  const { answer } = request;
  return answer === undefined ? request : { ...request, answer: { ...answer, ...by(answer) } };
}

function withIds(batches: readonly BatchSpec[]): BatchSpec[] {
  return batches.filter(({ ids }) => ids.length > 0);
}

function change(batches: BatchSpec[], batch: BatchSpec, by: (batch: BatchSpec) => Partial<BatchSpec>): void {
  const index = batches.indexOf(batch);
  // Another change may have replaced it.
  if (index >= 0) batches[index] = { ...batch, ...by(batch) };
}

function replaced(ids: readonly IdSpec[], rng: Rng, by: bigint): IdSpec[] {
  return ids.with(rng.int(0, ids.length - 1), by);
}

function shifted(id: IdSpec, byMs: number): IdSpec {
  return typeof id === 'bigint' ? id : { ...id, ms: id.ms + byMs };
}

/** The ID with a worker field of its own. */
function raw(layout: Layout, id: IdSpec, worker: number): bigint {
  if (typeof id === 'bigint') return id;
  const tick = ORIGIN_UNIX_MS + id.ms - layout.epochMs;
  return encodeId(layout, { tick, workerId: id.worker ?? Math.max(0, worker), sequence: id.sequence ?? 0 });
}
