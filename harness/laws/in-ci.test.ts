/**
 * What a CI system sees of `snowglobe run`: the exit code, the reports that were asked for, and what unknowns and waivers
 * make of both.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Run } from '../core/run.ts';
import { parseRun } from '../core/run-schema.ts';
import { brief, COUNTER, inputFolder, testBadInput } from './bad-input-cases.ts';
import { eventually, readRun, snowglobe } from './cli-process.ts';

const { folder, file } = inputFolder();
const SLOW = { timeout: 60_000 };

/** A scenario with one node; `does`: what its generator does. */
const scenario = (name: string, does: 'mint' | 'refuse' | 'repeat'): string =>
  file(
    `${name}.json`,
    JSON.stringify({
      ...brief,
      name,
      cluster: { nodes: 1, coordinatorMembers: 1, options: { does } },
    }),
  );
const generator = file(
  'moody.ts',
  `import counterGenerator, { counter } from ${COUNTER};
   export default { ...counterGenerator, name: 'moody', node: { kind: 'shell', create: (env) => {
     const { does } = env.options;
     const honest = counter(env);
     return { ...honest, mint(into, count) {
       if (does === 'refuse') throw env.refusal('moody');
       const minted = honest.mint(into, count);
       if (does === 'repeat') into[0] = 42n;
       return minted;
     } };
   } } };`,
);
const waivers = (name: string, ...of: readonly object[]): string => {
  const known = {
    guarantee: 'unique',
    generator: 'moody',
    reason: 'it is moody',
    ticket: 'ID-7',
    expires: '2999-12-31',
  };
  return file(`${name}-waivers.json`, JSON.stringify(of.map((more) => ({ ...known, ...more }))));
};

let commands = 0;
/** Each command keeps its runs in a folder of its own. */
function start(scenarios: readonly string[], options: readonly string[] = [], env: Record<string, string> = {}) {
  const runs = join(folder, `kept-${++commands}`);
  const args = ['run', ...scenarios, '--driver', 'sim', '--seed', '7', '--generator', generator, '--runs', runs];
  return { runs, process: snowglobe([...args, ...options], { GITHUB_STEP_SUMMARY: '', ...env }) };
}

async function run(scenarios: readonly string[], options: readonly string[] = [], env: Record<string, string> = {}) {
  const { runs, process } = start(scenarios, options, env);
  const { code, stdout, stderr } = await process.ended;
  return { code, stdout, stderr, records: recordsIn(runs) };
}

/** What the folder of runs keeps, the first run first. */
function recordsIn(runs: string): readonly Run[] {
  const folders = existsSync(runs)
    ? readdirSync(runs).flatMap((name) => readdirSync(join(runs, name)).map((id) => join(runs, name, id)))
    : [];
  for (const one of folders) parseRun(readFileSync(join(one, 'run.json'), 'utf8'));
  return folders.map(readRun).toSorted((a, b) => (a.attempt?.number ?? 0) - (b.attempt?.number ?? 0));
}

describe.concurrent('an unknown', () => {
  test('fails the command', SLOW, async () => {
    expect(await run([scenario('silent', 'refuse')])).toMatchObject({ code: 12, records: [{ verdict: 'unknown' }] });
  });

  test('leaves exit 0 with warn, which says so, and stays unknown in record and document', SLOW, async () => {
    const { code, stdout, stderr, records } = await run(
      [scenario('silent-warned', 'refuse')],
      ['--unknown', 'warn', '--json'],
    );
    expect({ code, records }).toMatchObject({ code: 0, records: [{ verdict: 'unknown', exitCode: 12 }] });
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'unknown', exitCode: 12 });
    expect(stderr).toMatch(/exit 12,\s+as\s+a\s+warning:\s+0/);
    expect(stderr).toMatch(/^Warning: unknown, 1 scenario of 1 \(silent-warned\)/m);
  });

  test('is not tried again in virtual time, where the same seed is the same run, and that is told', SLOW, async () => {
    const { code, stdout, records } = await run([scenario('never', 'refuse')], ['--unknown', 'retry=3']);
    expect({ code, attempts: records.length }).toEqual({ code: 12, attempts: 1 });
    expect(records[0]).not.toHaveProperty('attempt');
    expect(stdout).toMatch(/^Unknown, and not tried again: on sim time is virtual/m);
  });
});

describe.concurrent('a waiver', () => {
  test('of all that is broken makes exit 0, and the record keeps both', SLOW, async () => {
    const options = ['--waivers', waivers('known', { scenario: 'known' })];
    const { code, stdout, records } = await run([scenario('known', 'repeat')], options);
    expect({ code, records }).toMatchObject({
      code: 0,
      records: [{ verdict: 'fail', exitCode: 0, waived: [{ guarantee: 'unique', by: [{ ticket: 'ID-7' }] }] }],
    });
    expect(stdout).toMatch(/PASS \(1 waived\).*exit 0/);
    expect(stdout).toContain('it is moody (ID-7, until 2999-12-31)');
  });

  test('of something else leaves exit 10', SLOW, async () => {
    const options = ['--waivers', waivers('other', { generator: 'snowflake' })];
    const { code, stdout, records } = await run([scenario('other', 'repeat')], options);
    expect({ code, records }).toMatchObject({ code: 10, records: [{ exitCode: 10 }] });
    expect(stdout).toContain('covers nothing; it is for the generator snowflake, and this command runs moody.');
    expect(stdout).toContain('Covered by no waiver: unique by moody in other.');
  });

  test('names a generator by its path as well', SLOW, async () => {
    const list = waivers('by-path', { generator });
    const { code, stdout } = await run([scenario('by-path', 'repeat')], ['--waivers', list]);
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/: covers 1,512 violations in by-path/) as unknown,
    });
  });

  test('never covers an unknown, and nothing is said of its need then', SLOW, async () => {
    const { code, stderr } = await run([scenario('doubted', 'refuse')], ['--waivers', waivers('doubted', {})]);
    expect({ code, stderr }).toEqual({ code: 12, stderr: expect.not.stringContaining('Nothing needed') as unknown });
  });

  test('that nothing needs is exit 2, told with its line, after the verdict', SLOW, async () => {
    const list = file('stale-waivers.yaml', `# known\n- ${waiverLines('2999-12-31')}`);
    const { code, stdout, stderr } = await run([scenario('fine', 'mint')], ['--waivers', list, '--json']);
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`${list}:2: Nothing needed the waiver`) as unknown,
    });
    expect(stderr).not.toContain('exit 0');
    expect(JSON.parse(stdout)).toMatchObject({ runs: [{ verdict: 'pass' }], error: { exitCode: 2 } });
  });

  test('that nothing needs does not hide a violation beside it', SLOW, async () => {
    const list = waivers('beside', { scenario: 'fine-beside' });
    const { code, stderr } = await run(
      [scenario('fine-beside', 'mint'), scenario('broken', 'repeat')],
      ['--waivers', list],
    );
    expect({ code, stderr }).toMatchObject({ code: 10, stderr: expect.stringContaining('Nothing needed') as unknown });
  });
});

