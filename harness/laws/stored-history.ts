/** Puts a hand-made history into a store, as the collector would put the taps of a run. */
import type { SqlFacts } from '../core/checker.ts';
import type { History } from '../core/history.ts';
import { lanesOf } from '../core/lanes.ts';
import { wordsPerId } from '../core/layout.ts';
import type { Store } from '../core/store.ts';
import { BATCH_BYTES, encodeBatch } from '../core/tap.ts';

const NS_PER_MS = 1_000_000;

/** `batchesPerRange`: a lane goes in several ranges where it has more. */
export async function storeHistory(store: Store, history: History, batchesPerRange = Infinity): Promise<void> {
  const { batches } = history;
  const ranges = lanesOf(batches).flatMap(({ batches: members, ...lane }) =>
    Array.from({ length: Math.ceil(members.length / Math.min(batchesPerRange, members.length)) }, (_, k) => ({
      ...lane,
      members: batchesPerRange === Infinity ? members : members.slice(k * batchesPerRange, (k + 1) * batchesPerRange),
    })),
  );
  for (const { node, incarnation, lane, members } of ranges) {
    const records = Buffer.alloc(members.length * BATCH_BYTES);
    const words: bigint[] = [];
    const perId = wordsPerId(history.layout);
    members.forEach((batch, k) => {
      const first = batches.firstId[batch]!;
      words.push(...history.ids.subarray(perId * first, perId * (first + batches.count[batch]!)));
      encodeBatch(
        {
          firstSeq: BigInt(batches.firstSeq[batch]!),
          count: batches.count[batch]!,
          flags: batches.flags[batch]!,
          calledNs: BigInt(batches.called[batch]!),
          returnedNs: BigInt(batches.returned[batch]!),
          wallCalledNs: BigInt(Math.round(batches.wallCalledMs[batch]! * 2)) * BigInt(NS_PER_MS / 2),
          wallReturnedNs: BigInt(Math.round(batches.wallReturnedMs[batch]! * 2)) * BigInt(NS_PER_MS / 2),
          workerId: batches.workerId[batch]!,
          lease: batches.lease[batch]!,
          createRevision: batches.createRevision[batch]!,
          fenceNs: 0n,
          limitMs: 0n,
        },
        records,
        k * BATCH_BYTES,
      );
    });
    const firstSeq = BigInt(batches.firstSeq[members[0]!]!);
    const name = { node: history.nodes[node]!, incarnation, lane };
    await store.append({
      lane: name,
      nodeIndex: node,
      firstSeq,
      count: words.length / perId,
      originNs: 0n,
      batches: records,
      ids: Buffer.from(BigUint64Array.from(words).buffer),
      token: `${name.node}-${incarnation}-${lane}-${firstSeq}`,
    });
  }
  await store.appendRequests(history.requests);
}

export function factsOf({
  layout,
  nodes,
  coordinators,
  leases,
  health,
  clocks,
  timeAheadMs,
  rollbacks,
  incomplete,
  untoldHolders,
  recover,
}: History): SqlFacts {
  return {
    layout,
    nodes,
    ...(coordinators && { coordinators }),
    leases,
    health,
    ...(clocks && { clocks }),
    ...(timeAheadMs !== undefined && { timeAheadMs }),
    ...(rollbacks && { rollbacks }),
    ...(incomplete && { incomplete }),
    ...(untoldHolders && { untoldHolders }),
    ...(recover && { recover }),
  };
}
