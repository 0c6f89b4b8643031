/** `snowglobe plan` as a user starts it: what it writes, and what it says to a file or a run that it cannot plan with. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { GENERATOR, INPUT, minted, passingRun, PRICES } from '../plan/plan-for-tests.ts';
import { inputFolder, testBadInput } from './bad-input-cases.ts';
import { snowglobe } from './cli-process.ts';

const { folder, file } = inputFolder();
const out = join(folder, 'out');

/** The folder of a run. */
function run(name: string, change: Parameters<typeof passingRun>[1] = {}): string {
  const path = join(folder, name);
  mkdirSync(path);
  writeFileSync(join(path, 'run.json'), JSON.stringify(passingRun({ n1: minted(20_000) }, change)));
  return path;
}

const plan = (name: string, change: object = {}): string => file(name, JSON.stringify({ ...INPUT, ...change }));

const passed = run('passed');
file('prices.json', JSON.stringify(PRICES));
const good = plan('good.json', {
  $schema: 'anything',
  runs: ['passed', './passed/run.json'],
  prices: 'prices.json',
  autoscaling: { target: 'ids' },
});

test('paths in the file are seen from the file; HTML, Markdown, JSON and the manifest are written', async () => {
  const { code, stdout, stderr } = await snowglobe(['plan', good, '--out', out]).ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('at the most 7 nodes in year 1');
  expect(readdirSync(out).toSorted()).toEqual(['by-hand-hpa.yaml', 'by-hand.html', 'by-hand.json', 'by-hand.md']);
  const written = JSON.parse(readFileSync(join(out, 'by-hand.json'), 'utf8')) as { years: { nodes: number }[] };
  expect(written.years.map(({ nodes }) => nodes)).toEqual([7]);
});

test('--run takes the place of the runs in the file, and takes what a shell makes of a pattern', async () => {
  const stale = plan('stale.json', { runs: ['long-gone'] });
  const { code, stdout } = await snowglobe(['plan', stale, '--run', passed, passed, '--out', out, '--json']).ended;
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ rate: { runs: [{}, {}], idsPerSecond: 20_000 } });
});

const withRun = (name: string, change: object = {}, of = passed): readonly string[] => [
  'plan',
  plan(name, change),
  '--run',
  of,
  '--out',
  out,
];

testBadInput(folder, [
  { what: 'no file', args: ['plan'], exit: 2, says: ['snowglobe plan needs FILE.json'] },
  { what: 'two files', args: ['plan', good, good], exit: 2, says: ['does not know what to do with'] },
  {
    what: 'a file that is not there',
    args: ['plan', './growth.json'],
    exit: 2,
    says: ['There is no file ./growth.json', 'docs/plan.example.json'],
  },
  { what: 'a folder', args: ['plan', folder], exit: 2, says: ['is a folder'] },
  { what: 'no JSON', args: ['plan', file('text.json', 'growth: 3')], exit: 2, says: ['text.json: is not JSON'] },
  {
    what: 'faults of a plan, all at once',
    args: withRun('faults.json', {
      peekFactor: 10,
      growth: [
        { year: 2, idsPerSecond: 9, nodes: 0 },
        { year: 1, idsPerSecond: -4 },
      ],
    }),
    exit: 2,
    says: ['faults.json: is no plan', 'unknown: peekFactor', 'growth[0].nodes', 'growth[1].idsPerSecond'],
  },
  { what: 'no run', args: ['plan', plan('runless.json')], exit: 2, says: ['No run is named', 'Give --run'] },
  {
    what: 'runs and a price file that are not there: each is told with the field that names it',
    args: ['plan', plan('nowhere.json', { runs: ['gone', 'passed', 'lost'], prices: 'free.json' })],
    exit: 2,
    says: ['nowhere.json: runs[0]: There is no run', 'nowhere.json: runs[2]', 'nowhere.json: prices: There is no file'],
  },
  {
    what: 'a run that failed',
    args: withRun('of-failed.json', {}, run('failed', { verdict: 'fail' })),
    exit: 2,
    says: ['--run', 'The run failed', 'Take a run that passed'],
  },
  {
    what: 'a run that proves nothing',
    args: withRun('of-unknown.json', {}, run('unknown', { verdict: 'unknown' })),
    exit: 2,
    says: ['The verdict of the run is unknown'],
  },
  {
    what: 'a run that was never judged',
    args: withRun('of-begun.json', {}, run('begun', { state: 'begun', verdict: 'unknown' })),
    exit: 2,
    says: ['never judged', 'snowglobe judge'],
  },
  {
    what: 'a run.json that is none',
    args: ['plan', good, '--run', file('torn.json', '{"version":1,')],
    exit: 2,
    says: ['torn.json: is not JSON'],
  },
  {
    what: 'runs of two generators',
    args: ['plan', good, '--run', passed, '--run', run('other', { generator: { ...GENERATOR, name: 'other' } })],
    exit: 2,
    says: ['one of other, and the first one of snowflake'],
  },
  {
    what: 'regions that overlap and leave a gap',
    args: withRun('regions.json', {
      regions: [
        { name: 'a', workerIds: { from: 0, to: 99 } },
        { name: 'b', workerIds: { from: 99, to: 1000 } },
      ],
    }),
    exit: 2,
    says: ['regions[1].workerIds: b shares worker IDs 99 with a', 'Worker IDs 1001 to 1023 belong to no region'],
  },
  {
    what: 'a folder that nobody can write to',
    args: ['plan', good, '--out', join(good, 'inside-a-file')],
    exit: 2,
    says: ['--out', 'Plans cannot be kept'],
  },
]);
