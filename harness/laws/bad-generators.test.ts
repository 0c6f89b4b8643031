/** What is wrong with the file of a generator is told in one error, before anything starts. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { COUNTER, inputFolder, testBadInput } from './bad-input-cases.ts';

const { folder, file } = inputFolder();

/** In a folder whose package.json says what npm init writes. */
const inCommonJs = (name: string, content: string): string => {
  const inner = mkdtempSync(join(folder, 'commonjs-'));
  writeFileSync(join(inner, 'package.json'), '{"type":"commonjs"}');
  const path = join(inner, name);
  writeFileSync(path, content);
  return path;
};

testBadInput(folder, [
  {
    what: 'a generator that does not compile',
    args: ['run', '--generator', file('broken.ts', 'export default { name: '), '--driver', 'sim'],
    exit: 2,
    says: ['broken.ts', 'cannot be loaded', '(line 1)', 'Mend its syntax.'],
    saysNot: 'enums',
  },
  {
    what: 'a generator with a syntax error: its line is told',
    args: [
      'run',
      '--generator',
      file('comma.ts', "const a = 1;\n\nexport default { name: 'x' y };"),
      '--driver',
      'sim',
    ],
    exit: 2,
    says: ['comma.ts', "Expected ','", '(line 3)'],
  },
  {
    what: 'a generator in JavaScript with a syntax error, of which Node does not tell the line',
    args: ['run', '--generator', file('comma.mjs', "export default { name: 'x' y };"), '--driver', 'sim'],
    exit: 2,
    says: ['comma.mjs', 'Unexpected identifier', 'node --check'],
  },
  {
    what: 'a generator whose top level throws',
    args: ['run', '--generator', file('top.ts', "\nthrow new Error('not today');"), '--driver', 'sim'],
    exit: 2,
    says: ['top.ts', 'not today', '(line 2)', 'top level'],
  },
  {
    what: 'a program in place of a generator, which ends the process',
    args: ['run', '--generator', file('program.ts', 'process.exit(0);'), '--driver', 'sim'],
    exit: 2,
    says: ['program.ts', 'its top level ended the process', 'process.exit'],
  },
  {
    what: 'a generator that ends the process past what process.exit does',
    args: ['run', '--generator', file('really.mjs', 'process.reallyExit(0);'), '--driver', 'sim'],
    exit: 2,
    says: ['really.mjs', 'its top level ended the process'],
  },
  {
    what: 'a program in place of a scenario, which ends the process',
    args: ['run', 'storm', file('program-too.ts', 'process.exit(0);'), '--driver', 'sim'],
    exit: 2,
    says: ['program-too.ts', 'its top level ended the process'],
    saysNot: 'storm.ts',
  },
  {
    what: 'a generator whose top level never ends',
    args: [
      'run',
      '--generator',
      file('waits.ts', 'await new Promise(() => {}); export default {};'),
      '--driver',
      'sim',
    ],
    exit: 2,
    says: ['waits.ts', 'its top level waits for what does not come'],
  },
  {
    what: 'a scenario whose top level never ends',
    args: ['run', file('waits-too.ts', 'await new Promise(() => {}); export default {};'), '--driver', 'sim'],
    exit: 2,
    says: ['waits-too.ts', 'its top level waits for what does not come'],
  },
  {
    what: 'a generator in a CommonJS folder',
    args: ['run', '--generator', inCommonJs('mine.ts', 'export default {};'), '--driver', 'sim'],
    exit: 2,
    says: ['mine.ts', 'mine.mts', '"type": "module"'],
    saysNot: 'enums',
  },
  {
    what: 'a generator that imports a value of snowglobe',
    args: [
      'run',
      '--generator',
      file('value.ts', "import { z } from 'snowglobe';\nexport default z;"),
      '--driver',
      'sim',
    ],
    exit: 2,
    says: ['value.ts', 'import type'],
    saysNot: 'enums',
  },
  {
    what: 'a generator with an enum',
    args: ['run', '--generator', file('enum.ts', 'enum A { B }\nexport default A;'), '--driver', 'sim'],
    exit: 2,
    says: ['enum.ts', 'enum is not supported', 'without enums'],
  },
  {
    what: 'a generator whose refuses throws',
    args: [
      'run',
      '--generator',
      file(
        'asking.ts',
        `import counter from ${COUNTER};
         export default { ...counter, name: 'asking', refuses() { throw new Error('what nodes?'); } };`,
      ),
      '--driver',
      'sim',
    ],
    exit: 2,
    says: ['asking', 'refuses threw', 'what nodes?'],
  },
  {
    what: 'a generator that is none',
    args: ['run', '--generator', file('none.ts', 'export default { name: "None" }'), '--driver', 'sim'],
    exit: 2,
    says: ['none.ts', 'promises', 'CONTRIBUTING.md'],
  },
  {
    what: 'promises without their bounds, with bounds that are none, under no known assumption, or made twice',
    args: [
      'run',
      '--generator',
      file(
        'vague.ts',
        `import counter from ${COUNTER};
         export default { ...counter, name: 'vague', promises: [
           { guarantee: 'unique' },
           { guarantee: 'time-honest', pastMs: 5 },
           { guarantee: 'recovers', withinMs: NaN },
           { guarantee: 'owns-worker-id', assuming: ['all is well'] },
           { guarantee: 'increasing-across-lives' },
         ] };`,
      ),
      '--driver',
      'sim',
    ],
    exit: 2,
    says: [
      'vague.ts',
      'promises[1]: it lacks futureMs',
      'promises[2].withinMs',
      'promises[3].assuming[0]',
      'promises[4]: it lacks scope',
    ],
  },
  {
    what: 'a layout with a worker ID that a tap cannot carry, and a time that no number holds',
    args: [
      'run',
      '--generator',
      file(
        'wide.ts',
        `import counter from ${COUNTER};
         export default { ...counter, name: 'wide', layout: {
           timeBits: 54, workerBits: 32, sequenceBits: 1, tickMs: 1, epochMs: 0 } };`,
      ),
      '--driver',
      'sim',
    ],
    exit: 2,
    says: ['wide.ts', 'layout.timeBits', '53', 'layout.workerBits', '31'],
  },
  {
    what: 'a guarantee that is promised twice',
    args: [
      'run',
      '--generator',
      file(
        'twice.ts',
        `import counter from ${COUNTER};
         export default { ...counter, name: 'twice', promises: [
           { guarantee: 'recovers', withinMs: 1 }, { guarantee: 'recovers', withinMs: 60000 } ] };`,
      ),
      '--driver',
      'sim',
    ],
    exit: 2,
    says: ['twice.ts', 'recovers is promised twice', 'promises[1]'],
  },
  {
    what: 'a generator of a name that no folder can have',
    args: [
      'run',
      '--generator',
      file(
        'long-name.ts',
        `import counter from ${COUNTER};
         export default { ...counter, name: 'a'.repeat(300) };`,
      ),
      '--driver',
      'sim',
    ],
    exit: 2,
    says: ['long-name.ts', 'name: at most 80 characters'],
  },
]);
