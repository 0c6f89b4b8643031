/**
 * Batches sorted into lanes: the unit within which sequence numbers order IDs.
 */
import type { BatchColumns } from './history.ts';

export interface Lane {
  /** Index into `History.nodes`. */
  readonly node: number;
  readonly incarnation: number;
  readonly lane: number;
  /** Indexes of its batches that hold IDs, by first sequence number. */
  readonly batches: readonly number[];
}

/** Every checker of a run asks the same; a history does not change once it is built. */
const known = new WeakMap<BatchColumns, readonly Lane[]>();

/** The lanes of a history by node, incarnation and lane. Batches may have arrived in any order. */
export function lanesOf(batches: BatchColumns): readonly Lane[] {
  const lanes = known.get(batches) ?? sortIntoLanes(batches);
  known.set(batches, lanes);
  return lanes;
}

function sortIntoLanes(batches: BatchColumns): Lane[] {
  const lanes = new Map<string, Lane & { readonly batches: number[] }>();
  // Most nodes have one lane: remembering the last of each node spares a key a batch.
  const lastOfNode: ((Lane & { readonly batches: number[] }) | undefined)[] = [];
  for (let i = 0; i < batches.length; i++) {
    if (batches.count[i] === 0) continue;
    const node = batches.node[i]!;
    const incarnation = batches.incarnation[i]!;
    const lane = batches.lane[i]!;
    let found = lastOfNode[node];
    if (found?.incarnation !== incarnation || found.lane !== lane) {
      const key = `${node}-${incarnation}-${lane}`;
      found = lanes.get(key);
      if (found === undefined) {
        found = { node, incarnation, lane, batches: [] };
        lanes.set(key, found);
      }
      lastOfNode[node] = found;
    }
    found.batches.push(i);
  }
  const { firstSeq } = batches;
  for (const { batches: members } of lanes.values())
    if (members.some((batch, k) => k > 0 && firstSeq[batch]! < firstSeq[members[k - 1]!]!))
      members.sort((a, b) => firstSeq[a]! - firstSeq[b]!);
  return [...lanes.values()].sort((a, b) => a.node - b.node || a.incarnation - b.incarnation || a.lane - b.lane);
}
