/**
 * Each generator here with each scenario here: preflight refuses the two, or every node accepts its options and starts. A
 * node that dies of its options in the midst of a run would look like a generator that does not recover.
 */
import { expect, test } from 'vitest';
import { createRng } from '../core/random.ts';
import { SimCluster } from '../drivers/sim/cluster.ts';
import simulator from '../drivers/sim/driver.ts';
import { Guard } from '../drivers/sim/guard.ts';
import { driverProblems } from '../engine/driver-problems.ts';
import { combinationProblems } from '../engine/preflight.ts';
import { loadGenerators, loadScenarios } from '../registry.ts';

/** Past the first starts, and the first thing that a node does. */
const STARTED_MS = 500;

const scenarios = await loadScenarios();
const here = (await loadGenerators()).filter((one) => driverProblems(one, simulator).length === 0);

test.each(here)('$name starts wherever it is not refused', async (generator) => {
  const clusters = scenarios
    .filter((scenario) => combinationProblems(scenario, generator).length === 0)
    .map(({ cluster }) => cluster);
  expect(clusters).not.toEqual([]);
  for (const spec of new Map(clusters.map((cluster) => [JSON.stringify(cluster), cluster])).values()) {
    const cluster = new SimCluster({
      spec,
      generator,
      load: async () => generator,
      guard: new Guard(generator.name),
      rng: createRng('first starts'),
      log: () => undefined,
    });
    await cluster.time.sleep(STARTED_MS);
    cluster.assertClean();
    for (const node of cluster.nodes)
      expect({ spec, node: node.name, why: await node.lastWords() }).toEqual({ spec, node: node.name, why: undefined });
    await cluster[Symbol.asyncDispose]();
  }
});
