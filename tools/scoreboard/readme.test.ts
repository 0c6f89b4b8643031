/** The board in the README is generated: it is the one that was carried out, and nobody wrote into it. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadField } from './field.ts';
import type { Scoreboard } from './table.ts';
import { scoreboardText, withScoreboard } from './table.ts';

const read = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');

test('the README shows docs/scoreboard.json: else `npm run scoreboard -- --render`', async () => {
  const board = JSON.parse(read('docs/scoreboard.json')) as Scoreboard;
  const { generators, scenarios } = await loadField();
  const readme = read('README.md');
  expect(readme).toBe(withScoreboard(readme, scoreboardText(board, generators, scenarios)));
});
