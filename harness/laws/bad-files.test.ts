/** What is wrong with a file, or with what a scenario names, is told with the file. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { brief, inputFolder, testBadInput } from './bad-input-cases.ts';

const { folder, file } = inputFolder();
const scenario = (name: string, change: object): string => file(name, JSON.stringify({ ...brief, ...change }));
const inner = join(folder, 'my');
mkdirSync(inner);

testBadInput(folder, [
  {
    what: 'a folder for a scenario',
    args: ['run', inner],
    exit: 2,
    says: [`${inner}: is a folder.`, 'Give the path of a scenario file.'],
    saysNot: 'top level',
  },
  {
    what: 'JSON that is no generator',
    args: ['run', '--generator', file('x.json', '{}'), '--driver', 'sim'],
    exit: 2,
    says: ['x.json: is not a generator: it lacks name, summary, promises, layout, node.', 'snowglobe init'],
    saysNot: 'top level',
  },
  {
    what: 'a text for a scenario',
    args: ['run', file('x.txt', 'storm')],
    exit: 2,
    says: ['x.txt: cannot be loaded: a scenario is TypeScript, JavaScript or JSON.'],
    saysNot: 'top level',
  },
  {
    what: 'a slip in the generator of a scenario: where it stands, and no option that nobody gave',
    args: ['run', scenario('slip.json', { generator: 'snowflke' })],
    exit: 2,
    says: ['slip.json: generator: There is no generator called "snowflke".', 'Did you mean snowflake?'],
    saysNot: '--generator:',
  },
  {
    what: 'a fault that there is not, in a file: told with the file',
    args: [
      'run',
      scenario('quake.json', {
        timetable: {
          order: 'given',
          slots: [{ name: 'a', lengthMs: 5000, disturbances: [{ fault: 'earthquake', atMs: 0, forMs: 1000 }] }],
        },
      }),
    ],
    exit: 2,
    says: ['quake.json: timetable.slots[0] (a).disturbances[0]: There is no fault called "earthquake".'],
  },
  {
    what: 'a generator that does not fit the cluster of a file: told with the file',
    args: [
      'run',
      scenario('ranges.json', { cluster: { ...brief.cluster, coordinator: 'postgres' } }),
      '--driver',
      'sim',
    ],
    exit: 2,
    says: ['ranges.json: cluster.coordinator: The generator snowflake needs etcd'],
  },
]);
