import { expect, test } from 'vitest';
import { faultsOf } from './promises.ts';

const place = { scripts: ['test', 'torture'], exists: (path: string) => path === 'a/b.test.ts' || path === '.ci/run' };
const table = (row: string): string => `# Promises\n\n| promise | shown by |\n| --- | --- |\n${row}\n`;

test.each([
  '| it works | `npm test` |',
  '| it works | `npm run torture -- all` |',
  '| it works | `npx vitest run a/b.test.ts -t "x/y"` |',
  '| it works | `.ci/run` |',
  '| it works | `npx snowglobe run storm` |',
])('%s is good', (row) => {
  expect(faultsOf(table(row), place)).toEqual([]);
});

test.each([
  ['| it works |  |', 'no command'],
  ['| it works | some day |', 'no command'],
  ['|  | `npm test` |', 'no promise'],
  ['| it works | `npm run dream` |', 'no script "dream"'],
  ['| it works | `npx vitest run c/d.test.ts` |', 'there is no c/d.test.ts'],
])('%s is told', (row, words) => {
  expect(faultsOf(table(row), place)).toEqual([expect.stringMatching(`^line 5: .*${words}`)]);
});

test('a paper without a table promises nothing', () => {
  expect(faultsOf('# Promises\n', place)).toEqual(['there is no table']);
});
