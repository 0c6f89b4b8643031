/** The claims in the README and in docs/CLAIMS.md are generated: as they were carried out, and nobody wrote into them. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadClaims } from '../../harness/registry.ts';
import type { ClaimsPage } from './page.ts';
import { AT_LENGTH, claimsAtLength, claimsPage, withClaims } from './page.ts';

const read = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
const page = JSON.parse(read('docs/claims.json')) as ClaimsPage;

test('the README shows docs/claims.json: else `npm run claims -- --render`', () => {
  const readme = read('README.md');
  expect(readme).toBe(withClaims(readme, claimsPage(page)));
});

test('docs/CLAIMS.md shows docs/claims.json at length: else `npm run claims -- --render`', () => {
  expect(read(AT_LENGTH)).toBe(claimsAtLength(page));
});

test('each part of each claim is one row of the README, which leads to what it rests on', () => {
  const rows = claimsPage(page)
    .split('\n')
    .filter((line) => line.startsWith('| ['));
  expect(rows).toHaveLength(page.claims.flatMap(({ parts }) => parts).length);
  const atLength = claimsAtLength(page).split('\n');
  for (const row of rows) {
    const [, name, target] = /^\| \[(\w+)\]\(docs\/CLAIMS\.md#(\w+)\) \|/.exec(row) ?? [];
    expect(target).toBe(name?.toLowerCase());
    expect(atLength).toContain(`## ${name}`);
    expect(row.split(/(?<!\\)\|/)).toHaveLength(6);
  }
});

test('a row says in short what broke a part, what it is kept by, and which command judges it', () => {
  const runs = ['mine', 'mine', 'mutant', 'mutant'].map((generator, i) => ({
    scenario: 'burst',
    generator,
    seed: `${i}`,
  }));
  const rest = { says: 'x', by: 'trial', runs } as const;
  const parts = [
    { ...rest, outcome: 'broken', because: 'why', witness: 'It waited for 4.25 s (seed 1). And more.' },
    { ...rest, outcome: 'broken', because: 'why', witness: `${'word '.repeat(60)}end` },
    { ...rest, outcome: 'broken', because: 'why', witness: `It is late, by a second; ${'word '.repeat(60)}` },
    { ...rest, outcome: 'held', because: 'No violation. mutant, which leaves the rule out, was caught in 1 of 2.' },
    { ...rest, outcome: 'not judged', because: 'It takes time. `snowglobe run storm` judges it.' },
    { ...rest, outcome: 'measured', because: 'It is 5.3 minutes. And so on.', runs: [] },
  ] as const;
  const short = claimsPage({ ...page, claims: [{ name: 'C1', claim: 'c', parts }] })
    .split('\n')
    .filter((line) => line.startsWith('| ['))
    .map((line) => line.split(' | ').at(-1));
  expect(short).toEqual([
    'It waited for 4.25 s (seed 1) |',
    expect.stringMatching(/^(word ){20,24}… \|$/),
    'It is late, by a second … |',
    'kept in 2 runs of `burst`; `mutant`, without the rule, was caught in 1 of 2 |',
    'It takes time; see `snowglobe run storm` |',
    'It is 5.3 minutes |',
  ]);
});

test('docs/claims.json has the claims of claims/, word for word: else `npm run claims`', async () => {
  const words = [...(await loadClaims()).values()].map(({ name, claim, note, parts }) => ({
    name,
    claim,
    note,
    parts: parts.map(({ says }) => says),
  }));
  const shown = page.claims.map(({ name, claim, note, parts }) => ({
    name,
    claim,
    note,
    parts: parts.map(({ says }) => says),
  }));
  expect(shown).toEqual(words);
});

test('what is in a table begins no column and no markup', () => {
  const part = { outcome: 'measured', says: 'a | b', because: '<b>x</b> *y*', by: 'calculation', runs: [] } as const;
  const claims = { ...page, claims: [{ name: 'C1', claim: 'c', parts: [part] }] };
  expect(claimsAtLength(claims)).toContain(String.raw`| **measured** | a \| b | &lt;b&gt;x&lt;/b&gt; \*y\* |`);
  expect(claimsPage(claims)).toContain(String.raw`| a \| b | **measured** | &lt;b&gt;x&lt;/b&gt; \*y\* |`);
});
