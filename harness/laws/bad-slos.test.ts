/** What is wrong with the SLOs of a scenario is told in one error, before anything starts. */
import { brief, inputFolder, testBadInput } from './bad-input-cases.ts';

const { folder, file } = inputFolder();

const availability = { indicator: 'availability', objective: { atLeast: 0.9 }, minSamples: 1 };
const withSlos = (name: string, slos: readonly object[], more: object = {}): string =>
  file(name, JSON.stringify({ ...brief, ...more, slos }));
const run = (name: string, slo: object): readonly string[] => ['run', withSlos(name, [{ ...availability, ...slo }])];

testBadInput(folder, [
  {
    what: 'an indicator that nobody has, with the one that is meant',
    args: run('indicator.json', { indicator: 'availabilty' }),
    exit: 2,
    says: ['indicator.json: slos[0].indicator', 'no indicator called "availabilty"', 'Did you mean availability?'],
  },
  {
    what: 'options that the indicator does not take',
    args: run('options.json', {
      indicator: 'latency',
      options: { percentile: 101, node: 'n1' },
      objective: { atMost: 1 },
    }),
    exit: 2,
    says: [
      'slos[0].options',
      'The options of latency are wrong',
      'percentile',
      'unknown: node (did you mean nodes?)',
      'snowglobe list --indicators',
    ],
  },
  {
    what: 'an objective of the wrong kind',
    args: run('kind.json', { objective: { atMost: 0.9 } }),
    exit: 2,
    says: ['slos[0].objective', 'availability is better the greater it is', 'Write objective: { atLeast: 0.9 }.'],
  },
  {
    what: 'two bounds, and none',
    args: [
      'run',
      withSlos('bounds.json', [
        { ...availability, objective: { atMost: 1, atLeast: 1 } },
        { ...availability, objective: {} },
      ]),
    ],
    exit: 2,
    says: ['slos[0].objective: needs atMost or atLeast, one of them', 'slos[1].objective: needs atMost or atLeast'],
  },
  {
    what: 'a share that is none',
    args: run('share.json', { objective: { atLeast: 99 } }),
    exit: 2,
    says: ['slos[0].objective', 'availability is a share from 0 to 1', '9,900 %', 'such as { atLeast: 0.99 }'],
  },
  {
    what: 'a bound below zero',
    args: run('negative.json', { indicator: 'drift', objective: { atMost: -1 } }),
    exit: 2,
    says: ['slos[0].objective', 'drift is never negative'],
  },
  {
    what: 'a bound that is no number',
    args: [
      'run',
      file(
        'nan.ts',
        `export default { ...${JSON.stringify(brief)}, slos: [{ ...${JSON.stringify(availability)}, objective: { atLeast: NaN } }] };`,
      ),
    ],
    exit: 2,
    says: ['nan.ts', 'slos[0].objective.atLeast', 'NaN'],
  },
  {
    what: 'a disturbance that the scenario does not have',
    args: run('during.json', { during: { disturbance: 'clock-stop' } }),
    exit: 2,
    says: ['slos[0].during', 'no disturbance called "clock-stop"', 'Did you mean clock-step?'],
  },
  {
    what: 'what follows a disturbance, where nothing is disturbed',
    args: [
      'run',
      withSlos('calm.json', [{ indicator: 'refusal', objective: { atMost: 1 }, minSamples: 1 }], {
        timetable: { order: 'given', slots: [] },
      }),
    ],
    exit: 2,
    says: ['slos[0].during', 'The SLO refusal is about what disturbances do, and the scenario has none.'],
  },
  {
    what: 'a part of the run for what is known of all of it only',
    args: run('part.json', { indicator: 'worker-id-conflicts', objective: { atMost: 0 }, during: 'recover' }),
    exit: 2,
    says: ['slos[0].during', 'worker-id-conflicts is known of the run as a whole only'],
  },
  {
    what: 'two SLOs of one name, and of one indicator without names',
    args: ['run', withSlos('names.json', [availability, availability, { ...availability, name: 'availability' }])],
    exit: 2,
    says: ['slos[1].name', 'slos[2].name', 'There is an SLO called "availability" already.'],
  },
  {
    what: 'no samples at all',
    args: run('samples.json', { minSamples: 0 }),
    exit: 2,
    says: ['slos[0].minSamples'],
  },
  {
    what: 'a set of SLOs that nobody knows',
    args: ['run', 'storm', '--slo', 'target'],
    exit: 2,
    says: ['--slo', 'no set of SLOs called "target"', 'Did you mean targets?'],
  },
]);
