import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { decodeId, encodeId } from '../core/layout.ts';
import type { Layout } from '../core/layout.ts';
import { parseLayout } from '../core/layout-spec.ts';
import type { Fields } from './fields.ts';
import { fieldsTogether, readFields } from './fields.ts';
import { overlapsOf } from './suspects.ts';

const folder = mkdtempSync(join(tmpdir(), 'snowglobe-fields-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const LAYOUTS = ['twitter', 'sonyflake', 'time:20@1ms+0,sequence:4,worker:3,fixed:2=1', 'uuidv7'].map(parseLayout);

/** IDs of few ticks and workers, so that all of it comes about; some have bits that the layout does not. */
const minted = fc.record({
  layout: fc.constantFrom(...LAYOUTS),
  ids: fc.array(
    fc.record({ tick: fc.nat(6), worker: fc.nat(2), sequence: fc.nat(3), isOdd: fc.nat(20).map((n) => n === 0) }),
    { minLength: 1, maxLength: 60 },
  ),
  cuts: fc.array(fc.nat(60), { maxLength: 4 }),
});

function idsOf({
  layout,
  ids,
}: {
  readonly layout: Layout;
  readonly ids: readonly { tick: number; worker: number; sequence: number; isOdd: boolean }[];
}): bigint[] {
  return ids.map(({ tick, worker, sequence, isOdd }) => {
    const workerId = layout.workerBits === 0 ? 0 : worker;
    const id = encodeId(layout, { tick, workerId, sequence: layout.sequenceBits === 0 ? 0 : sequence });
    return isOdd ? id | (1n << 63n) : id;
  });
}

/** The same, plainly. */
function plainFields(
  layout: Layout,
  ids: readonly bigint[],
): Pick<Fields, 'ids' | 'ticks' | 'peak' | 'misfits'> & { readonly workers: ReadonlyMap<number, number> } {
  const decoded = ids.map((id) => decodeId(layout, id));
  const runs: { key: string; ids: number }[] = [];
  for (const { tick, workerId } of decoded) {
    const key = `${tick} ${workerId}`;
    const last = runs.at(-1);
    if (last?.key === key) last.ids++;
    else runs.push({ key, ids: 1 });
  }
  const fits = (id: bigint): boolean =>
    decodeId(layout, id).tick < 2 ** layout.timeBits &&
    (layout.fixed ?? []).every(
      ({ shift, bits, value }) => ((id >> BigInt(shift)) & ((1n << BigInt(bits)) - 1n)) === BigInt(value),
    );
  const workers = new Map<number, number>();
  for (const { workerId } of decoded) workers.set(workerId, (workers.get(workerId) ?? 0) + 1);
  return {
    ids: ids.length,
    ticks: runs.length,
    peak: Math.max(...runs.map((run) => run.ids)),
    misfits: ids.filter((id) => !fits(id)).length,
    workers,
  };
}

test('one pass over words finds what a plain fold finds, whole or in pieces', () => {
  fc.assert(
    fc.property(minted, ({ layout, ids: drafts, cuts }) => {
      const ids = idsOf({ layout, ids: drafts });
      const length = layout.idBits === 128 ? 16 : 8;
      const bytes = Buffer.alloc(ids.length * length);
      for (const [index, id] of ids.entries()) {
        bytes.writeBigUInt64LE(BigInt.asUintN(64, id), index * length);
        if (length === 16) bytes.writeBigUInt64LE(id >> 64n, index * length + 8);
      }
      const file = join(folder, 'ids');
      writeFileSync(file, bytes);
      const edges = [...new Set([0, ...cuts.map((cut) => Math.min(cut, ids.length)), ids.length])].toSorted(
        (a, b) => a - b,
      );
      const parts = edges.slice(1).map((edge, index) => {
        const from = edges[index]!;
        return readFields(
          { layout, spans: [{ file, byteOffset: from * length, count: edge - from }] },
          () => undefined,
        );
      });
      const whole = fieldsTogether(parts)!;
      const { workers, ...expected } = plainFields(layout, ids);
      expect(whole).toMatchObject(expected);
      expect(new Map(whole.workers)).toEqual(workers);
      // Every ID lies in a spell of its worker ID, and each spell ends and begins with one.
      const decoded = ids.map((id) => decodeId(layout, id));
      for (const { tick, workerId } of decoded)
        expect(whole.spells.some(({ worker, from, to }) => worker === workerId && from <= tick && tick <= to)).toBe(
          true,
        );
      for (const { worker, from, to } of whole.spells)
        for (const edge of [from, to])
          expect(decoded.some(({ tick, workerId }) => workerId === worker && tick === edge)).toBe(true);
    }),
  );
});

test('overlaps are the ticks in which at least two nodes have a spell under one worker ID', () => {
  const spell = fc
    .record({ node: fc.nat(3), worker: fc.nat(2), from: fc.nat(30), length: fc.nat(8) })
    .map(({ node, worker, from, length }) => ({ node, worker, from, to: from + length }));
  fc.assert(
    fc.property(fc.array(spell, { maxLength: 20 }), (spells) => {
      const overlaps = overlapsOf(spells);
      for (let worker = 0; worker <= 2; worker++)
        for (let tick = 0; tick <= 40; tick++) {
          const held = spells.filter((one) => one.worker === worker && one.from <= tick && tick <= one.to);
          const isOverlap = new Set(held.map(({ node }) => node)).size > 1;
          const at = overlaps.filter((one) => one.worker === worker && one.from <= tick && tick <= one.to);
          expect(at.length).toBe(isOverlap ? 1 : 0);
          for (const { node } of isOverlap ? held : []) expect(at[0]!.nodes).toContain(node);
        }
    }),
  );
});
