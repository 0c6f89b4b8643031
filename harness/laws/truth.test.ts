/**
 * Every reason to say `unknown`, provoked on the simulator. Those that need real parts are in truth.real.test.ts; those
 * that only damaged evidence can bring about are told by the pure judge below.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLab } from '../../tools/lab.ts';
import type { Lab, LabRun } from '../../tools/lab.ts';
import type { ScenarioInput } from '../core/scenario.ts';

const here = import.meta.dirname;
const brief = JSON.parse(readFileSync(join(here, 'fixtures/brief.json'), 'utf8')) as ScenarioInput;
const folder = mkdtempSync(join(tmpdir(), 'snowglobe-truth-'));
let lab: Lab;
beforeAll(async () => {
  lab = await createLab(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function scenarioFile(change: Partial<ScenarioInput>): string {
  const file = join(folder, `scenario-${++files}.json`);
  writeFileSync(file, JSON.stringify({ ...brief, ...change }));
  return file;
}

/** A generator file with parts of the counter's minter replaced. */
function generatorFile(parts: string): string {
  const file = join(folder, `generator-${++files}.ts`);
  const name = `generator-${files}`;
  writeFileSync(
    file,
    `import counterGenerator, { counter } from ${JSON.stringify(join(here, 'fixtures/counter.ts'))};
     export default { ...counterGenerator, name: ${JSON.stringify(name)}, node: { kind: 'shell', create: (env) => {
       const honest = counter(env);
       return { ...honest, ${parts} };
     } } };`,
  );
  return file;
}

const simulate = async (change: Partial<ScenarioInput> = {}, generator = 'snowflake'): Promise<LabRun> =>
  lab.run({ scenario: scenarioFile(change), driver: 'sim', generator, seed: '7' });
const alone: Partial<ScenarioInput> = {
  cluster: { nodes: 1, coordinatorMembers: 1 },
  timetable: { order: 'given', slots: [] },
};
const slot = (disturbances: readonly object[]): Partial<ScenarioInput> =>
  ({
    timetable: { order: 'given', slots: [{ name: 'slot', lengthMs: 6000, disturbances }] },
  }) as unknown as Partial<ScenarioInput>;

test('with nothing to doubt, the brief run passes', async () => {
  expect(await simulate()).toMatchObject({ verdict: 'pass', doubts: [] });
  expect(await simulate(alone, join(here, 'fixtures/counter.ts'))).toMatchObject({ verdict: 'pass', doubts: [] });
});

test('a pass says what it is a pass of: of what was disturbed, or of a cluster that nothing disturbed', async () => {
  const disturbed = (await simulate()).run;
  expect(disturbed.reasons).toEqual([
    expect.stringMatching(/^All \d promises were kept, with the one disturbance in force as measured\.$/),
  ]);
  expect(disturbed.generator).not.toHaveProperty('file');
  const calm = await lab.run({
    scenario: scenarioFile({}),
    driver: 'sim',
    generator: 'snowflake',
    seed: '7',
    calm: true,
  });
  expect(calm).toMatchObject({ verdict: 'pass', doubts: [] });
  expect(calm.run.reasons).toEqual([
    expect.stringMatching(
      /^All \d promises were kept, and nothing was disturbed: how the generator bears faults was not tried\.$/,
    ),
    'recovers was kept where there was nothing to recover from.',
  ]);
  const noop = await simulate(slot([{ fault: 'noop', atMs: 1000, forMs: 2000, options: {} }]));
  expect(noop.verdict).toBe('pass');
  expect(noop.run.reasons).toEqual(calm.run.reasons);
});

test('a pass says that nodes which were to drive themselves did not: the simulator does not carry that out', async () => {
  const { verdict, run } = await simulate({ cluster: { ...brief.cluster, selfLoad: 500_000 } });
  expect(verdict).toBe('pass');
  expect(run.reasons).toContainEqual(expect.stringMatching(/^The load of the question was not there: .*500,000 IDs/));
});

test('the record tells a file of the user from the generator whose name it bears', async () => {
  const file = generatorFile('');
  expect((await simulate(alone, file)).run.generator).toMatchObject({ name: basename(file, '.ts'), file });
});

