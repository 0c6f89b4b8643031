import { expect, test } from 'vitest';
import type { Cell, Matrix } from '../../harness/core/matrix.ts';
import { comparable, decision } from '../../harness/core/matrix.ts';
import reporter from './page.ts';

const cell = (values: readonly string[], more: Partial<Cell>): Cell => ({
  values,
  runId: 'r1',
  generator: values[0] ?? '',
  seed: '1',
  verdict: 'pass',
  exitCode: 0,
  reasons: [],
  guarantees: [{ guarantee: 'unique', promised: true, verdict: 'pass', violations: 0 }],
  missed: [],
  duplicates: 0,
  refusal: { seconds: 0, requests: 0 },
  minted: '1000',
  report: '../r1/report.html',
  command: 'npx snowglobe run storm',
  ...more,
});

function matrix(cells: readonly Cell[], combinations = cells.length): Matrix {
  return {
    version: 1,
    scenario: { name: 'storm', question: 'Does it hold?' },
    driver: 'sim',
    axes: [{ name: 'generator', values: cells.map(({ values }) => values[0] ?? '') }],
    cells,
    combinations,
    exitCode: 0,
    command: 'npx snowglobe run storm --matrix generator=a,b',
    finishedAt: '2026-01-01T00:00:00.000Z',
  };
}

const page = (cells: readonly Cell[], combinations?: number): string =>
  reporter.render(matrix(cells, combinations)).content;

const safe = cell(['safe'], { refusal: { seconds: 12.5, requests: 900 } });
const slow = cell(['slow'], { refusal: { seconds: 30, requests: 900 } });
const leaky = cell(['leaky'], { verdict: 'fail', duplicates: 1234, refusal: { seconds: 2, requests: 9 } });
const doubtful = cell(['doubtful'], { verdict: 'unknown', refusal: { seconds: 1, requests: 9 } });

test('the choice: what refused least without breaking a promise, and what the cheapest let through', () => {
  expect(decision(matrix([slow, safe, leaky]))).toEqual([
    'Of those that passed, generator=safe refused least: 12.5 s.',
    'generator=leaky refused for 2.0 s and let 1,234 duplicates through.',
  ]);
});

test('a run that cannot tell what it cost is held against no other, and has no place in the plane', () => {
  const cut = cell(['cut'], { refusal: { requests: 3 } });
  expect(comparable([cut, safe]).map(({ number }) => number)).toEqual([2]);
  expect(decision(matrix([cut, slow]))[0]).toContain('generator=slow refused least');
  expect(page([cut, slow])).toContain('not known');
});

test('a run that proved nothing decides nothing', () => {
  expect(decision(matrix([doubtful, safe]))).toEqual([
    'Of those that passed, generator=safe refused least: 12.5 s.',
    'None of those that proved something let a duplicate through.',
    '1 of 2 combinations proved nothing, and are left out of this.',
  ]);
  expect(decision(matrix([doubtful]))).toEqual(['No combination proved anything: the reports say why.']);
  expect(page([doubtful])).toContain('not known');
  expect(page([safe])).not.toContain('not known');
  expect(page([doubtful])).not.toContain('<svg class="plane"');
  expect(page([safe, doubtful]).match(/<circle|<path class="bad"/g)).toHaveLength(1);
});

test('duplicates that were seen are told, whatever else a run proved', () => {
  const seen = cell(['seen'], { verdict: 'unknown', duplicates: 3 });
  expect(decision(matrix([seen, safe]))).toEqual([
    'Of those that passed, generator=safe refused least: 12.5 s.',
    'generator=seen let 3 duplicates through.',
  ]);
});

test('no duplicate is ruled out where nobody knows, or nothing was run', () => {
  const guarantees = [{ guarantee: 'unique', promised: true, verdict: 'unknown', violations: 0 }] as const;
  const failed = cell(['failed'], { verdict: 'fail', guarantees });
  expect(decision(matrix([safe, failed], 4)).slice(1)).toEqual([
    'None of those that proved something let a duplicate through.',
    '1 of 2 combinations proved nothing, and are left out of this.',
    '2 of 4 combinations were not run.',
  ]);
  expect(page([failed])).toContain('not known');
});

test('hostile names are inert, in text and in attributes', () => {
  const hostile = `"><script>alert(1)</script><img src=x onerror='alert(2)'>`;
  const html = page([
    cell([hostile], { report: hostile, missed: [hostile], verdict: 'fail', command: hostile }),
    cell([hostile], { reasons: [hostile], verdict: 'unknown' }),
  ]);
  expect(html).not.toMatch(/<script|<img|onerror='/);
  expect(html).toContain('&lt;script&gt;');
});

test('it asks nothing of a network and runs no script', () => {
  const html = page([safe, leaky]);
  expect(html).toContain("default-src 'none'; style-src 'unsafe-inline'");
  expect(html.match(/(?:src|href)="(?!\.\.\/|#)[^"]*"/g)).toBeNull();
});

test('combinations that were not run are told', () => {
  expect(page([safe], 3)).toContain('2 combinations of 3 could not be run.');
});

test('of a failed combination each broken guarantee and each missed SLO is named; of an unknown one why', () => {
  const guarantees = [
    { guarantee: 'unique', promised: true, verdict: 'fail', violations: 1272 },
    { guarantee: 'recovers', promised: false, verdict: 'fail', violations: 3 },
  ] as const;
  const failed = cell(['failed'], {
    verdict: 'fail',
    guarantees,
    missed: ['availability'],
    reasons: ['long', 'words'],
  });
  expect(page([failed])).toContain('<small>unique 1,272, SLO availability</small>');
  const unknown = cell(['unknown'], { verdict: 'unknown', reasons: ['It did not bite.', 'Nor that.'] });
  expect(page([unknown])).toContain('<small>It did not bite. And 1 more.</small>');
});
