/**
 * Bad input gets one clear error that says what, where and how to mend it, before anything starts.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { journalHas, readRun, runFolder, snowglobe } from './cli-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'snowglobe-input-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const BRIEF = join(import.meta.dirname, 'fixtures/brief.json');
const brief = JSON.parse(readFileSync(BRIEF, 'utf8')) as {
  load: { batch: object };
  timetable: { slots: { disturbances: { options: object; atMs: number }[] }[] };
};
const file = (name: string, content: string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
/** In a folder whose package.json says what npm init writes. */
const inCommonJs = (name: string, content: string): string => {
  const inner = mkdtempSync(join(folder, 'commonjs-'));
  writeFileSync(join(inner, 'package.json'), '{"type":"commonjs"}');
  const path = join(inner, name);
  writeFileSync(path, content);
  return path;
};
/** A generator whose `create` is this expression. */
const creating = (name: string, create: string): string =>
  file(
    `${name}.ts`,
    `import counter from ${JSON.stringify(join(import.meta.dirname, 'fixtures/counter.ts'))};
     export default { ...counter, name: '${name}', node: { kind: 'shell', create: ${create} } };`,
  );
const disturbed = (name: string, disturbances: readonly object[]): string =>
  file(
    name,
    JSON.stringify({
      ...brief,
      timetable: { order: 'given', slots: [{ name: 'slot', lengthMs: 5000, disturbances }] },
    }),
  );
const step = { fault: 'clock-step', options: { node: 'n1', byMs: -500 }, atMs: 0, forMs: 1000 };

