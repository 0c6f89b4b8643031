/** Small histories in files, and the plainly right answer to compare with. Only tests use it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Layout } from '../core/layout.ts';
import { mix, seedOf, SPREAD } from './hash.ts';
import { type Limits, LIMITS } from './limits.ts';
import type { ExactResult, Segment } from './segment.ts';

/** Layouts with few workers, so that small histories have several IDs of each. */
export const FEW_WORKERS: Readonly<Record<64 | 128, Layout>> = {
  64: { timeBits: 41, workerBits: 10, sequenceBits: 12, tickMs: 1, epochMs: 0 },
  // Across the edge of two words.
  128: {
    ...{ idBits: 128, timeBits: 48, workerBits: 8, sequenceBits: 58, tickMs: 1, epochMs: 0 },
    shifts: { time: 80, worker: 59, sequence: 0 },
  },
};

/** So small that a history of a few dozen IDs has several chunks, pieces, buckets and passes. */
export const TINY: Limits = {
  ...LIMITS,
  chunkIds: 3,
  pieceIds: 7,
  runsMax: 40,
  outliersMax: 24,
  smallRun: 2,
  rangesMax: 4,
  talliedMax: 60,
  alikeMax: 30,
  bucketIds: 4,
};

/** A line of emission, its segments one behind the other. */
export type Line = readonly (readonly bigint[])[];

export class Files implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'snowglobe-exact-'));
  #made = 0;

  /** All in one file, each segment behind some bytes that are none of it. */
  segments(lines: readonly Line[], idBits: 64 | 128): readonly Segment[] {
    const file = join(this.folder, `ids-${this.#made++ % 4}`);
    const idBytes = idBits / 8;
    const parts: Uint8Array[] = [];
    let byteOffset = 0;
    const segments = lines.flatMap((line, owner) => {
      let first = 0;
      return line.map((ids) => {
        const gap = 5;
        parts.push(new Uint8Array(gap).fill(0xaa), bytesOf(ids, idBits));
        const segment = { file, byteOffset: byteOffset + gap, count: ids.length, owner, first };
        byteOffset += gap + ids.length * idBytes;
        first += ids.length;
        return segment;
      });
    });
    writeFileSync(file, Buffer.concat(parts));
    return segments;
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true });
  }
}

export function bytesOf(ids: readonly bigint[], idBits: 64 | 128): Uint8Array {
  const words = idBits / 64;
  const into = new BigUint64Array(ids.length * words);
  for (const [k, id] of ids.entries())
    for (let word = 0; word < words; word++) into[k * words + word] = BigInt.asUintN(64, id >> BigInt(64 * word));
  return new Uint8Array(into.buffer);
}

/** What `exact` has to answer, by looking at every ID. Inversions as how far they go: which of several is told is open. */
export function fold(lines: readonly Line[], witnesses: number): unknown {
  const sightings = new Map<bigint, { segment: number; index: number }[]>();
  let segment = 0;
  for (const line of lines)
    for (const ids of line) {
      for (const [index, id] of ids.entries()) sightings.set(id, [...(sightings.get(id) ?? []), { segment, index }]);
      segment++;
    }
  const repeated = [...sightings].filter(([, all]) => all.length > 1).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    checked: BigInt(lines.flat(2).length),
    surplus: BigInt(repeated.reduce((sum, [, all]) => sum + all.length - 1, 0)),
    repeated: BigInt(repeated.length),
    duplicates: repeated
      .slice(0, witnesses)
      .map(([id, all]) => ({ id, total: BigInt(all.length), sightings: all.slice(0, 4) })),
    owners: lines.flatMap((line, owner) => (line.flat().length === 0 ? [] : [foldLine(line.flat(), owner, witnesses)])),
  };
}

function foldLine(ids: readonly bigint[], owner: number, witnesses: number): unknown {
  const steps: unknown[] = [];
  let backward = 0n;
  let inversion: bigint | undefined;
  let max = ids[0]!;
  let min = ids[0]!;
  for (const [k, after] of ids.entries()) {
    const before = ids[k - 1];
    if (before === undefined) continue;
    if (after <= before) {
      backward++;
      if (steps.length < witnesses) steps.push({ position: BigInt(k), before, after });
    }
    if (after <= max && (inversion === undefined || max - after > inversion)) inversion = max - after;
    if (after > max) max = after;
    if (after < min) min = after;
  }
  const [first, last] = [ids[0], ids.at(-1)];
  return { owner, emissions: BigInt(ids.length), first, last, min, max, backward, steps, inversion };
}

/** An answer in the fold's words; an inversion that is told has to be there. */
export function inFoldsWords(result: ExactResult, lines: readonly Line[]): unknown {
  const { checked, surplus, repeated, duplicates } = result;
  const owners = result.owners.map(({ largestInversion, ...rest }) => {
    if (largestInversion === undefined) return { ...rest, inversion: undefined };
    const { position, highest, after } = largestInversion;
    const ids = lines[rest.owner]!.flat();
    const before = ids.slice(0, Number(position));
    const isThere = ids[Number(position)] === after && before.includes(highest) && before.every((id) => id <= highest);
    return { ...rest, inversion: isThere ? highest - after : 'not there' };
  });
  return { checked, surplus, repeated, duplicates, owners };
}

/** The 64-bit ID that has this hash: its steps backwards. */
export function unhashed(upper: number, lower: number, seedNumber: number): bigint {
  const [s0, s1] = seedOf(seedNumber);
  const low = lower ^ Math.imul(upper, SPREAD);
  const high = unmixed(upper) ^ mix(low ^ s0!) ^ s1!;
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}

/** The number that `mix` makes this of. */
function unmixed(mixed: number): number {
  const shifted = Math.imul(mixed, inverseOf(0x846ca68b));
  const once = shifted ^ (shifted >>> 15) ^ (shifted >>> 30);
  const x = Math.imul(once, inverseOf(0x7feb352d));
  return x ^ (x >>> 16);
}

/** The number that gives 1 when multiplied with this odd one, modulo 2^32; by Newton. */
function inverseOf(odd: number): number {
  let inverse = odd;
  for (let k = 0; k < 5; k++) inverse = Math.imul(inverse, 2 - Math.imul(odd, inverse));
  return inverse;
}