describe('unknown, because', () => {
  test('disturbance did not bite: the clock was set only while its node was down, and nobody could see it', async () => {
    const { verdict, doubts, run } = await simulate(
      slot([
        { fault: 'kill', options: { node: 'n2' }, atMs: 0, forMs: 2000 },
        { fault: 'clock-step', options: { node: 'n2', byMs: -3000 }, atMs: 300, forMs: 1000 },
      ]),
    );
    expect({ verdict, doubts }).toEqual({ verdict: 'unknown', doubts: ['disturbance did not bite'] });
    expect(run.disturbances.map(({ fault, bit }) => [fault, bit])).toEqual([
      ['kill', true],
      ['clock-step', false],
    ]);
  });

  test('disturbance did not bite: it was in force on the link between two nodes, who never talk', async () => {
    const cut = { fault: 'cut-pair', options: { one: 'n1', other: 'n2' }, atMs: 0, forMs: 2000 };
    const { verdict, doubts, run } = await simulate(slot([cut]));
    expect({ verdict, doubts }).toEqual({ verdict: 'unknown', doubts: ['disturbance did not bite'] });
    const [record] = run.disturbances;
    expect(record).toMatchObject({
      bit: false,
      missed: 'it was in force on the link throughout, and nobody used the link',
    });
    // It says what it proves: the link was cut.
    expect(record?.tookFrom).toBeGreaterThan(0);
    expect(new Set(record?.samples.map(({ took, used }) => `${took} ${used}`))).toEqual(new Set(['true false']));
  });

  test('disturbance did not bite: there was no holder to aim at, and the nodes are quoted', async () => {
    const { run } = await simulate(
      {
        ...slot([{ fault: 'kill', options: { node: '@holder' }, atMs: 0, forMs: 1000 }]),
        cluster: { nodes: 1, coordinatorMembers: 1 },
      },
      generatorFile(`mint: () => { throw env.refusal('sulking'); }`),
    );
    expect(run.unknowns.find(({ reason }) => reason === 'disturbance did not bite')?.detail).toMatch(
      /^No node had held .* when its slot began: n1 refusing \(sulking\) with worker ID 0 for \d+ ms\.$/,
    );
  });

  test('trigger never fired: nothing took the lease away that was waited for', async () => {
    const { verdict, doubts, run } = await simulate(
      slot([
        {
          fault: 'kill',
          options: { node: 'n2' },
          when: { signal: 'lease-spent', node: 'n2', percent: 90 },
          atMs: 0,
          forMs: 1000,
        },
      ]),
    );
    expect({ verdict, doubts }).toEqual({ verdict: 'unknown', doubts: ['trigger never fired'] });
    const missed = 'it waited 5.0 s for 90 % of the lease of n2 to be spent, and the signal did not come';
    expect(run.reasons).toEqual([`trigger never fired: slot: kill n2: ${missed}.`]);
    // It counts among the disturbances of the run, as one that never was.
    expect(run.disturbances).toEqual([
      expect.objectContaining({ name: 'kill', bit: false, missed, signal: { awaited: expect.any(String) as string } }),
    ]);
    expect(run.disturbances[0]).not.toHaveProperty('injected');
  });

  test('hazard not reached: nothing made a worker ID change hands', async () => {
    const { verdict, doubts } = await simulate({ hazards: [{ hazard: 'worker-id-changed-hands-while-holder-lived' }] });
    expect({ verdict, doubts }).toEqual({ verdict: 'unknown', doubts: ['hazard not reached'] });
  });

  test('node silent: it holds a worker ID, is asked, and always refuses', async () => {
    const { verdict, doubts } = await simulate(alone, generatorFile(`mint: () => { throw env.refusal('sulking'); }`));
    expect(verdict).toBe('unknown');
    expect(doubts).toContain('node silent');
  });

  test('cluster never complete: as many nodes mint as there are worker IDs, but all under another', async () => {
    const file = generatorFile(`holding: () => ({ workerId: 7 })`);
    const three = { ...alone, cluster: { nodes: 3, coordinatorMembers: 1 }, pool: 3 };
    const { verdict, run } = await simulate(three, file);
    expect(verdict).not.toBe('pass');
    expect(run.unknowns.map(({ reason }) => reason)).not.toContain('node silent');
    expect(run.unknowns).toContainEqual({
      reason: 'cluster never complete',
      scope: 'run',
      detail: 'Within 15 s the nodes did not come to hold all 3 worker IDs of the pool at once (never held: 0, 1, 2).',
    });
  });

  test('too few samples: it minted next to nothing', async () => {
    const { verdict, doubts } = await simulate(
      alone,
      generatorFile(
        `mint: (into) => { if (env.random() < 0.99) throw env.refusal('tired'); return honest.mint(into, 1); }`,
      ),
    );
    expect({ verdict, doubts }).toEqual({ verdict: 'unknown', doubts: ['too few samples'] });
  });

  test('too few samples: the generator promises nothing', async () => {
    const file = join(folder, 'modest.ts');
    const counter = JSON.stringify(join(here, 'fixtures/counter.ts'));
    writeFileSync(file, `import counter from ${counter}; export default { ...counter, name: 'modest', promises: [] };`);
    const { verdict, run } = await simulate(alone, file);
    expect({ verdict, reasons: run.reasons }).toEqual({
      verdict: 'unknown',
      reasons: ['too few samples: The generator promises nothing: there is nothing to judge.'],
    });
  });
});

