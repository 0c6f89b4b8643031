/** What reports say of the scope of evidence; JUnit and Markdown beside their other tests. */
import { expect, test } from 'vitest';
import type { Run } from '../harness/core/run.ts';
import { GATHERED } from '../harness/core/scope.ts';
import { passingStorm } from './fixtures/storm.ts';
import html from './html.ts';

const render = (run: Run): string => html.render(run).content;

test('the head says how the evidence was gathered, and the table what such evidence tells nothing of', () => {
  const run = passingStorm();
  expect(render(run)).toContain(`Evidence: ${GATHERED.minted}`);
  const evidence = { gathered: 'clients', says: GATHERED.clients } as const;
  const because = 'restarts of the nodes are not seen';
  const generator = { ...run.generator, promises: [{ guarantee: 'unique' }] as const, evidence };
  const page = render({ ...run, generator, unjudged: [{ guarantee: 'recovers', because }] });
  expect(page).toContain(`Evidence: ${GATHERED.clients}`);
  expect(page).toContain(' recorded IDs are in the store.');
  expect(page).not.toContain('Minted');
  expect(page).toMatch(/recovers[^]*?– not judged<\/span><small>restarts of the nodes are not seen<\/small>/);
});
