import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Lab, LabRun } from '../lab.ts';
import type { Cell } from '../scoreboard/cell.ts';
import type { Scoreboard } from '../scoreboard/table.ts';
import { honestGenerators } from '../false-alarms.ts';
import {
  distinct,
  type Evidence,
  evidenceOfRow,
  evidenceOfScoreboard,
  evidenceOfSlice,
  merged,
  tortureRows,
} from './evidence.ts';
import { pageText, readPage } from './page.ts';
import { watchedLab } from './watched-lab.ts';

const isHonest = (generator: string): boolean => ['snowflake', 'sonyflake'].includes(generator);
const row = (slice: string, counts: string, remarks: string): string =>
  `| 2026-11-22 | 8042c3d | ${slice} | ${counts} | 60 | ${remarks} |`;
const countsOf = (line: string) =>
  evidenceOfRow(line, isHonest).map(({ driver, runs, pass, fail, unknown, seeds }) => ({
    driver,
    runs,
    pass,
    fail,
    unknown,
    seeds,
  }));

describe('a row of docs/TORTURE.md', () => {
  test('of one honest generator counts as a whole, unknowns apart', () => {
    expect(countsOf(row('fuzz-sim', '13 | 10 | 1 | 2', 'from seed 3738; snowflake: 13 runs'))).toEqual([
      { driver: 'sim', runs: 13, pass: 10, fail: 1, unknown: 2, seeds: '3738–3750' },
    ]);
    expect(countsOf(row('early-revoke', '20 | 19 | 0 | 1', 'etcd 3.4.23: 10 runs'))).toEqual([
      { driver: 'local', runs: 20, pass: 19, fail: 0, unknown: 1, seeds: '-' },
    ]);
  });

  test('of several generators counts the honest ones that it names, without what mutants did', () => {
    const remarks =
      'snowflake through storm: 3 runs, 1 failed (unique 1; first seed 2), 1 unknown (node silent; first seed 3); ' +
      'no-fence through storm, to be caught: 1 runs, 1 failed (not caught 1; first seed 3); ' +
      'no-fence through storm without disturbances: 1 runs; sonyflake through burst: 1 runs; 4 more, each of which passed';
    expect(countsOf(row('proofs-docker', '10 | 8 | 2 | 1', remarks))).toEqual([
      { driver: 'docker', runs: 4, pass: 2, fail: 1, unknown: 1, seeds: '-' },
    ]);
    expect(
      countsOf(row('etcd-matrix', '2 | 2 | 0 | 0', 'snowflake in lease-expire on etcd 3.4.23: 1 runs')),
    ).toMatchObject([{ runs: 1 }]);
  });

  test.each([
    'mutants-sim',
    'calm-local',
    'real-mutants',
    'dangerous',
    'kill-harness',
    'stall-harness',
    'kill-under-load',
  ])('of %s proves nothing: mutants, or repetitions with a verdict of their own', (slice) =>
    expect(countsOf(row(slice, '5 | 5 | 0 | 0', 'snowflake: 5 runs'))).toEqual([]),
  );
});

test('a scoreboard counts the cells of its honest generators', () => {
  const cell = (generator: string, pass: number, fail: number, unknown: number): Cell =>
    ({ generator, runs: pass + fail + unknown, pass, fail, unknown }) as Cell;
  const cells = [cell('snowflake', 3, 0, 0), cell('sonyflake', 1, 1, 1), cell('no-fence', 0, 3, 0)];
  expect(evidenceOfScoreboard({ commit: 'a1b2c3d', date: '2026-11-22', cells }, isHonest)).toMatchObject({
    ...{ source: 'scoreboard', driver: 'sim', runs: 6, pass: 4, fail: 1, unknown: 1 },
  });
});

test('a slice counts the runs of honest generators by the verdict of the run, and is known again by its row', async () => {
  const verdicts = ['pass', 'unknown', 'fail', 'fail'] as const;
  let made = 0;
  const lab: Lab = { run: async () => ({ verdict: verdicts[made++] }) as LabRun };
  const watched = watchedLab(lab, isHonest);
  const request = { scenario: 'storm', driver: 'sim', seed: '1' };
  for (const generator of ['snowflake', 'snowflake', 'sonyflake', 'no-fence'])
    await watched.run({ ...request, generator });
  const line = row('storm-sim', '3 | 1 | 1 | 1', 'from seed 7; snowflake: 3 runs');
  const place = { date: '2026-11-22', commit: '8042c3d', source: 'storm-sim' };
  const mine = evidenceOfSlice(line, place, 7, watched.byDriver);
  expect(mine).toEqual([
    expect.objectContaining({ driver: 'sim', runs: 3, pass: 1, fail: 1, unknown: 1, seeds: '7–9' }),
  ]);
  expect(merged(mine, evidenceOfRow(line, isHonest))).toEqual(mine);
});

const one = (more: Partial<Evidence>): Evidence => ({
  ...{ date: '2026-11-22', commit: '8042c3d', source: 'fuzz-sim', driver: 'sim', seeds: '1–10', key: 'k' },
  ...{ runs: 10, pass: 10, fail: 0, unknown: 0 },
  ...more,
});

test('a simulated run counts once, and one on a real machine each time', () => {
  const short = one({ runs: 5, pass: 5, seeds: '3–7', key: 'a' });
  const long = one({ key: 'b' });
  const others = [one({ seeds: '11–20' }), one({ commit: 'fffffff' }), one({ source: 'storm-sim' })];
  expect(distinct([short, long, ...others])).toEqual([long, ...others]);
  const real = one({ driver: 'local', source: 'storm-local', seeds: '-' });
  expect(distinct([real, real])).toEqual([real, real]);
});

describe('the page', () => {
  test('is read again as it was written', () => {
    const evidence = [one({ key: 'a' }), one({ driver: 'docker', seeds: '-', runs: 3, pass: 1, fail: 1, unknown: 1 })];
    expect(readPage(pageText(evidence))).toEqual(evidence);
    expect(pageText(readPage(pageText(evidence)))).toBe(pageText(evidence));
  });

  test('tells unknowns apart, and what the judged runs exclude', () => {
    const text = pageText([one({ runs: 1500, pass: 1000, unknown: 500, seeds: '1–1500' })]);
    expect(text).toContain(
      '1,000 judged runs of honest generators: 0 failed, so that at most 0.30 % do (95 %). 500 more proved nothing.',
    );
    expect(text).toContain('| sim | 1,500 | 1,000 | 0 | 500 | 0.30 % |');
  });

  test('with a row that does not add up makes no figure', () => {
    expect(() =>
      readPage(pageText([one({})]).replace('| sim | 10 | 10 | 0 | 0 | 1', '| sim | 10 | 9 | 0 | 0 | 1')),
    ).toThrow(/no row of evidence/);
  });
});

test('docs/FALSE-ALARMS.md has all that torture and scoreboard prove, and its figures: else `node tools/false-alarms.ts`', async () => {
  const read = (file: string): string => readFileSync(join(import.meta.dirname, '../../docs', file), 'utf8');
  const page = read('FALSE-ALARMS.md');
  const known = readPage(page);
  const really = await honestGenerators();
  const board = JSON.parse(read('scoreboard.json')) as Scoreboard;
  const proved = tortureRows(read('TORTURE.md')).flatMap((line) => evidenceOfRow(line, really));
  expect(proved.length).toBeGreaterThan(10);
  expect(merged(known, [...proved, evidenceOfScoreboard(board, really)])).toEqual(known);
  expect(page).toBe(pageText(known));
});
