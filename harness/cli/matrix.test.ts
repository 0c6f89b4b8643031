import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Matrix } from '../core/matrix.ts';
import { snowglobe } from '../laws/cli-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'snowglobe-matrix-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The coordinator is gone for longer than a lease of 5 s. */
const SCENARIO = 'etcd-quorum-loss';

const run = (runs: string, ...args: readonly string[]) =>
  snowglobe(['run', ...args, '--driver', 'sim', '--seed', '1', '--runs', join(folder, runs)]).ended;

describe('two generators, two leases', () => {
  let code: number | null;
  let stderr: string;
  let matrix: Matrix;
  let page: string;
  beforeAll(async () => {
    const ended = await run(
      'whole',
      SCENARIO,
      '--matrix',
      'generator=snowflake,snowflake-cached',
      '--matrix',
      'ttl=4,5',
      '--json',
    );
    ({ code, stderr } = ended);
    matrix = JSON.parse(ended.stdout) as Matrix;
    const name = readdirSync(join(folder, 'whole', SCENARIO)).find((one) => one.startsWith('matrix-'));
    page = join(folder, 'whole', SCENARIO, name!, 'matrix.html');
  }, 300_000);

  test('four cells: what each kept out, and what it refused', () => {
    expect(matrix.cells.map(({ values }) => values)).toEqual([
      ['snowflake', '4'],
      ['snowflake', '5'],
      ['snowflake-cached', '4'],
      ['snowflake-cached', '5'],
    ]);
    for (const { values, duplicates = 0, refusal, verdict } of matrix.cells)
      if (values[0] === 'snowflake') expect([verdict, duplicates]).toEqual(['pass', 0]);
      else {
        expect(verdict).toBe('fail');
        expect(duplicates).toBeGreaterThan(0);
        const honest = matrix.cells.find((cell) => cell.values[0] === 'snowflake' && cell.values[1] === values[1]);
        expect(refusal.seconds).toBeLessThan(honest!.refusal.seconds! / 2);
      }
  });

  test('the exit code is the worst of all, and the table says what was decided', () => {
    expect([code, matrix.exitCode]).toEqual([10, 10]);
    expect(stderr).toMatch(/✘ fail {5}snowflake-cached {2}4 .*unique \d/);
    expect(stderr).toMatch(/4 combinations of etcd-quorum-loss {2}exit 10/);
    expect(stderr).toMatch(/Of those that passed, generator=snowflake ttl=\d refused least/);
  });

  test('the page shows each, with a report that is there', () => {
    const html = readFileSync(page, 'utf8');
    for (const { report } of matrix.cells) {
      expect(html).toContain(`href="${report}"`);
      expect(existsSync(join(dirname(page), report)), report).toBe(true);
    }
    expect(JSON.parse(readFileSync(join(dirname(page), 'matrix.json'), 'utf8'))).toEqual(matrix);
  });

  test('a cell is repeated by its command: the same figures', { timeout: 300_000 }, async () => {
    const cell = matrix.cells[3]!;
    expect(cell.command).toBe(
      `npx snowglobe run ${SCENARIO} --driver sim --seed 1 --generator snowflake-cached --matrix ttl=5`,
    );
    const again = await snowglobe([...cell.command.split(' ').slice(2), '--runs', join(folder, 'again'), '--json'])
      .ended;
    const [same] = (JSON.parse(again.stdout) as Matrix).cells;
    expect(same).toMatchObject({ duplicates: cell.duplicates, refusal: cell.refusal, minted: cell.minted });
  });
});

test('what is wrong is told before anything starts', async () => {
  const { code, stderr, stdout } = await run('bad', SCENARIO, '--matrix', 'tll=5', '--matrix', 'heartbeat=9');
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain('--matrix tll: There is no axis "tll"');
  expect(stderr).toContain('A heartbeat of 9 s is not shorter than the TTL of 5 s');
  expect(existsSync(join(folder, 'bad'))).toBe(false);
});

test('a matrix is of one scenario', async () => {
  const { code, stderr } = await run('two', SCENARIO, 'storm', '--matrix', 'ttl=5');
  expect(code).toBe(2);
  expect(stderr).toContain('--matrix: A matrix is of one scenario, and there are 2.');
});
