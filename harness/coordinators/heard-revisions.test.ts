import { expect, test } from 'vitest';
import { HeardRevisions } from './heard-revisions.ts';

test('remembered is what was heard of up to the revision that came back, less what may have been written since', () => {
  const revisions = new HeardRevisions(0);
  revisions.heard('10', 100);
  revisions.heard('10', 150);
  revisions.heard('20', 200);
  revisions.heard('30', 300);
  expect(revisions.wentBack('25', 340)).toEqual({ from: 300, at: 340, revision: '25', since: 160 });
  // Revisions are given again: what was heard before says nothing of them.
  revisions.heard('40', 400);
  expect(revisions.wentBack('30', 410)).toEqual({ from: 400, at: 410, revision: '30', since: 330 });
});

test('of a revision lower than all that were heard it is not known when it was', () => {
  const revisions = new HeardRevisions(0);
  revisions.heard('10', 100);
  expect(revisions.wentBack('5', 140)).toEqual({ from: 100, at: 140, revision: '5' });
});