test('a disturbance that waited for another to heal comes after it', async () => {
  const { verdict, run } = await simulate(
    slot([
      { name: 'cut', fault: 'cut-pair', options: { one: 'n1', other: 'etcd1' }, atMs: 0, forMs: 1500 },
      {
        fault: 'pause',
        options: { node: 'n1' },
        when: { signal: 'healed', disturbance: 'cut' },
        atMs: 200,
        forMs: 1000,
      },
    ]),
  );
  expect({ verdict, reasons: run.reasons }).toMatchObject({ verdict: 'pass' });
  const [cut, pause] = run.disturbances;
  expect(pause!.injected! - cut!.healed!).toBeGreaterThanOrEqual(200e6);
});

test('fail before unknown: a hazard that was missed does not hide a duplicate', async () => {
  const { verdict, broken, doubts, run } = await simulate(
    { ...alone, hazards: [{ hazard: 'restarted-with-clock-behind' }] },
    generatorFile(`mint: (into, count) => { const minted = honest.mint(into, count); into[0] = 42n; return minted; }`),
  );
  expect({ verdict, broken, doubts }).toEqual({ verdict: 'fail', broken: ['unique'], doubts: ['hazard not reached'] });
  // A doubt is no reason of a failure.
  expect(run.reasons).toEqual([
    expect.stringMatching(/^unique is broken \d+ times: ".*" That was promised\.$/),
    // 42 is an ID of the epoch.
    expect.stringMatching(/^A remark: the time inside [\d,]+ IDs of [\d,]+ is more than a day from the clock/),
  ]);
  expect(run.unknowns.map(({ reason }) => reason)).toEqual(['hazard not reached']);
});

test('IDs that only failed calls left: they count, the story says so, and what was not promised is remarked', async () => {
  const { verdict, run } = await simulate(
    alone,
    generatorFile(`mint: (into, count) => { into.fill(42n, 0, count); throw new Error('boom'); }`),
  );
  const unique = run.findings.find(({ guarantee }) => guarantee === 'unique')!;
  const closed = run.findings.find(({ guarantee }) => guarantee === 'fails-closed')!;
  expect({ verdict, promised: closed.promised }).toEqual({ verdict: 'fail', promised: false });
  expect(unique.witnesses[0]!.what).toMatch(/which no client got\. So it is with every violation \([\d,]+\): /);
  expect(run.reasons).toContainEqual(
    expect.stringMatching(/^A remark: fails-closed is not promised, and is broken [\d,]+ times: "A refusal /),
  );
  expect(run.reasons).toContainEqual(
    expect.stringMatching(/^A remark: [\d,]+ requests were answered with an error, this one: boom$/),
  );
  // It is a remark where its breach is, and nowhere else.
  expect((await simulate(alone, join(here, 'fixtures/counter.ts'))).run.reasons.join()).not.toContain('remark');
});

test('the same seed gives the same record byte for byte, but for what sits under `measured`', async () => {
  const scenario = scenarioFile({});
  const record = async (): Promise<string> => {
    const { run } = await lab.run({ scenario, driver: 'sim', generator: 'snowflake', seed: '11' });
    return JSON.stringify({ ...run, measured: undefined });
  };
  expect(await record()).toBe(await record());
});

test('two runs at once give what each gives alone', async () => {
  const scenario = scenarioFile({});
  const record = async (seed: string): Promise<string> => {
    const { run } = await lab.run({ scenario, driver: 'sim', generator: 'snowflake', seed });
    return JSON.stringify({ ...run, measured: undefined });
  };
  const alone = [await record('1'), await record('2')];
  expect(await Promise.all([record('1'), record('2')])).toEqual(alone);
});
