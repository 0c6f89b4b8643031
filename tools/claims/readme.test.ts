/** The claims page in the README is generated: it is the one that was carried out, and nobody wrote into it. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadClaims } from '../../harness/registry.ts';
import type { ClaimsPage } from './page.ts';
import { claimsPage, withClaims } from './page.ts';

const read = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
const page = JSON.parse(read('docs/claims.json')) as ClaimsPage;

test('the README shows docs/claims.json: else `npm run claims -- --render`', () => {
  const readme = read('README.md');
  expect(readme).toBe(withClaims(readme, claimsPage(page)));
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
  const text = claimsPage({ ...page, claims: [{ name: 'C1', claim: 'c', parts: [part] }] });
  expect(text).toContain(String.raw`| **measured** | a \| b | &lt;b&gt;x&lt;/b&gt; \*y\* |`);
});