const CASES: readonly {
  readonly what: string;
  readonly args: readonly string[];
  readonly exit: number;
  readonly says: readonly string[];
  readonly saysNot?: string;
  readonly env?: { readonly [name: string]: string };
}[] = [
  { what: 'an unknown command', args: ['shake'], exit: 2, says: ['"shake"', 'run, judge, list'] },
  { what: 'an unknown option', args: ['run', '--sed', '4'], exit: 2, says: ["'--sed'", 'Did you mean --seed?'] },
  { what: 'an option of another command', args: ['list', '--seed', '4'], exit: 2, says: ['takes no --seed'] },
  { what: 'an unknown scenario', args: ['run', 'drizzle'], exit: 2, says: ['"drizzle"', 'snowglobe list --scenarios'] },
  { what: 'a slip in a scenario', args: ['run', 'strom'], exit: 2, says: ['Did you mean storm?'], saysNot: 'far-link' },
  { what: 'a scenario file that is not there', args: ['run', './drizzle.ts'], exit: 2, says: ['drizzle.ts'] },
  {
    what: 'an unknown generator',
    args: ['run', '--generator', 'snowfake'],
    exit: 2,
    says: ['"snowfake"', 'Did you mean snowflake?', 'snowglobe list --generators'],
  },
  {
    what: 'an unknown driver, which a path would not name either',
    args: ['run', '--driver', 'cloud'],
    exit: 2,
    says: ['"cloud"', 'Take one of docker, local, sim.'],
    saysNot: 'path',
  },
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
        `import counter from ${JSON.stringify(join(import.meta.dirname, 'fixtures/counter.ts'))};
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
        `import counter from ${JSON.stringify(join(import.meta.dirname, 'fixtures/counter.ts'))};
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
    says: ['vague.ts', 'promises[1].futureMs', 'promises[2].withinMs', 'promises[3].assuming[0]', 'promises[4].scope'],
  },
  {
    what: 'a layout with a worker ID that a tap cannot carry, and a time that no number holds',
    args: [
      'run',
      '--generator',
      file(
        'wide.ts',
        `import counter from ${JSON.stringify(join(import.meta.dirname, 'fixtures/counter.ts'))};
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
        `import counter from ${JSON.stringify(join(import.meta.dirname, 'fixtures/counter.ts'))};
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
    what: 'an option without its argument: told with one full stop, and how to write it',
    args: ['run', '--seed', '-5'],
    exit: 2,
    says: ["'--seed=-XYZ'.\n"],
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
    what: 'a generator of a name that no folder can have',
    args: [
      'run',
      '--generator',
      file(
        'long-name.ts',
        `import counter from ${JSON.stringify(join(import.meta.dirname, 'fixtures/counter.ts'))};
         export default { ...counter, name: 'a'.repeat(300) };`,
      ),
      '--driver',
      'sim',
    ],
    exit: 2,
    says: ['long-name.ts', 'name: at most 80 characters'],
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
  { what: 'a seed that is not a number', args: ['run', '--seed', 'abc'], exit: 2, says: ['"abc"', '--seed'] },
  {
    what: 'a store URL that is none',
    args: ['run', '--driver', 'local', '--store', 'nowhere'],
    exit: 2,
    says: ['nowhere', '--store'],
  },
  {
    what: 'a store that does not answer',
    args: ['run', '--driver', 'local', '--store', 'http://127.0.0.1:9'],
    exit: 3,
    says: ['127.0.0.1:9', 'does not answer'],
  },
  {
    what: 'a store for a run in memory',
    args: ['run', '--driver', 'sim', '--store', 'http://127.0.0.1:9'],
    exit: 2,
    says: ['--store'],
  },
  {
    what: 'docker without an engine',
    args: ['run', '--driver', 'docker'],
    exit: 3,
    says: ['Docker'],
    env: { DOCKER_HOST: 'tcp://127.0.0.1:9' },
  },
  {
    what: 'a bug that only real processes show, without any',
    args: ['run', 'threads-at-full-load', '--generator', 'races-for-sequence', '--driver', 'sim'],
    exit: 3,
    says: ['races-for-sequence needs real processes', 'Take local or docker'],
  },
  { what: 'a folder that is no run', args: ['judge', folder], exit: 2, says: ['run.json'] },
];

test.concurrent.each(CASES)('$what', { timeout: 30_000 }, async ({ args, exit, says, saysNot, env }) => {
  const runs = join(folder, `runs-${CASES.findIndex((one) => one.args === args)}`);
  const { code, stderr, stdout } = await snowglobe([...args, ...(args[0] === 'run' ? ['--runs', runs] : [])], env)
    .ended;
  expect({ code, stderr }).toEqual({ code: exit, stderr: expect.stringContaining('snowglobe: ') as unknown });
  for (const text of says) expect(stderr).toContain(text);
  if (saysNot !== undefined) expect(stderr).not.toContain(saysNot);
  expect(stderr + stdout).not.toMatch(/^ +at /m);
  expect(existsSync(runs)).toBe(false);
});

test('a ClickHouse that is too old to serve is refused by its version', { timeout: 30_000 }, async () => {
  // The answer of Debian's clickhouse-server 18.16 to `SELECT version()`.
  const server = createServer((request, response) => {
    request.resume();
    response.end('18.16.1\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const { code, stderr } = await snowglobe(['run', '--driver', 'local', '--store', `http://127.0.0.1:${port}`]).ended;
  server.close();
  expect({ code, stderr }).toEqual({
    code: 3,
    stderr: expect.stringContaining('ClickHouse 18.16.1 is too old') as unknown,
  });
});

test('the name of a file here without its ending is answered with its path', { timeout: 30_000 }, async () => {
  file('own.ts', 'export default {}');
  const { code, stderr } = await snowglobe(['run', '--generator', 'own'], {}, folder).ended;
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringContaining('Give the path of your file: ./own.ts.') as unknown,
  });
});

test('with --json the error is a document on stdout', { timeout: 30_000 }, async () => {
  const { stdout } = await snowglobe(['run', 'drizzle', '--json']).ended;
  expect(JSON.parse(stdout)).toMatchObject({
    error: { exitCode: 2, problems: [{ what: expect.stringContaining('drizzle') as unknown }] },
  });
});

const METHODS = 'mint: () => 0, holding: () => undefined, close: async () => {}';

test.concurrent.each([
  ['create-throws', `() => { throw new Error('no configuration'); }`, 'create threw (no configuration)'],
  ['create-rejects', `async (env) => { await env.sleep(50); throw new Error('no file'); }`, 'create threw (no file)'],
  ['no-minter', '() => {}', 'create returned undefined'],
  ['no-mint', `() => ({ ${METHODS.replace('mint', 'mnt')} })`, 'no method mint'],
  ['no-holding', `() => ({ ${METHODS.replace('holding', 'holds')} })`, 'no method holding'],
  ['no-close', `async () => ({ ${METHODS.replace('close', 'end')} })`, 'no method close'],
  [
    'holding-throws',
    `() => ({ ${METHODS}, holding: () => { throw new Error('held by whom'); } })`,
    'holding threw when it was first asked (held by whom)',
  ],
  ['real-clock', `() => ({ ${METHODS}, holding: () => void Date.now() })`, 'used Date.now()'],
])('%s: the first node that finds it ends the launch', { timeout: 30_000 }, async (name, create, says) => {
  const runs = join(folder, `runs-${name}`);
  const args = ['run', BRIEF, '--driver', 'sim', '--generator', creating(name, create), '--runs', runs, '--json'];
  const { code, stdout, stderr } = await snowglobe(args).ended;
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(says) as unknown });
  expect(JSON.parse(stdout)).toEqual({
    error: {
      exitCode: 2,
      problems: [
        {
          what: expect.stringContaining(says) as unknown,
          where: `generator ${name}`,
          remedy: expect.any(String) as unknown,
        },
      ],
    },
  });
  expect(stderr).not.toMatch(/warm-up|^ +at /m);
  // The record does not promise a judge what the simulator never leaves.
  const { state, reasons } = readRun(await runFolder(runs));
  expect({ state, reasons }).toEqual({ state: 'begun', reasons: [expect.stringContaining(says)] });
  expect(reasons.join()).not.toContain('snowglobe judge');
});

test.concurrent.each([
  [
    'holding-throws-later',
    `(env) => ({ ...counter.node.create(env), holding() {
       if (env.monotonicNs() > 1_001_000_000_000n) throw new Error('lost it');
       return { workerId: 0 };
     } })`,
    'ended by itself',
    'lost it',
  ],
])('%s: why a node died is in journal, record and report', { timeout: 30_000 }, async (name, create, says, words) => {
  const runs = join(folder, `runs-${name}`);
  const args = ['run', BRIEF, '--driver', 'sim', '--generator', creating(name, create), '--runs', runs, '--json'];
  const { code, stdout, stderr } = await snowglobe(args).ended;
  expect(stderr).not.toContain('snowglobe crashed');
  expect(JSON.parse(stdout)).toMatchObject({ state: 'judged', exitCode: code });
  const run = await runFolder(runs);
  const silent = readRun(run).unknowns.filter(({ reason }) => reason === 'node silent');
  expect(silent).toContainEqual({
    reason: 'node silent',
    scope: 'n2',
    detail: expect.stringMatching(new RegExp(`${says}.*${words}`)) as unknown,
  });
  await journalHas(
    run,
    'an end',
    (entry) => entry.kind === 'ended' && entry.node === 'n2' && entry.lastWords.includes(words),
  );
  expect(readFileSync(join(run, 'report.html'), 'utf8')).toContain(words);
});

test('with --json an error that nobody caught is a document too', { timeout: 30_000 }, async () => {
  const generator = file(
    'loose.ts',
    `void Promise.reject(new Error('let go'));
     export { default } from ${JSON.stringify(join(import.meta.dirname, 'fixtures/counter.ts'))};`,
  );
  const { code, stdout } = await snowglobe(['run', '--driver', 'sim', '--generator', generator, '--json']).ended;
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ error: { exitCode: 1, problems: [{ what: 'Error: let go' }] } });
});
