import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { encodeId } from '../core/layout.ts';
import { parseLayout } from '../core/layout-spec.ts';
import { createRng } from '../core/random.ts';
import { auditOf, found } from './audit-for-tests.ts';

const TWITTER = parseLayout('twitter');
const SPEC = 'twitter';
const START = 500_000_000_000;

/** Ticks from START on, so many IDs in each. */
function ids(worker: number, from: number, to: number, perTick = 2): bigint[] {
  return Array.from({ length: (to - from + 1) * perTick }, (_, index) =>
    encodeId(TWITTER, {
      tick: START + from + Math.floor(index / perTick),
      workerId: worker,
      sequence: index % perTick,
    }),
  );
}
const text = (of: readonly bigint[]): string => of.map((id) => `${id}\n`).join('');
const at = (tick: number): string => new Date(TWITTER.epochMs + START + tick).toISOString();

const folder = mkdtempSync(join(tmpdir(), 'snowglobe-suspects-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the suspect set', () => {
  test('is every ID minted while two nodes held the worker ID, not only those that collided', async () => {
    const suspectsFile = join(folder, 'suspects.csv');
    // a held 7 all the time; b came by it from tick 50 on, with sequences that nearly never collide.
    const b = ids(7, 50, 79, 2).map((id) => id + 4n);
    const audit = found(
      await auditOf(
        { 'a.txt': text(ids(7, 0, 99)), 'b.txt': text([...ids(3, 0, 9), ...b]), 'c.txt': text(ids(9, 0, 99)) },
        { layout: SPEC, suspectsFile },
      ),
    );
    expect(audit.verdict).toBe('pass');
    expect(audit.suspects).toMatchObject({
      ids: 120,
      workers: 1,
      from: at(50),
      to: at(79),
      overlapsInAll: 1,
      coarse: false,
    });
    expect(audit.suspects?.overlaps).toMatchObject([{ worker: 7, nodes: ['a.txt', 'b.txt'], ids: 120 }]);
    const [header, ...lines] = readFileSync(suspectsFile, 'utf8').trim().split('\n');
    expect(header).toBe('id,node,position,worker,time');
    expect(lines).toHaveLength(120);
    expect(new Set(lines.map((line) => line.split(',')[0]))).toEqual(new Set([...ids(7, 50, 79), ...b].map(String)));
    expect(lines[0]).toMatch(new RegExp(`^${ids(7, 50, 50)[0]},.*a\\.txt,100,7,${at(50)}$`));
  });

  test('is empty where a worker ID went from hand to hand, and where a node came back to its own', async () => {
    const handed = { 'a.txt': text(ids(7, 0, 49)), 'b.txt': text([...ids(5, 0, 49), ...ids(7, 50, 99)]) };
    expect(found(await auditOf(handed, { layout: SPEC })).suspects).toMatchObject({ ids: 0, overlapsInAll: 0 });
    // a minted under another one in between: it did not hold 7 then.
    const lent = {
      'a.txt': text([...ids(7, 0, 9), ...ids(8, 10, 29), ...ids(7, 30, 39)]),
      'b.txt': text(ids(7, 12, 20)),
    };
    expect(found(await auditOf(lent, { layout: SPEC })).suspects).toMatchObject({ ids: 0 });
  });

  test('is not spread over all that lies between by a clock that stepped back', async () => {
    const stepped = [...ids(7, 500, 520), ...ids(7, 100, 140)];
    const audit = found(await auditOf({ 'a.txt': text(stepped), 'b.txt': text(ids(7, 300, 400)) }, { layout: SPEC }));
    expect(audit.suspects).toMatchObject({ ids: 0 });
  });

  test('goes by nodes and not by lines of taps, and by the column of nodes', async () => {
    const rows = [...ids(7, 0, 9).map((id) => `${id},x`), ...ids(7, 5, 14).map((id) => `${id + 8n},y`)].join('\n');
    const audit = found(await auditOf({ 'a.csv': `id,node\n${rows}\n` }, { layout: SPEC, nodeColumn: 'node' }));
    expect(audit.suspects).toMatchObject({ ids: 20, overlaps: [{ nodes: ['x', 'y'], from: at(5), to: at(9) }] });
  });

  test('equals a plain fold over random histories', async () => {
    for (let seed = 0; seed < 30; seed++) {
      const rng = createRng(`suspects ${seed}`);
      const files: Record<string, string> = {};
      const minted: { node: string; tick: number; worker: number; spell: number }[] = [];
      let spell = 0;
      for (const node of ['a.txt', 'b.txt', 'c.txt'].slice(0, rng.int(2, 3))) {
        const own: bigint[] = [];
        let tick = rng.int(0, 30);
        let worker = rng.int(0, 2);
        let before = { tick: -1, worker: -1 };
        for (let index = 0; index < 60; index++) {
          tick += rng.pick([0, 0, 0, 1, 1, 3, rng.chance(0.05) ? -10 : 0]);
          tick = Math.max(0, tick);
          if (rng.chance(0.05)) worker = rng.int(0, 2);
          if (worker !== before.worker || tick < before.tick) spell++;
          before = { tick, worker };
          minted.push({ node, tick, worker, spell });
          own.push(encodeId(TWITTER, { tick: START + tick, workerId: worker, sequence: index }));
        }
        files[node] = text(own);
      }
      const spans = [...Map.groupBy(minted, (one) => one.spell).values()].map((of) => ({
        ...of[0]!,
        from: of[0]!.tick,
        to: of.at(-1)!.tick,
      }));
      const suspects = minted.filter(
        ({ tick, worker }) =>
          new Set(
            spans.filter((one) => one.worker === worker && one.from <= tick && tick <= one.to).map(({ node }) => node),
          ).size > 1,
      );
      expect(found(await auditOf(files, { layout: SPEC })).suspects?.ids, `seed ${seed}`).toBe(suspects.length);
    }
  });
});

describe('what fields tell', () => {
  test('span, workers, IDs a millisecond, the fullest tick and how full it was', async () => {
    const audit = found(
      await auditOf(
        { 'a.txt': text([...ids(1, 0, 9, 4), ...ids(1, 10, 10, 1024)]), 'b.txt': text(ids(2, 20, 20, 1)) },
        { layout: SPEC },
      ),
    );
    expect(audit.time).toEqual({ from: at(0), to: at(20), ms: 20, tickMs: 1 });
    expect(audit.workers).toEqual({ count: 2, seen: [1, 2], tooMany: false });
    expect(audit.lines[0]).toMatchObject({
      ...{ from: at(0), to: at(10), workers: [1], perMs: 1064 / 11 },
      peak: { ids: 1024, at: at(10), atLeast: false },
      sequence: { peak: 0.25, mean: 1064 / 11 / 4096 },
    });
    expect(audit.misfits).toEqual({ ids: 0 });
  });

  test('a duplicate with its owners and fields; the largest inversion in time', async () => {
    const [one] = ids(3, 40, 40);
    const audit = found(
      await auditOf(
        { 'a.txt': text([one!, ...ids(3, 60, 60), ...ids(3, 45, 45)]), 'b.txt': text([one!]) },
        { layout: SPEC },
      ),
    );
    expect(audit.unique?.duplicates).toEqual([
      {
        ...{ id: String(one), total: '2', fields: { time: at(40), worker: 3, sequence: '0' } },
        sightings: [
          { line: 'a.txt', node: 'a.txt', position: '0' },
          { line: 'b.txt', node: 'b.txt', position: '0' },
        ],
      },
    ]);
    expect(audit.lines[0]).toMatchObject({ backward: '1', largestInversion: { position: '3', ms: 15 } });
  });

  test('IDs that do not fit the layout are told, and told apart from duplicates', async () => {
    const audit = found(await auditOf({ 'a.txt': text([...ids(1, 0, 1), (1n << 63n) | 5n]) }, { layout: SPEC }));
    expect(audit).toMatchObject({ verdict: 'pass', misfits: { ids: 1, first: { line: 'a.txt', position: 4 } } });
  });
});

describe('clocks of nodes', () => {
  /** Rows as they arrive: each node mints by its own clock. */
  function rows(aheadMs: Readonly<Record<string, number>>, isSorted = false): string {
    const rng = createRng('clocks');
    const nodes = Object.keys(aheadMs);
    const all = Array.from({ length: 900 }, (_, index) => {
      const node = rng.pick(nodes);
      const tick = START + 1000 + index * 3 + aheadMs[node]!;
      return { node, id: encodeId(TWITTER, { tick, workerId: nodes.indexOf(node), sequence: index % 4096 }) };
    });
    const told = isSorted ? all.toSorted((a, b) => (a.id < b.id ? -1 : 1)) : all;
    return `id,node\n${told.map(({ id, node }) => `${id},${node}`).join('\n')}\n`;
  }
  const asked = { layout: SPEC, nodeColumn: 'node' };

  test('one that is apart from the others is told with how far, and how that is known', async () => {
    const audit = found(await auditOf({ 'a.csv': rows({ a: 0, b: 0, c: 250 }) }, asked));
    const [furthest] = audit.clocks!.nodes;
    expect(furthest?.node).toBe('c');
    expect(Math.abs(furthest!.aheadMs - 250)).toBeLessThanOrEqual(furthest!.uncertaintyMs);
    expect(audit.clocks?.how).toContain('order of arrival');
  });

  test('of clocks that agree, of rows in order of their IDs, and of files apart nothing is said', async () => {
    expect(found(await auditOf({ 'a.csv': rows({ a: 0, b: 0, c: 0 }) }, asked)).clocks).toBeUndefined();
    expect(found(await auditOf({ 'a.csv': rows({ a: 0, b: 0, c: 250 }, true) }, asked)).clocks).toBeUndefined();
    const apart = { 'a.txt': text(ids(1, 0, 99)), 'b.txt': text(ids(2, 250, 349)) };
    expect(found(await auditOf(apart, { layout: SPEC })).clocks).toBeUndefined();
  });
});
