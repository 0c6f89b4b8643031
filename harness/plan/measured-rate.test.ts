import { expect, test } from 'vitest';
import type { Run } from '../core/run.ts';
import { measureRate } from './measured-rate.ts';
import { minted, passingRun, rateOf } from './plan-for-tests.ts';

const steady = { n1: minted(20_000), n2: minted(19_000) };

test('the rate is that of the lowest node in the warm-up, after a second to settle: every node came to it', () => {
  expect(rateOf(passingRun(steady))).toMatchObject({
    window: 'warm-up',
    seconds: 5,
    askedPerSecond: 20_000,
    idsPerSecond: 19_000,
    fellShort: false,
    nodes: [
      { node: 'n1', idsPerSecond: 20_000 },
      { node: 'n2', idsPerSecond: 19_000 },
    ],
  });
});

test('what is minted before the load has settled, or after the first disturbance, does not count', () => {
  const values = minted(20_000).map((ids, bucket) => (bucket < 8 || bucket >= 28 ? 1_000_000 : ids));
  expect(rateOf(passingRun({ n1: values })).idsPerSecond).toBe(20_000);
});

test('a node that stood by, came late or left early is none of those that the rate is of', () => {
  const nodes = { ...steady, standby: minted(0), late: minted(20_000, 4000), gone: minted(20_000, 0, 4000) };
  expect(rateOf(passingRun(nodes)).nodes.map(({ node }) => node)).toEqual(['n1', 'n2']);
});

test('a pause of a node in the midst of it counts', () => {
  const paused = minted(20_000).map((ids, bucket) => (bucket >= 12 && bucket < 16 ? 0 : ids));
  expect(rateOf(passingRun({ n1: paused }))).toMatchObject({ idsPerSecond: 16_000, fellShort: true });
});

test('where nothing was disturbed all of the load counts', () => {
  expect(rateOf(passingRun(steady, { disturbances: [] }))).toMatchObject({ window: 'whole load', seconds: 10 });
});

test('what nodes drive themselves with is asked of them too', () => {
  const run = passingRun(steady);
  const { scenario } = run;
  const driven = { ...scenario, cluster: { ...scenario.cluster, selfLoad: 30_000 } };
  expect(rateOf({ ...run, scenario: driven })).toMatchObject({ askedPerSecond: 50_000, fellShort: true });
});

test('bytes are those of the taps by their format, and of the store as measured', () => {
  expect(rateOf(passingRun(steady)).bytes).toEqual({
    ids: '1000000',
    taps: String(1_000_000 * 8 + 20_000 * 96),
    store: { ids: '1000000', onDisk: '3000000', uncompressed: '30000000' },
  });
});

test('a run that does not tell of its store has no bytes of it', () => {
  const run = passingRun(steady);
  const { stored: _, ...measured } = run.measured;
  expect(rateOf({ ...run, measured }).bytes).not.toHaveProperty('store');
});

test.each<[string, Partial<Run>, string]>([
  ['was never judged', { state: 'begun', verdict: 'unknown' }, 'never judged'],
  ['failed', { verdict: 'fail' }, 'breaks its promises'],
  ['proves nothing', { verdict: 'unknown' }, 'it proves nothing'],
  ['has no warm-up', { phases: [] }, 'less than 2 s'],
  ['has nodes that never minted', { series: { bucketMs: 250, idsByNode: [], offsetsByNode: [] } }, 'no node minted'],
])('a run that %s is refused', (_, change, says) => {
  const refused = measureRate(passingRun(steady, change), '--run x');
  expect(refused).toEqual({
    what: expect.stringContaining(says) as unknown,
    where: '--run x',
    remedy: expect.any(String) as unknown,
  });
});

test.each([
  ['with a coordinator, as the record had it before it told of clocks', { coordinator: 'virtual' }],
  ['without one', { 'clocks by': 'virtual' }],
])('a simulated run is refused, %s: virtual time says nothing of a machine', (_, versions) => {
  const run = passingRun(steady);
  const measured = { ...run.measured, versions };
  expect(measureRate({ ...run, measured }, 'x')).toMatchObject({
    what: expect.stringContaining('simulated') as unknown,
  });
});
