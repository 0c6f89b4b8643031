import { describe, expect, test } from 'vitest';
import type { GeneratorSource } from '../core/driver.ts';
import { SnowglobeError } from '../core/errors.ts';
import { loadGenerator, loadParts, loadScenario } from '../registry.ts';
import { optionsRead, readsOption } from './options.ts';
import type { MatrixPlan } from './plan.ts';
import { planMatrix } from './plan.ts';

const parts = await loadParts();
const storm = await loadScenario('storm');

async function plan(words: readonly string[], scenario = storm, flags = {}): Promise<MatrixPlan> {
  return planMatrix({
    parts,
    words,
    scenario,
    generator: await loadGenerator(scenario.generator),
    flags: { generator: false, seed: false, ...flags },
    load: loadGenerator,
  });
}

/** What is wrong, and where. */
async function refused(...words: readonly string[]): Promise<readonly string[]> {
  try {
    await plan(words);
  } catch (error) {
    if (error instanceof SnowglobeError)
      return error.problems.map(({ what, where, remedy }) => `${where}: ${what} ${remedy}`);
    throw error;
  }
  return [];
}

describe('an axis changes the scenario', () => {
  test('ttl is the option ttlMs in seconds, and ttlMs the same in milliseconds', async () => {
    const ttls = async (word: string) =>
      (await plan([word])).combinations.map(({ scenario }) => scenario.cluster.options['ttlMs']);
    expect(await ttls('ttl=5,1.1')).toEqual([5000, 1100]);
    expect(await ttls('ttlMs=5000,1100')).toEqual([5000, 1100]);
  });

  test('pool is what the scenario asks for and what the generator is told', async () => {
    const [one, two] = (await plan(['pool=1,4'])).combinations;
    expect([one?.scenario.pool, one?.scenario.cluster.options['pool']]).toEqual([1, 1]);
    expect([two?.scenario.pool, two?.scenario.cluster.options['pool']]).toEqual([4, 4]);
  });

  test('load is what each node is asked for, in the simulator too', async () => {
    const [{ load } = storm] = (await plan(['load=600'])).combinations.map(({ scenario }) => scenario);
    expect(load.idsPerSecond).toBe(600);
    expect(load.simulated.batchesPerSecond * load.simulated.batch.mean).toBeCloseTo(600);
  });

  test('generators and seeds go with the run, and are repeated by flags of their own', async () => {
    const { combinations } = await plan(['generator=snowflake,snowflake-cached', 'seed=1,07', 'nodes=5']);
    expect(combinations.map(({ generator, seed }) => [generator.generator.name, seed])).toEqual([
      ['snowflake', '1'],
      ['snowflake', '7'],
      ['snowflake-cached', '1'],
      ['snowflake-cached', '7'],
    ]);
    expect(combinations.map(({ flags }) => flags)).toEqual(Array.from({ length: 4 }, () => ['nodes=5']));
  });

  test('a word stays a word where the generator wants one', async () => {
    const { combinations } = await plan(['afterRestart=old,new'], await loadScenario('restart-old-id'));
    expect(combinations.map(({ scenario }) => scenario.cluster.options['afterRestart'])).toEqual(['old', 'new']);
  });
});

describe('refused before anything starts, in the words of the axis', () => {
  test.each([
    ['tll=5', '--matrix tll: There is no axis "tll": snowflake reads no option of that name. Did you mean ttl?'],
    ['ttl=x', '--matrix ttl=x: "x" is no number of seconds. Give numbers, such as 5 or 0.5.'],
    ['nodes=0', '--matrix nodes=0: "0" is no number of nodes. Give whole numbers from 1 to 64.'],
    ['seed=-1', '--matrix seed=-1: "-1" is no seed. Give whole numbers from 0 to 999999999999999 (15 digits).'],
    ['load=0', '--matrix load=0: "0" is no number of IDs a second and node. Give numbers above 0, such as 20000.'],
  ])('%s', async (word, told) => {
    expect(await refused(word)).toEqual([told]);
  });

  test('a value that the generator does not take, by its own word', async () => {
    const [told, ...others] = await refused('ttl=5,0.5');
    expect(told).toMatch(
      /^--matrix ttl=0.5: snowflake cannot run on these nodes: .*'ttlMs' must be an integer from 1000/,
    );
    expect(others).toEqual([]);
  });

  test('an option that only some of the generators read', async () => {
    const [told] = await refused('generator=snowflake-remembered,snowflake', 'afterRestart=new');
    expect(told).toMatch(/^--matrix generator=snowflake afterRestart=new: .*'afterRestart' is not known/);
  });

  test('a heartbeat that is not shorter than the TTL, once for all combinations that have it', async () => {
    expect(await refused('heartbeat=1,5', 'ttl=5,30', 'seed=1,2')).toEqual([
      '--matrix heartbeat=5 ttl=5 seed=1 (and 1 more combination): A heartbeat of 5 s is not shorter than the TTL of 5 s: the lease would end before it is kept alive. Take a heartbeat of a third of the shortest TTL, or less.',
    ]);
  });

  test('a pool that the nodes cannot hold', async () => {
    expect(await refused('pool=3', 'nodes=2')).toEqual([
      '--matrix pool=3 nodes=2: storm: pool: The pool has 3 worker IDs, and the cluster only 2 nodes to hold them. Take a pool of at most 2, or more nodes.',
    ]);
  });

  test('one option under two names, and an axis beside its flag', async () => {
    expect(await refused('ttl=5', 'ttlMs=6000')).toEqual([
      '--matrix ttlMs: ttl and ttlMs are one option. Give one of them.',
    ]);
    await expect(plan(['generator=snowflake'], storm, { generator: true })).rejects.toThrow(
      '--generator: There is an axis generator, and --generator too.',
    );
  });

  test('all problems at once', async () => {
    const told = await refused('generator=snowflak,snowflake', 'tll=5', 'nodes=x', 'seed=1,1', 'ttl=0.1');
    expect(told.map((one) => one.split(': ')[0])).toEqual([
      '--matrix seed=1,1',
      '--matrix generator=snowflak',
      '--matrix tll',
      '--matrix nodes=x',
      '--matrix ttl=0.1',
    ]);
  });
});

describe('which options a generator reads is found out by what it refuses', () => {
  const source = (name: string): Promise<GeneratorSource> => loadGenerator(name);

  test('snowflake reads what it names', async () => {
    const { generator } = await source('snowflake');
    expect([...optionsRead(storm, generator)].sort()).toEqual(
      ['aheadMaxMs', 'datacenter', 'firstWorkerId', 'heartbeatMs', 'pool', 'ttlMs'].sort(),
    );
    expect(readsOption(storm, generator, 'ttl')).toBe(false);
  });

  test('one that refuses nothing is taken to read what its scenario gives', async () => {
    const { generator } = await source('segment');
    const scenario = await loadScenario('segment-killed');
    expect(readsOption(scenario, generator, 'step')).toBe(true);
    expect(readsOption(scenario, generator, 'stepp')).toBe(false);
  });
});
