/**
 * Clusters without a coordinator, on the simulator: who needs none runs, who needs one is told so before anything starts,
 * and no word is said of a coordinator that was not there.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { Cluster } from '../core/cluster.ts';
import { createRng } from '../core/random.ts';
import type { Run } from '../core/run.ts';
import type { ScenarioInput } from '../core/scenario.ts';
import { coordinatorProblems, scenarioProblems } from '../engine/preflight.ts';
import { randomSchedule } from '../engine/random-schedule.ts';
import { loadGenerators, loadParts, validateScenario } from '../registry.ts';
import { readRun, runFolder, snowglobe } from './cli-process.ts';
import { launchSimulated } from './simulated-cluster.ts';

const ALONE: ScenarioInput = {
  name: 'alone',
  question: 'Do nodes that need nobody keep their promises through a kill and a step of a clock?',
  generator: 'uuidv7',
  cluster: { nodes: 3, coordinatorMembers: 0, zones: { a: { members: ['n1', 'n2'] } } },
  load: { idsPerSecond: 500, batch: { min: 1, max: 20, mean: 10 } },
  warmUpMs: 1000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'killed',
        lengthMs: 4000,
        disturbances: [{ fault: 'zone-down', options: { zone: 'a' }, atMs: 0, forMs: 1000 }],
      },
      {
        name: 'clock-back',
        lengthMs: 4000,
        disturbances: [{ fault: 'clock-step', options: { node: 'n3', byMs: -1000 }, atMs: 0, forMs: 2000 }],
      },
    ],
  },
  recoverMs: 3000,
};

const folder = mkdtempSync(join(tmpdir(), 'snowglobe-alone-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const generators = await loadGenerators();
// A bug that needs real processes is nothing for the simulator.
const alone = generators.filter(({ coordinator, mutant }) => coordinator === 'none' && mutant?.real !== true);
const needy = generators.filter(({ coordinator }) => coordinator !== 'none');

describe('generators', () => {
  test.each(alone.map(({ name }) => name))('%s says that it needs none, and mints without', async (name) => {
    await using cluster = await launchSimulated(0, { options: {} }, name);
    await cluster.time.sleep(5000);
    expect(await statuses(cluster)).toEqual(['minting', 'minting', 'minting']);
    expect(cluster.coordinator.members).toEqual([]);
  });

  // The other side: what honest generators need is not named out of habit.
  test.each(needy.filter(({ mutant }) => mutant === undefined).map(({ name }) => name))(
    '%s needs one, and never mints without',
    async (name) => {
      await using cluster = await launchSimulated(0, { options: {} }, name);
      await cluster.time.sleep(20_000);
      expect(await statuses(cluster)).not.toContain('minting');
    },
  );

  test('each that needs one is refused, and told what would mend it', () => {
    const scenario = validateScenario(ALONE, 'here');
    for (const generator of needy)
      expect(coordinatorProblems(scenario, generator), generator.name).toMatchObject([
        {
          what: `The generator ${generator.name} needs ${generator.coordinator ?? 'etcd'}, and the cluster of the scenario has no coordinator.`,
          remedy: expect.stringContaining('coordinatorMembers: 1') as unknown,
          where: 'alone: cluster.coordinatorMembers',
        },
      ]);
    for (const generator of alone) expect(coordinatorProblems(scenario, generator), generator.name).toEqual([]);
  });
});

test('random schedules disturb only what is there', async () => {
  const parts = await loadParts();
  const base = validateScenario(ALONE, 'here');
  const seen = new Set<string>();
  fc.assert(
    fc.property(fc.integer({ min: 0 }), (seed) => {
      const drawn = randomSchedule(base, parts.faults, createRng(seed));
      for (const { disturbances } of drawn.timetable.slots) for (const { fault } of disturbances) seen.add(fault);
      expect(scenarioProblems(drawn, parts)).toEqual([]);
    }),
  );
  expect([...seen]).toEqual(expect.arrayContaining(['kill', 'pause', 'clock-step']));
});

describe('a run', () => {
  test('is judged as any other, and neither its record nor its report knows of a coordinator', async () => {
    const { code, text, run, report } = await runAlone('uuidv7');
    expect({ code, verdict: run.verdict, unknowns: run.unknowns }).toEqual({ code: 0, verdict: 'pass', unknowns: [] });
    expect(run.disturbances.map(({ bit, disturbs, reach }) => ({ bit, disturbs, reach }))).toEqual([
      // No member of a coordinator went down with the zone: nobody else may refuse because of it.
      { bit: true, disturbs: ['process'], reach: ['n1', 'n2'] },
      { bit: true, disturbs: ['clock'], reach: ['n3'] },
    ]);
    const { scenario: _, ...told } = run;
    const mentionsIn = (words: string): readonly string[] => words.match(/.{0,20}(coordinator|etcd).{0,20}/gi) ?? [];
    expect(mentionsIn(JSON.stringify(told) + text)).toEqual([]);
    // The scenario as it was asked for, and an example in the page's own glossary.
    expect(mentionsIn(report)).toEqual([
      '    &quot;coordinatorMembers&quot;: 0,',
      expect.stringContaining('such as a coordinator that ended a lease'),
    ]);
  });

  test('still finds two holders of one worker ID, and lays it at no coordinator', async () => {
    const { code, run } = await runAlone('same-worker-id');
    expect(code).toBe(10);
    const causes = run.findings.flatMap(({ promised, witnesses }) =>
      promised ? witnesses.map((one) => one.cause) : [],
    );
    expect(new Set(causes)).toEqual(new Set(['two holders: no lease']));
  });
});

async function statuses({ nodes }: Cluster): Promise<readonly string[]> {
  return Promise.all(
    nodes.map(async (node) => (await node.health(1000).catch(() => undefined))?.status ?? 'no answer'),
  );
}

async function runAlone(
  generator: string,
): Promise<{ readonly code: number | null; readonly text: string; readonly run: Run; readonly report: string }> {
  const [file, runs] = [join(folder, 'alone.json'), join(folder, generator)];
  writeFileSync(file, JSON.stringify(ALONE));
  const args = ['run', file, '--driver', 'sim', '--seed', '3', '--generator', generator, '--runs', runs];
  const { code, stdout, stderr } = await snowglobe(args).ended;
  const kept = await runFolder(runs);
  return { code, text: stdout + stderr, run: readRun(kept), report: readFileSync(join(kept, 'report.html'), 'utf8') };
}
