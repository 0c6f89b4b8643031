import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const TABLE = 'docs/TORTURE.md';
const torture = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['tools/torture.ts', ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
};

test('a slice that there is not is a wrong call, and starts nothing', () => {
  expect(torture('nothing')).toMatchObject({ status: 2, stdout: expect.stringContaining('usage: ') as unknown });
});

test.each([
  [['storm-simm'], 'torture: there is no slice "storm-simm". Did you mean storm-sim?\n'],
  [['storm-sim', '2x'], 'torture: "2x" is no whole number from 1 on: COUNT and FIRST_SEED are.\n'],
  [['storm-sim', '2', '0'], 'torture: "0" is no whole number from 1 on: COUNT and FIRST_SEED are.\n'],
  [[], ''],
])('torture %j: what is wrong with it is said before how it is called', (args, stderr) => {
  expect(torture(...args)).toMatchObject({ status: 2, stderr });
});

test('a slice without a single repetition is a wrong call, and leaves no row that could be taken for a result', () => {
  const before = readFileSync(TABLE, 'utf8');
  const { status, stderr } = torture('dangerous', '1', '11');
  expect({ status, stderr }).toEqual({ status: 2, stderr: 'torture: dangerous has no repetition from 11 on.\n' });
  expect(readFileSync(TABLE, 'utf8')).toBe(before);
});
