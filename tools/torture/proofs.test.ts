import { expect, test } from 'vitest';
import type { Generator, Mutant } from '../../harness/core/generator.ts';
import { loadScenario } from '../../harness/registry.ts';
import type { Lab, LabRun } from '../lab.ts';
import { honestThroughScenarios, mutantFor, prove } from './proofs.ts';
import type { Trial } from './trial.ts';

const mutant = (name: string, more: Partial<Mutant> = {}): Generator =>
  ({
    name,
    mutant: { breaks: ['unique'], because: 'sequence reset within a tick', shownBy: ['storm'], ...more },
    promises: [],
    layout: {},
    node: { kind: 'shell' },
  }) as unknown as Generator;
const needsNone = mutant('a', { needsNoDisturbance: true });
const real = mutant('b', { real: true });
const plain = mutant('c');
const simulated = mutant('d', { simulated: true });

/** Each mutant fails where there are disturbances. */
const lab: Lab = {
  run: ({ generator, seed, calm }) => {
    const fails = generator !== 'snowflake' && calm !== true;
    return Promise.resolve({
      generator,
      seed,
      verdict: fails ? 'fail' : 'pass',
      broken: fails ? ['unique'] : [],
      causes: fails ? { unique: ['sequence reset within a tick'] } : {},
      doubts: [],
      run: { slos: [] },
    } as unknown as LabRun);
  },
};
async function proofs(...mutants: readonly Generator[]): Promise<readonly Trial[]> {
  const trials: Trial[] = [];
  for await (const trial of prove(lab, 'sim', await loadScenario('storm'), mutants)) trials.push(trial);
  return trials;
}

test('the mutant that needs a disturbance is taken, and a real one on real drivers where there is no other', () => {
  expect(mutantFor('storm', [needsNone, real, plain], false)).toBe(plain);
  expect(mutantFor('storm', [needsNone, real, plain], true)).toBe(plain);
  expect(mutantFor('storm', [needsNone, real], false)).toBe(needsNone);
  expect(mutantFor('storm', [needsNone, real], true)).toBe(real);
  expect(mutantFor('storm', [real], false)).toBeUndefined();
  expect(mutantFor('storm', [simulated, plain], false)).toBe(simulated);
  expect(mutantFor('storm', [simulated, plain], true)).toBe(plain);
  expect(mutantFor('storm', [simulated], true)).toBeUndefined();
  expect(mutantFor('burst', [plain], true)).toBeUndefined();
});

test('a scenario for which there is no mutant says so in a trial that did not pass', async () => {
  const trials = await proofs(real);
  expect(trials.map(({ generator, verdict }) => [generator, verdict])).toEqual([
    ['snowflake through storm', 'pass'],
    ['no mutant through storm', 'fail'],
  ]);
});

test('three proofs, and a third one that cannot be had is told', async () => {
  expect((await proofs(needsNone, plain)).map(({ generator, verdict }) => [generator, verdict])).toEqual([
    ['snowflake through storm', 'pass'],
    ['c through storm, to be caught', 'pass'],
    ['c through storm without disturbances', 'pass'],
  ]);
  const [, caught, ...rest] = await proofs(needsNone);
  expect(caught).toMatchObject({ verdict: 'pass', counted: { 'without a third proof': 1 } });
  expect(caught!.remark).toContain('no third proof');
  expect(rest).toEqual([]);
});

test('an SLO that an honest generator missed is told by its name', async () => {
  const slos = [
    { name: 'latency-p99', verdict: 'fail', value: 312.5 },
    { name: 'errors', verdict: 'pass', value: 0 },
  ];
  const missing: Lab = {
    run: ({ generator, seed }) =>
      Promise.resolve({ generator, seed, verdict: 'fail', broken: [], doubts: [], run: { slos } } as unknown as LabRun),
  };
  const trials: Trial[] = [];
  for await (const trial of honestThroughScenarios(missing, 'sim', [1])) trials.push(trial);
  expect(trials).toMatchObject([{ verdict: 'fail', broken: ['latency-p99 missed (312.5)'] }]);
});
