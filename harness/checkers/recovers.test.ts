import { expect, test } from 'vitest';
import recovers from './recovers.ts';
import { HistoryBuilder } from './shared/history-builder.ts';

/** Healed at 1000, load until 2000, promised within 300, one worker ID. */
const judge = (history: HistoryBuilder) =>
  recovers.fold(history.recover(1000, 2000, 1).build(), { guarantee: 'recovers', withinMs: 300 });

const mints = (node: string, at: number, worker = 0) => ({ node, at, worker, ids: [{ ms: at }] });
const nodes = (...names: string[]) => new HistoryBuilder(names);

test('a run that never came to it is unknown', () => {
  const history = nodes('n1').batch(mints('n1', 10)).build();
  expect(recovers.fold(history, { guarantee: 'recovers', withinMs: 300 })).toMatchObject({ verdict: 'unknown' });
});

test('in time at the bound, too late after it', () => {
  expect(judge(nodes('n1').batch(mints('n1', 1300)))).toMatchObject({
    verdict: 'pass',
    checked: 1,
    unit: 'worker IDs',
  });
  expect(judge(nodes('n1').batch(mints('n1', 1301)))).toMatchObject({ verdict: 'fail', violations: 1 });
});

test('what was minted before the heal counts for nothing', () => {
  const found = judge(nodes('n1').batch(mints('n1', 999)).said('n1', 1900, 'waiting'));
  expect(found).toMatchObject({ verdict: 'fail', violations: 1 });
  expect(found.witnesses[0]).toMatchObject({ worker: 0, at: 1300e6 });
});

test('a node may wait for a worker ID, and be silent for no other reason', () => {
  const holder = () => nodes('n1', 'n2').batch(mints('n1', 1100)).batch(mints('n1', 1500));
  expect(judge(holder().said('n2', 1500, 'refusing').said('n2', 1900, 'waiting'))).toMatchObject({ verdict: 'pass' });
  expect(judge(holder().said('n2', 1500, 'waiting').said('n2', 1900, 'refusing'))).toMatchObject({ verdict: 'fail' });
  expect(judge(holder().said('n2', 1500, 'waiting').said('n2', 1900))).toMatchObject({ verdict: 'fail' });
  expect(judge(holder())).toMatchObject({ verdict: 'fail' });
  // What it says when the load is over is no excuse.
  expect(judge(holder().said('n2', 1900, 'minting').said('n2', 2100, 'waiting'))).toMatchObject({ verdict: 'fail' });
});

test('a request without an answer, once the time to recover has passed', () => {
  const living = () => nodes('n1').batch(mints('n1', 1100)).batch(mints('n1', 1500));
  expect(judge(living().request({ node: 'n1', at: 1300, status: 'no answer' }))).toMatchObject({ verdict: 'pass' });
  expect(judge(living().request({ node: 'n1', at: 1301, status: 'no answer' }))).toMatchObject({
    verdict: 'fail',
    violations: 1,
  });
  expect(judge(living().request({ node: 'n1', at: 1301, status: 'refused' }))).toMatchObject({ verdict: 'pass' });
});

test('a load that ended before the bound asked nobody: silence is undecided', () => {
  const history = nodes('n1').batch(mints('n1', 10)).recover(1000, 1200, 1).build();
  expect(recovers.fold(history, { guarantee: 'recovers', withinMs: 300 })).toMatchObject({
    verdict: 'unknown',
    undecided: 1,
  });
});
