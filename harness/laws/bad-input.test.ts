/**
 * Bad input gets one clear error that says what, where and how to mend it, before anything starts.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BRIEF, COUNTER, inputFolder, testBadInput } from './bad-input-cases.ts';
import { journalHas, readRun, runFolder, snowglobe } from './cli-process.ts';

const { folder, file } = inputFolder();

/** A generator whose `create` is this expression. */
const creating = (name: string, create: string): string =>
  file(
    `${name}.ts`,
    `import counter from ${COUNTER};
     export default { ...counter, name: '${name}', node: { kind: 'shell', create: ${create} } };`,
  );
testBadInput(folder, [
  { what: 'an unknown command', args: ['shake'], exit: 2, says: ['"shake"', 'run, init, judge, audit, plan'] },
  { what: 'an unknown option', args: ['run', '--sed', '4'], exit: 2, says: ["'--sed'", 'Did you mean --seed?'] },
  {
    what: 'a scenario in the place of a command',
    args: ['storm'],
    exit: 2,
    says: ['There is no command "storm".', 'write snowglobe run storm.'],
  },
  { what: 'what is listed, by one', args: ['list', '--generator'], exit: 2, says: ['Did you mean --generators?'] },
  {
    what: 'what is listed, by a name',
    args: ['list', '--generator', 'x'],
    exit: 2,
    says: ['Did you mean --generators?'],
  },
  { what: 'what is listed, without dashes', args: ['list', 'scenario'], exit: 2, says: ['Did you mean --scenarios?'] },
  {
    what: 'a generator without worker IDs in a scenario that gives it a pool',
    args: ['run', 'storm', '--generator', 'uuidv7', '--driver', 'sim'],
    exit: 2,
    says: [
      'it leases no worker IDs and takes no options',
      "the option 'pool'",
      'Scenarios that fit uuidv7: uuid-clock',
    ],
  },
  {
    what: 'k6 on a driver that is asked for and that it cannot call',
    args: ['run', '--driver', 'sim', '--load', 'k6'],
    exit: 2,
    says: ['--load k6: k6 cannot ask on sim: the time of the simulator is virtual.'],
  },
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
    says: ['"cloud"', 'Take one of docker, local, remote, sim.'],
    saysNot: 'path',
  },
  {
    what: 'a negative seed: the limits are told, and nothing of how to write one',
    args: ['run', '--seed', '-5'],
    exit: 2,
    says: ['--seed: "-5" is no seed.\n', 'from 0 to 999999999999999'],
    saysNot: 'ambiguous',
  },
  {
    what: 'a seed that no number holds',
    args: ['run', '--seed', '99999999999999999999999999'],
    exit: 2,
    says: ['"99999999999999999999999999" is no seed', 'from 0 to 999999999999999'],
  },
  {
    what: 'an option without its value: told with one full stop',
    args: ['run', '--seed', '--json'],
    exit: 2,
    says: ['--seed needs a value, and none follows it.\n'],
    saysNot: 'ambiguous',
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
]);

test('a ClickHouse that cannot serve is refused by what it lacks', { timeout: 30_000 }, async () => {
  // The answers of Debian's clickhouse-server 18.16: to `SELECT version()`, and to a setting that it does not know.
  const server = createServer((request, response) => {
    request.resume();
    if (!request.url!.includes('wait_end_of_query')) return void response.end('18.16.1\n');
    response.writeHead(404).end('Code: 115, e.displayText() = DB::Exception: Unknown setting wait_end_of_query');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const { code, stderr } = await snowglobe(['run', '--driver', 'local', '--store', `http://127.0.0.1:${port}`]).ended;
  server.close();
  expect({ code, stderr }).toEqual({
    code: 3,
    stderr: expect.stringContaining('ClickHouse lacks settings that each request of ours has') as unknown,
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
     export { default } from ${COUNTER};`,
  );
  const { code, stdout } = await snowglobe(['run', '--driver', 'sim', '--generator', generator, '--json']).ended;
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ error: { exitCode: 1, problems: [{ what: 'Error: let go' }] } });
});
