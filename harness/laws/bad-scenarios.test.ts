/** What is wrong with a scenario is told in one error, before anything starts. */
import { brief, inputFolder, testBadInput } from './bad-input-cases.ts';

const { folder, file } = inputFolder();

const disturbed = (name: string, disturbances: readonly object[]): string =>
  file(
    name,
    JSON.stringify({
      ...brief,
      timetable: { order: 'given', slots: [{ name: 'slot', lengthMs: 5000, disturbances }] },
    }),
  );
const step = { fault: 'clock-step', options: { node: 'n1', byMs: -500 }, atMs: 0, forMs: 1000 };

testBadInput(folder, [
  {
    what: 'a scenario that is no JSON',
    args: ['run', file('broken.json', '{')],
    exit: 2,
    says: ['broken.json', 'not JSON'],
  },
  {
    what: 'a file that holds something else: all that is lacking and unknown in one line',
    args: ['run', file('package.json', '{ "name": "mine", "version": "1.0.0", "type": "module" }')],
    exit: 2,
    says: [
      'is not a scenario: it lacks question, generator, cluster, load, warmUpMs, timetable, recoverMs; unknown: version, type.\n',
    ],
  },
  {
    what: 'a list for a scenario',
    args: ['run', file('list.json', '[]')],
    exit: 2,
    says: ['is not a scenario: it is no object.\n'],
  },
  {
    what: 'negative time',
    args: ['run', disturbed('negative.json', [{ ...step, atMs: -1 }])],
    exit: 2,
    says: ['negative.json', 'atMs'],
  },
  {
    what: 'names that no folder can have',
    args: ['run', file('names.json', JSON.stringify({ ...brief, name: 'a'.repeat(300) }))],
    exit: 2,
    says: ['names.json', 'name: must have at most 80 characters'],
  },
  {
    what: 'times that no timer holds, each with its most',
    args: [
      'run',
      file(
        'long.json',
        JSON.stringify({
          ...brief,
          warmUpMs: 1e300,
          recoverMs: 86_400_001,
          load: { ...brief.load, timeoutMs: 2 ** 31 },
        }),
      ),
    ],
    exit: 2,
    says: ['load.timeoutMs: must be at most 86400000 ms, a day', 'warmUpMs: must', 'recoverMs: must'],
  },
  {
    what: 'a disturbance that lasts for ever, and one that never begins',
    args: ['run', disturbed('ever.json', [{ ...step, atMs: 1e300, forMs: 1e300 }])],
    exit: 2,
    says: ['disturbances[0].atMs: must be at most', 'disturbances[0].forMs: must be at most'],
  },
  {
    what: 'a grace that outlasts every timer',
    args: [
      'run',
      disturbed('grace.json', [{ fault: 'terminate', options: { node: 'n1', graceMs: 3e9 }, atMs: 0, forMs: 1000 }]),
    ],
    exit: 2,
    says: ['disturbances[0]', 'graceMs', '60000'],
  },
  {
    what: 'batches that every node refuses',
    args: [
      'run',
      file(
        'batches.json',
        JSON.stringify({ ...brief, load: { ...brief.load, batch: { min: 1, max: 1_000_000_000, mean: 2 } } }),
      ),
    ],
    exit: 2,
    says: ['batches.json', 'load.batch.max: a node refuses a request for more than 100000 IDs'],
  },
  {
    what: 'loads that no generator could serve',
    args: [
      'run',
      file(
        'loads.json',
        JSON.stringify({
          ...brief,
          load: { ...brief.load, idsPerSecond: 1e300, simulated: { batchesPerSecond: 1e300, batch: brief.load.batch } },
        }),
      ),
    ],
    exit: 2,
    says: ['load.idsPerSecond: ', '10000000', 'load.simulated.batchesPerSecond: ', '100000'],
  },
  {
    what: 'a disturbance on a node that does not exist',
    args: ['run', disturbed('n9.json', [{ ...step, options: { node: 'n9', byMs: 500 } }])],
    exit: 2,
    says: ['n9', 'n1, n2', 'disturbances[0]'],
  },
  {
    what: 'two disturbances on one clock at once',
    args: ['run', disturbed('twice.json', [step, step])],
    exit: 2,
    says: ['clock of n1', 'disturbances[1]'],
  },
  {
    what: 'several mistakes: all are told',
    args: ['run', disturbed('many.json', [step, step, { ...step, fault: 'earthquake' }])],
    exit: 2,
    says: ['clock of n1', 'earthquake'],
  },
]);
