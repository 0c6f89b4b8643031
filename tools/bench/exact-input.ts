/**
 * Files of IDs for the exact check: raw little-endian IDs, 16 nodes, one file each. Made the same way at every size.
 *
 * `orderly`: Twitter's layout at the format's own ceiling, 4096 IDs a millisecond and node, with three planted duplicates
 * (across nodes, within one, at the far ends) and five pairs of swapped neighbours. `random`: all 64 bits by chance, with
 * the same three duplicates. IDs of 128 bits are these with 64 bits below them that look like chance.
 */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Segment } from '../../harness/exact/segment.ts';

export type InputKind = 'orderly' | 'random';

export const NODES = 16;
const BLOCK_IDS = 262_144;
const PER_MS = 4096;
/** An instant of 2026, in the layout's own milliseconds. */
const FIRST_TICK = 479_000_000_000n;

export interface Input {
  readonly segments: readonly Segment[];
  /** IDs that were planted a second time, in ascending order. */
  readonly planted: readonly bigint[];
  /** Swapped neighbours. */
  readonly swapped: number;
}

/** Writes `total` IDs, or a few fewer so that nodes emit alike many, into files of a folder. */
export function writeInput(folder: string, kind: InputKind, total: number, idBits: 64 | 128 = 64): Input {
  mkdirSync(folder, { recursive: true });
  const each = Math.floor(total / NODES);
  const plants = plantsOf(kind, each);
  const segments = Array.from({ length: NODES }, (_, node): Segment => {
    const file = join(folder, `node-${node}.u${idBits}`);
    writeNode(file, kind, node, each, plants, idBits);
    return { file, byteOffset: 0, count: each, owner: node, first: 0 };
  });
  const planted = plants.copies
    .map(({ from }) => widened(idAt(kind, from.node, from.index), idBits))
    .sort((a, b) => (a < b ? -1 : 1));
  return { segments, planted, swapped: plants.swaps.length };
}

interface Place {
  readonly node: number;
  readonly index: number;
}

interface Plants {
  readonly copies: readonly { readonly from: Place; readonly to: Place }[];
  /** Each is swapped with the one behind it. */
  readonly swaps: readonly Place[];
}

function plantsOf(kind: InputKind, each: number): Plants {
  const place = (node: number, part: number): Place => ({ node, index: Math.floor((each - 1) * part) });
  return {
    copies: [
      { from: place(3, 0.2), to: place(11, 0.7) },
      { from: place(5, 0.35), to: place(5, 0.9) },
      { from: place(0, 0), to: place(NODES - 1, 1) },
    ],
    swaps: kind === 'random' ? [] : [place(1, 0.1), place(4, 0.31), place(8, 0.5), place(9, 0.77), place(14, 0.95)],
  };
}

function writeNode(
  file: string,
  kind: InputKind,
  node: number,
  each: number,
  { copies, swaps }: Plants,
  idBits: 64 | 128,
): void {
  const fd = openSync(file, 'w');
  const ids = new BigUint64Array(BLOCK_IDS);
  for (let start = 0; start < each; start += BLOCK_IDS) {
    const count = Math.min(BLOCK_IDS, each - start);
    if (kind === 'orderly') fillOrderly(ids, node, start, count);
    else fillRandom(ids, node, start, count);
    for (const { from, to } of copies)
      if (to.node === node && isIn(to.index, start, count)) ids[to.index - start] = idAt(kind, from.node, from.index);
    for (const { node: at, index } of swaps) {
      if (at !== node) continue;
      if (isIn(index, start, count)) ids[index - start] = idAt(kind, node, index + 1);
      if (isIn(index + 1, start, count)) ids[index + 1 - start] = idAt(kind, node, index);
    }
    const bytes = idBits === 64 ? ids : wide(ids, count);
    writeSync(fd, new Uint8Array(bytes.buffer, 0, (count * idBits) / 8));
  }
  closeSync(fd);
}

function isIn(index: number, start: number, count: number): boolean {
  return index >= start && index < start + count;
}

function idAt(kind: InputKind, node: number, index: number): bigint {
  const one = new BigUint64Array(1);
  if (kind === 'orderly') fillOrderly(one, node, index, 1);
  else fillRandom(one, node, index, 1);
  return one[0]!;
}

function fillOrderly(ids: BigUint64Array, node: number, start: number, count: number): void {
  let sequence = start % PER_MS;
  let base = ((FIRST_TICK + BigInt(Math.floor(start / PER_MS))) << 22n) | (BigInt(node) << 12n);
  for (let k = 0; k < count; k++) {
    ids[k] = base | BigInt(sequence);
    if (++sequence === PER_MS) {
      sequence = 0;
      base += 1n << 22n;
    }
  }
}

function widened(id: bigint, idBits: 64 | 128): bigint {
  return idBits === 64 ? id : (id << 64n) | mixed(id);
}

function wide(ids: BigUint64Array, count: number): BigUint64Array {
  const into = new BigUint64Array(count * 2);
  for (let k = 0; k < count; k++) {
    into[2 * k] = mixed(ids[k]!);
    into[2 * k + 1] = ids[k]!;
  }
  return into;
}

/** SplitMix64 by position: a permutation of the counter, so that nothing but what is planted is there twice. */
function fillRandom(ids: BigUint64Array, node: number, start: number, count: number): void {
  let counter = BigInt.asUintN(64, ((BigInt(node) << 40n) + BigInt(start)) * 0x9e3779b97f4a7c15n);
  for (let k = 0; k < count; k++) {
    counter = BigInt.asUintN(64, counter + 0x9e3779b97f4a7c15n);
    ids[k] = mixed(counter);
  }
}

function mixed(z: bigint): bigint {
  z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
  z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
  return z ^ (z >> 31n);
}
