import { expect, test } from 'vitest';
import { faultsOf } from './promises.ts';

const place = { scripts: ['test', 'torture'], exists: (path: string) => path === 'a/b.test.ts' || path === '.ci/run' };
const table = (row: string): string =>
  `# Promises\n\n| promise | shown by | last result | date | commit |\n| --- | --- | --- | --- | --- |\n${row}\n`;

test.each([
  '| it works | `npm test` | passes | 2026-11-21 | 1a2b3c4 |',
  '| it works | `npm run torture -- all` | passes | 2026-11-21 | 1a2b3c4 |',
  '| it works | `npx vitest run a/b.test.ts -t "x/y"` | passes | 2026-11-21 | 1a2b3c4 |',
  '| it works | `.ci/run` | passes | 2026-11-21 | 1a2b3c4 |',
  '| it works | `npx snowglobe run storm` | passes | 2026-11-21 | 1a2b3c4 |',
])('%s is good', (row) => {
  expect(faultsOf(table(row), place)).toEqual([]);
});

test.each([
  ['| it works |  | passes | 2026-11-21 | 1a2b3c4 |', 'no command'],
  ['| it works | some day | passes | 2026-11-21 | 1a2b3c4 |', 'no command'],
  ['|  | `npm test` | passes | 2026-11-21 | 1a2b3c4 |', 'no promise'],
  ['| it works | `npm test` |  | 2026-11-21 | 1a2b3c4 |', 'no last result'],
  ['| it works | `npm test` | passes | yesterday | 1a2b3c4 |', 'no date'],
  ['| it works | `npm test` | passes | 2026-11-21 |  |', 'no commit'],
  ['| it works | `npm run dream` | passes | 2026-11-21 | 1a2b3c4 |', 'no script "dream"'],
  ['| it works | `npx vitest run c/d.test.ts` | passes | 2026-11-21 | 1a2b3c4 |', 'there is no c/d.test.ts'],
])('%s is told', (row, words) => {
  expect(faultsOf(table(row), place)).toEqual([expect.stringMatching(`^line 5: .*${words}`)]);
});

test('a paper without a table promises nothing', () => {
  expect(faultsOf('# Promises\n', place)).toEqual(['there is no table']);
});
