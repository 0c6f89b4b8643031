/** Cuts segments into pieces: what a thread takes and reads in one go. Pure. */
import type { Segment } from './segment.ts';

/** Part of a segment. */
export interface Piece {
  readonly segment: number;
  readonly owner: number;
  readonly file: string;
  readonly byteOffset: number;
  /** Index of its first ID in the segment. */
  readonly from: number;
  readonly count: number;
}

/** All IDs of the segments, each in one piece; pieces of one owner in the order of its line, those without IDs left out. */
export function cut(segments: readonly Segment[], idBytes: number, pieceIds: number): readonly Piece[] {
  return inLine(segments).flatMap((index) => {
    const { owner, file, byteOffset, count } = segments[index]!;
    return Array.from({ length: Math.ceil(count / pieceIds) }, (_, part) => {
      const from = part * pieceIds;
      return {
        segment: index,
        owner,
        file,
        byteOffset: byteOffset + from * idBytes,
        from,
        count: Math.min(pieceIds, count - from),
      };
    });
  });
}

/** Indices of the segments by owner, and for each owner by position; refuses two that claim one position. */
function inLine(segments: readonly Segment[]): readonly number[] {
  const order = segments.map((_, index) => index);
  const compare = (a: number, b: number): number => {
    const [one, other] = [segments[a]!, segments[b]!];
    if (one.owner !== other.owner) return one.owner - other.owner;
    return one.first < other.first ? -1 : one.first > other.first ? 1 : one.count - other.count || a - b;
  };
  order.sort(compare);
  for (const [at, index] of order.entries()) {
    const [before, { owner, first }] = [segments[order[at - 1] ?? -1], segments[index]!];
    if (before?.owner === owner && BigInt(before.first) + BigInt(before.count) > BigInt(first))
      throw new RangeError(`two segments of owner ${owner} hold its emission ${first}`);
  }
  return order;
}