const waiverLines = (expires: string): string =>
  `guarantee: unique\n  generator: moody\n  reason: it is moody\n  ticket: ID-7\n  expires: ${expires}\n`;

describe.concurrent('reports', () => {
  test('hold every run of the command, also those that failed or proved nothing', SLOW, async () => {
    const [junit, summary, ofStep] = ['all.xml', 'all.md', 'step.md'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    writeFileSync(ofStep, 'of an earlier step\n');
    const names = ['told-fine', 'told-broken', 'told-silent'];
    const scenarios = [scenario(names[0]!, 'mint'), scenario(names[1]!, 'repeat'), scenario(names[2]!, 'refuse')];
    const env = { GITHUB_STEP_SUMMARY: ofStep };
    const both = ['--junit', junit, '--summary', summary];
    expect((await run(scenarios, both)).code).toBe(10);
    expect((await run(scenarios, [], env)).code).toBe(10);
    for (const path of [junit, summary, ofStep])
      for (const name of names) expect(readFileSync(path, 'utf8'), path).toContain(name);
    expect(readFileSync(junit, 'utf8').match(/<testsuites[\s>]/g)).toHaveLength(1);
    expect(readFileSync(ofStep, 'utf8')).toMatch(/^of an earlier step\n/);
  });

  test('are written when the command is interrupted', SLOW, async () => {
    const junit = join(folder, 'interrupted.xml');
    const scenarios = Array.from({ length: 40 }, (_, index) => scenario(`many-${index}`, 'mint'));
    const { process } = start(scenarios, ['--junit', junit]);
    await eventually('a verdict', 40_000, () => (/PASS/.test(process.output()) ? true : undefined));
    process.child.kill('SIGINT');
    expect((await process.ended).code).toBe(130);
    expect(readFileSync(junit, 'utf8')).toContain('many-0');
    expect(readFileSync(junit, 'utf8')).not.toContain('many-39');
  });
});

mkdirSync(join(folder, 'a-folder'));
const expired = file('expired-waivers.yaml', `- ${waiverLines('2020-01-01')}- what: ever\n- guarantee: uniqe\n`);
testBadInput(folder, [
  {
    what: 'waivers that are expired or none: all of them at once',
    args: ['run', '--driver', 'sim', '--waivers', expired],
    exit: 2,
    says: [
      `${expired}:1: The waiver of unique by moody has expired`,
      `${expired}:6: This is no waiver`,
      `${expired}:7: `,
    ],
  },
  {
    what: 'waivers that are no list',
    args: ['run', '--driver', 'sim', '--waivers', file('object.yaml', 'guarantee: unique\n')],
    exit: 2,
    says: ['object.yaml: is no list of waivers.'],
  },
  {
    what: 'waivers in broken YAML',
    args: ['run', '--driver', 'sim', '--waivers', file('broken.yaml', '- guarantee: [\n- reason: "\n')],
    exit: 2,
    says: ['broken.yaml:2: is neither YAML nor JSON'],
  },
  {
    what: 'waivers of generators and scenarios that there are not',
    args: [
      ...['run', '--driver', 'sim', '--waivers'],
      waivers('slips', { generator: 'snowflake-cachd' }, { generator: 'snowflake-cached', scenario: 'strom' }),
    ],
    exit: 2,
    says: ['There is no generator called "snowflake-cachd".', 'Did you mean snowflake-cached?', 'Did you mean storm?'],
  },
  {
    what: 'waivers that are not there',
    args: ['run', '--driver', 'sim', '--waivers', './nowhere.yaml'],
    exit: 2,
    says: ['--waivers: There is no file ./nowhere.yaml.'],
  },
  {
    what: 'a way to take an unknown that there is not',
    args: ['run', '--driver', 'sim', '--unknown', 'retry=9'],
    exit: 2,
    says: ['--unknown: "retry=9" is no way', 'N from 1 to 5'],
  },
  {
    what: 'a report that cannot be written',
    args: ['run', '--driver', 'sim', '--junit', join(folder, 'a-folder')],
    exit: 2,
    says: ['--junit: ', 'a-folder cannot be written'],
  },
  {
    what: "a step's summary that cannot be written",
    args: ['run', '--driver', 'sim'],
    env: { GITHUB_STEP_SUMMARY: join(folder, 'a-folder') },
    exit: 2,
    says: ['GITHUB_STEP_SUMMARY: ', 'Unset the variable'],
  },
]);
