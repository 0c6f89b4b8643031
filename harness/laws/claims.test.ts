/** What every claim has to keep to, and that claims are judged by what runs show. */
import { describe, expect, test } from 'vitest';
import type { Calculation, Claim, Trial } from '../core/claim.ts';
import { DRIVER_NAMES } from '../core/claim.ts';
import type { Run } from '../core/run.ts';
import { combinationProblems } from '../engine/preflight.ts';
import { driverNames, loadClaims, loadGenerator, loadScenario, scenarioFiles } from '../registry.ts';
import { snowglobe } from './cli-process.ts';

const claims = await loadClaims();
const all = [...claims.values()];
const trials = all.flatMap(({ name, parts }) =>
  parts.flatMap((part) => (part.kind === 'trial' ? [[`${name}: ${part.says}`, part] as const] : [])),
);

test('there are C1 to C18 and F1 to F6, in that order', () => {
  const numbered = (letter: string, count: number): string[] =>
    Array.from({ length: count }, (_, index) => `${letter}${index + 1}`);
  expect([...claims.keys()]).toEqual([...numbered('C', 18), ...numbered('F', 6)]);
});

test('the drivers that claims can name are those that start nodes', () => {
  expect([...DRIVER_NAMES, 'remote'].sort()).toEqual([...driverNames()].sort());
});

describe.each(all.map((claim): [string, Claim] => [claim.name, claim]))('%s', (_, { claim, note, parts }) => {
  test('says in whole sentences what is claimed, and in clauses what each part is about', () => {
    expect(claim).toMatch(/^(\p{Lu}|\d).*[.]$/su);
    if (note !== undefined) expect(note).toMatch(/^\p{Lu}.*[.]$/su);
    expect(parts.length).toBeGreaterThan(0);
    for (const { says } of parts) expect(says).not.toMatch(/[.]$/);
    expect(new Set(parts.map(({ says }) => says)).size).toBe(parts.length);
  });

  test('says why it is not judged, and names files and scenarios that are there', () => {
    for (const part of parts)
      if (part.kind === 'unjudged') {
        expect(part.because).toMatch(/^\p{Lu}.*[.]$/su);
        const [, scenario] = /snowglobe run ([a-z-]+)/.exec(part.because) ?? [];
        if (scenario !== undefined) expect(scenarioFiles().map(({ name }) => name)).toContain(scenario);
      }
  });

  test('comes to a judgement by arithmetic, the same each time', () => {
    for (const part of parts.filter((one): one is Calculation => one.kind === 'calculation')) {
      const judgement = part.judge();
      expect(judgement.because).toMatch(/[.]$/);
      expect(part.judge()).toEqual(judgement);
    }
  });
});

describe.each(trials)('%s', (_, trial) => {
  test('can be carried out: scenario, generator and control are there and fit together', async () => {
    const scenario = await loadScenario(trial.scenario);
    for (const name of generatorsOf(trial)) {
      const { generator } = await loadGenerator(name);
      expect(combinationProblems(scenario, generator)).toEqual([]);
    }
    expect(trial.seeds).toBeGreaterThan(0);
  });

  test('is tried by drivers on which its generators show what they do', async () => {
    const drivers = trial.only?.drivers ?? DRIVER_NAMES;
    for (const name of generatorsOf(trial)) {
      const { mutant } = (await loadGenerator(name)).generator;
      if (mutant?.real === true) expect(drivers).not.toContain('sim');
      if (mutant?.simulated === true) expect(drivers).toEqual(['sim']);
    }
  });

  test('has a control that breaks what it says, by its own word', async () => {
    const { control } = trial;
    if (control === undefined) return;
    const { mutant } = (await loadGenerator(control.generator)).generator;
    expect(mutant, `${control.generator} is a mutant`).toBeDefined();
    expect(mutant?.breaks).toEqual(expect.arrayContaining([...control.breaks]));
    expect(control.generator).not.toBe(trial.generator);
  });
});

const generatorsOf = ({ generator, control }: Trial): readonly string[] =>
  control === undefined ? [generator] : [generator, control.generator];

const claimed = async (...args: readonly string[]) => {
  const { code, stdout, stderr } = await snowglobe(['claims', ...args]).ended;
  return { code, stdout, stderr };
};

describe('snowglobe claims', () => {
  test('C7: broken with decoded IDs where cached, held where it waits', { timeout: 300_000 }, async () => {
    const { code, stdout } = await claimed('c7');
    expect(stdout).toMatch(/^ C7 {2}While the coordinator is down/m);
    expect(stdout).toMatch(/✘ broken {6}Running nodes that go on with the cached worker ID/);
    expect(stdout).toMatch(/✔ held {8}A new node that has no coordinator waits/);
    // Lines are as long as they happen to be.
    const words = stdout.replaceAll(/\s+/g, ' ');
    expect(words).toMatch(
      /witness: ID (\d{18}) was minted 2 times, by n\d.* \1 \(time 20\S+Z, worker \d, sequence \d+\) by n\d/,
    );
    expect(words).toContain('falls-back-to-static, which leaves the rule out, was caught in 3 of 3.');
    expect(words).toContain('1 claim, 3 parts 1 held, 2 broken by 9 runs on sim exit 0');
    expect(code).toBe(0);
  });

  test('what needs real threads is not run, and says what judges it', async () => {
    const { code, stdout } = await claimed('C15', 'C1');
    expect(stdout).toMatch(/– not judged {2}Timestamp and sequence in two steps/);
    expect(stdout).toContain('`snowglobe claims C15 --driver local`');
    expect(stdout).toMatch(/2 claims, 6 parts {2}3 held, 3 not judged {2}without a run {2}exit 0/);
    // In their own order, whatever the order of the names.
    expect(stdout.indexOf(' C1 ')).toBeLessThan(stdout.indexOf(' C15'));
    expect(code).toBe(0);
  });

  test('names that nobody bears are told all at once, and nothing is run', async () => {
    const { code, stderr } = await claimed('C19', 'F9', 'C7', '--driver', 'simm');
    expect(code).toBe(2);
    expect(stderr).toContain('There is no claim called "C19".');
    expect(stderr).toMatch(/F9 is a figure of the reference design that claims does not judge\..*\n.*snowglobe plan/);
    expect(stderr).toMatch(/--driver: There is no driver called "simm".\n {2}Did you mean sim\?/);
  });
});

test('a worker ID that nobody took again leaves open how long that takes, however quick another was', () => {
  const part = claims.get('F2')!.parts.find(({ says }) => says.includes('is free when its lease is over')) as Trial;
  const at = (second: number): number => second * 1e9;
  const tenure = (workerId: number, node: string, from: number, to: number) => ({
    ...{ workerId, node, incarnation: 1, lease: '1', createRevision: '1' },
    ...{ from: at(from), to: at(to) },
  });
  const kill = (node: string) => ({ fault: 'kill', injected: at(10), reach: [node] });
  const run = (killed: readonly string[]): Run =>
    ({
      ...{ seed: '1', scenario: { name: 'storm', cluster: { options: { ttlMs: 5000 } } }, generator: { name: 'any' } },
      disturbances: killed.map(kill),
      tenures: [tenure(0, 'n1', 1, 10), tenure(1, 'n2', 1, 10), tenure(0, 'n3', 14, 20)],
    }) as unknown as Run;
  expect(part.judge([run(['n1'])])).toMatchObject({
    outcome: 'measured',
    because: expect.stringContaining('4.0 s') as string,
  });
  expect(part.judge([run(['n1', 'n2'])])).toMatchObject({ outcome: 'not judged' });
});
