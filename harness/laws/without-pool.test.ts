/**
 * Scenarios without a pool of worker IDs, on the simulator: each node counts for itself, and what it holds may have no
 * name.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Lab, LabRun } from '../../tools/lab.ts';
import { createLab } from '../../tools/lab.ts';
import type { JsonObject } from '../core/json.ts';
import type { ScenarioInput } from '../core/scenario.ts';
import { generatorProblems, scenarioProblems } from '../engine/preflight.ts';
import { loadGenerator, loadParts, validateScenario } from '../registry.ts';

const here = import.meta.dirname;
const nameless = join(here, 'fixtures/nameless.ts');
const { pool: _, ...brief } = JSON.parse(readFileSync(join(here, 'fixtures/brief.json'), 'utf8')) as ScenarioInput;
const folder = mkdtempSync(join(tmpdir(), 'snowglobe-without-pool-'));
let lab: Lab;
beforeAll(async () => {
  lab = await createLab(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const scenarioWith = (cluster: Partial<ScenarioInput['cluster']>): ScenarioInput => ({
  ...brief,
  cluster: { nodes: 2, coordinatorMembers: 1, ...cluster },
});

async function simulate(perNode: { readonly [node: string]: JsonObject } = {}): Promise<LabRun> {
  const file = join(folder, 'scenario.json');
  writeFileSync(file, JSON.stringify(scenarioWith({ perNode })));
  return lab.run({ scenario: file, driver: 'sim', generator: nameless, seed: '3' });
}

test('nodes that hold nothing with a name are holders, warm up, recover and pass', async () => {
  const { verdict, doubts, run } = await simulate();
  expect({ verdict, doubts }).toEqual({ verdict: 'pass', doubts: [] });
  expect(run.disturbances[0]).toMatchObject({ bit: true });
  expect(run.findings.find(({ guarantee }) => guarantee === 'recovers')).toMatchObject({ checked: 2, unit: 'nodes' });
});

test('two nodes that mint one ID of 128 bits are told with the whole of it', async () => {
  const { verdict, broken, run } = await simulate({ n2: { twin: true } });
  expect({ verdict, broken }).toEqual({ verdict: 'fail', broken: ['unique'] });
  const [witness] = run.findings.find(({ guarantee }) => guarantee === 'unique')!.witnesses;
  expect(BigInt(witness!.sightings[0]!.id!)).toBeGreaterThan(2n ** 100n);
  expect(new Set(witness!.sightings.map(({ node }) => node))).toEqual(new Set(['n1', 'n2']));
});

test('a node that is asked and mints no more after the heal has not recovered', async () => {
  const { verdict, broken, run } = await simulate({ n2: { until: 1500 } });
  expect({ verdict, broken }).toEqual({ verdict: 'fail', broken: ['recovers'] });
  const [witness] = run.findings.find(({ guarantee }) => guarantee === 'recovers')!.witnesses;
  expect(witness?.what).toMatch(/^n2 /);
  expect(witness?.worker).toBeUndefined();
});

test('a node that never holds what it needs makes the run unknown', async () => {
  const { verdict, run } = await simulate({ n2: { ready: false } });
  expect(verdict).toBe('unknown');
  expect(run.unknowns.map(({ detail }) => detail)).toContain(
    'Within 15 s the nodes were not all ready to mint at once (never: n2).',
  );
});

test('options, zones and nodes that do not fit are told before anything starts', async () => {
  const [parts, { generator }] = await Promise.all([loadParts(), loadGenerator(nameless)]);
  const problems = (cluster: Partial<ScenarioInput['cluster']>): string[] => {
    const scenario = validateScenario(scenarioWith(cluster), 'here');
    return [...scenarioProblems(scenario, parts), ...generatorProblems(scenario, generator)].map(({ what }) => what);
  };
  expect(problems({})).toEqual([]);
  expect(problems({ perNode: { n3: {} } })).toEqual([expect.stringContaining('options for n3')]);
  expect(problems({ zones: { a: { members: ['n1', 'etcd9'] } } })).toEqual([expect.stringContaining('names etcd9')]);
  expect(problems({ zones: { a: { members: ['n1'] }, b: { members: ['etcd1', 'n1'] } } })).toEqual([
    'n1 is in zone a already.',
  ]);
  expect(problems({ perNode: { n2: { ready: 'perhaps' } } })).toEqual([
    'nameless cannot run on these nodes: one is perhaps ready.',
  ]);
});
