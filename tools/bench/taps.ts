/**
 * Taps as nodes would have left them, of any length: what the store and the checkers are measured by. The bytes are those
 * of generators/PROTOCOL.md, written by the shell's own writer.
 */
import { randomFillSync } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { TapWriter } from '../../generators/shell/tap-writer.ts';
import type { Layout } from '../../harness/core/layout.ts';
import { OPAQUE_128, OPAQUE_64, idBitsOf } from '../../harness/core/layout.ts';
import { createRng } from '../../harness/core/random.ts';

export const NODES = 16;
export const nodeNames = Array.from({ length: NODES }, (_, node) => `n${node + 1}`);

/** True time at the origin of such a run, and the kernel's monotonic clock then. */
export const ORIGIN = { unixMs: 1_767_225_600_000, monotonicNs: '1000000000000', errorNs: 0 } as const;
/** As far as a node's clock may be behind at the end of a call: its batch holds this much time. */
export const BATCH_MS = 16;

const EPOCH_MS = 1_577_836_800_000;

const LAYOUT_64: Layout = { timeBits: 41, workerBits: 10, sequenceBits: 12, tickMs: 1, epochMs: EPOCH_MS };
/** The fields of a UUID of version 7 with a worker ID where the random bits are. */
const LAYOUT_128: Layout = {
  ...LAYOUT_64,
  idBits: 128,
  timeBits: 48,
  epochMs: 0,
  shifts: { time: 80, worker: 0, sequence: 64 },
  fixed: [
    { shift: 76, bits: 4, value: 7 },
    { shift: 62, bits: 2, value: 2 },
  ],
};

export interface Pattern {
  readonly name: string;
  readonly layout: Layout;
  /** IDs of a batch: every ID of `BATCH_MS` milliseconds, or 1 to 19 of one. */
  readonly batches: 'full' | 'small';
  readonly ids: 'orderly' | 'random';
  /** Three IDs that another node minted long before, and five swapped neighbours. */
  readonly planted?: true;
}

export const PLANTED = { duplicates: 3, swaps: 5 } as const;

const IDS_PER_MS = 4096;

export const PATTERNS = {
  planted: {
    name: 'orderly, 3 duplicates, 5 swaps',
    layout: LAYOUT_64,
    batches: 'full',
    ids: 'orderly',
    planted: true,
  },
  orderly: { name: 'orderly', layout: LAYOUT_64, batches: 'full', ids: 'orderly' },
  small: { name: '10,000 IDs/s a node, batches of 1–19', layout: LAYOUT_64, batches: 'small', ids: 'orderly' },
  random: { name: 'random', layout: OPAQUE_64, batches: 'full', ids: 'random' },
  long: { name: 'orderly, 128 bits', layout: LAYOUT_128, batches: 'full', ids: 'orderly' },
  'long-random': { name: 'random, 128 bits', layout: OPAQUE_128, batches: 'full', ids: 'random' },
} as const satisfies Readonly<Record<string, Pattern>>;

/** Writes about so many IDs and says how many it was. */
export function writeTaps(folder: string, pattern: Pattern, total: number): number {
  mkdirSync(folder, { recursive: true });
  let written = 0;
  for (let node = 0; node < NODES; node++) written += writeNode(folder, pattern, node, Math.ceil(total / NODES));
  return written;
}

function writeNode(folder: string, { layout, batches, ids, planted }: Pattern, node: number, total: number): number {
  const lane = { node: nodeNames[node]!, incarnation: 1, lane: 0 };
  const writer = new TapWriter(folder, lane, undefined, idBitsOf(layout));
  const perId = idBitsOf(layout) / 32;
  const words = new Uint32Array(BATCH_MS * IDS_PER_MS * perId);
  const rng = createRng(`node ${node}`);
  const step = batches === 'full' ? BATCH_MS : 1;
  const middle = Math.floor(total / IDS_PER_MS / BATCH_MS / 2);
  let written = 0;
  for (let atMs = 0; written < total; atMs += step) {
    const perMs = batches === 'full' ? IDS_PER_MS : rng.int(1, 19);
    const count = step * perMs;
    if (ids === 'random') randomFillSync(words, 0, count * perId);
    else fill(words, layout, node, atMs, step, perMs);
    if (planted === true && atMs === BATCH_MS * middle) plant(words, layout, node);
    const called = BigInt(ORIGIN.monotonicNs) + BigInt(atMs + step) * 1_000_000n;
    const wall = BigInt(ORIGIN.unixMs + atMs + step) * 1_000_000n;
    writer.append(new Uint8Array(words.buffer, 0, count * perId * 4), {
      flags: 0,
      calledNs: called,
      returnedNs: called + 100_000n,
      wallCalledNs: wall,
      wallReturnedNs: wall,
      workerId: layout.workerBits > 0 ? node : -1,
      lease: 0n,
      createRevision: layout.workerBits > 0 ? BigInt(node + 1) : 0n,
      fenceNs: 0n,
      limitMs: 0n,
    });
    written += count;
  }
  writer.close();
  return written;
}

/** All IDs of some milliseconds, in order. */
function fill(words: Uint32Array, layout: Layout, node: number, fromMs: number, spanMs: number, perMs: number): void {
  const isLong = idBitsOf(layout) === 128;
  let at = 0;
  for (let ms = fromMs; ms < fromMs + spanMs; ms++) {
    const tick = ORIGIN.unixMs + ms - layout.epochMs;
    for (let sequence = 0; sequence < perMs; sequence++)
      if (isLong) {
        words[at++] = node;
        words[at++] = 2 << 30;
        words[at++] = ((tick & 0xffff) << 16) | (7 << 12) | sequence;
        words[at++] = Math.floor(tick / 0x10000);
      } else {
        words[at++] = (tick << 22) | (node << 12) | sequence;
        words[at++] = Math.floor(tick / 1024);
      }
  }
}

/** Nodes beyond the first three do not copy, and beyond the first five do not swap. */
function plant(words: Uint32Array, layout: Layout, node: number): void {
  if (node < PLANTED.duplicates) {
    const others = new Uint32Array(2 * IDS_PER_MS);
    fill(others, layout, node + 1, 0, 1, IDS_PER_MS);
    words.set(others.subarray(14, 16), 200);
  }
  if (node < PLANTED.swaps) words.set([...words.subarray(102, 104), ...words.subarray(100, 102)], 100);
}
