/**
 * What every fault must keep, tried on the simulator. A new fault is found by its folder; nobody adds it here.
 */
import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Cluster } from '../core/cluster.ts';
import { ABILITIES } from '../core/cluster.ts';
import type { Evidence } from '../core/disturbance.ts';
import type { Fault, FaultContext } from '../core/fault.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { healthOf, offsetMs, statusOf } from '../core/observe.ts';
import type { Scenario } from '../core/scenario.ts';
import { targetsOf } from '../core/targets.ts';
import { msToNs } from '../core/time.ts';
import { scenarioProblems } from '../engine/preflight.ts';
import { loadParts, loadScenario } from '../registry.ts';
import { BRIEF } from './bad-input-cases.ts';
import { launchSimulated } from './simulated-cluster.ts';

const FOLDER = new URL('../faults/', import.meta.url);
const NAMES = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => basename(file, '.ts'));
const MEMBERS = ['etcd1', 'etcd2', 'etcd3', 'etcd4', 'etcd5'];
const NODES = ['n1', 'n2', 'n3'];
/** How long the disturbance is meant to last with which a fault is tried. */
const PLANNED_MS = 3000;

const parts = await loadParts();
const { faults } = parts;
const brief = await loadScenario(BRIEF);
const alone: Scenario = { ...brief, cluster: { ...brief.cluster, nodes: 3, coordinatorMembers: 0 } };

test('every file is a fault', () => {
  expect([...faults.keys()].toSorted()).toEqual(NAMES.toSorted());
});

describe.each(NAMES)('%s', (name) => {
  const fault = faults.get(name) as Fault;
  const options = fault.options.parse(fault.example);
  // The smaller cluster, unless the fault makes no sense there.
  const three = { nodes: NODES, coordinatorMembers: MEMBERS.slice(0, 3) };
  const shape =
    fault.refuses?.(options, three, PLANNED_MS) === undefined ? three : { nodes: NODES, coordinatorMembers: MEMBERS };
  const launch = (): Promise<Cluster> => launchHealthy(shape.coordinatorMembers.length);

  test('says what it is, needs and holds', () => {
    expect(fault.name).toBe(name);
    expect(fault.summary).not.toBe('');
    for (const need of fault.needs) expect(Object.keys(ABILITIES)).toContain(need);
    expect(fault.refuses?.(options, shape, PLANNED_MS)).toBeUndefined();
    expect(NODES).toEqual(expect.arrayContaining([...fault.reach(options, shape)]));
    expect(fault.touches(options, shape)).toEqual([...new Set(fault.touches(options, shape))]);
  });

  test('takes its example, and no option that it does not know', () => {
    expect(fault.options.safeParse({ ...fault.example, surprise: 1 }).success).toBe(false);
  });

  test('marks the options that name members of the cluster', () => {
    const named = Object.values(options)
      .flat()
      .filter((value) => typeof value === 'string' && [...NODES, ...MEMBERS].includes(value));
    expect(targetsOf(fault.options, options).map((target) => target.name)).toEqual(named);
  });

  test('healing before injecting changes nothing', async () => {
    await using cluster = await launch();
    const before = await incarnations(cluster);
    await fault.heal(cluster, options, context());
    await fault.heal(cluster, options, context());
    await expectHealthy(cluster);
    expect(await incarnations(cluster)).toEqual(before);
  });

  test('is measured in force from inject to heal, and not before or after', async () => {
    await using cluster = await launch();
    const run = context();
    await expectBites(fault, cluster, options, run);
  });

  test('without a coordinator it is refused before anything starts, or is in force and healed as ever', async () => {
    const disturbance = { fault: name, options: ofNodes(fault.example), atMs: 0, forMs: PLANNED_MS };
    const slots = [{ name: 'slot', lengthMs: 2 * PLANNED_MS, disturbances: [disturbance] }];
    const problems = scenarioProblems({ ...alone, timetable: { order: 'given', slots } }, parts);
    expect(problems.map(({ what }) => what)).toEqual(
      fault.coordinators === undefined
        ? []
        : [expect.stringMatching(/cannot be done here.* this one has no coordinator\.$/)],
    );
    if (fault.coordinators !== undefined) return;
    await using cluster = await launchSimulated(0, { options: {} }, 'uuidv7');
    await expectHealthy(cluster);
    const run = context();
    const given = fault.options.parse(disturbance.options);
    await expectBites(fault, cluster, given, run);
  });

  test('any sequence of steps that ends in a heal leaves the cluster as it was', async () => {
    const step = fc.constantFrom('inject', 'heal', 'observe', 'wait');
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
        await using cluster = await launch();
        const run = context();
        for (const next of steps) {
          if (next === 'wait') await cluster.time.sleep(300);
          else await fault[next](cluster, options, run);
        }
        await fault.heal(cluster, options, run);
        await expectHealthy(cluster);
      }),
      { numRuns: 5 },
    );
  });
});

/** Within a second of its injection it is in force, and from then on it stays so; before, and after its heal, it is not. */
async function expectBites(fault: Fault, cluster: Cluster, options: JsonObject, run: FaultContext): Promise<void> {
  expect((await fault.observe(cluster, options, run)).took).not.toBe(true);
  await fault.inject(cluster, options, run);
  const until = cluster.time.now() + msToNs(run.plannedMs);
  const took: Evidence['took'][] = [];
  while (cluster.time.now() < until - msToNs(400)) {
    took.push((await fault.observe(cluster, options, run)).took);
    await cluster.time.sleep(200);
  }
  const first = took.indexOf(true);
  expect(first).toBeGreaterThanOrEqual(0);
  expect(first).toBeLessThanOrEqual(4);
  expect(new Set(took.slice(first))).toEqual(new Set([true]));
  await fault.heal(cluster, options, run);
  await expectHealthy(cluster);
  expect((await fault.observe(cluster, options, run)).took).toBe(false);
}

/** Options that name a node, n3, in place of each coordinator member. */
function ofNodes(options: JsonObject): JsonObject {
  const named = (value: Json): Json => (typeof value === 'string' ? value.replace(/^etcd\d$/, 'n3') : value);
  return Object.fromEntries(
    Object.entries(options).map(([key, value]) => [
      key,
      Array.isArray(value) ? [...new Set((value as readonly Json[]).map(named))] : named(value),
    ]),
  );
}

function context(): FaultContext {
  return { key: 'slot/0-law', plannedMs: PLANNED_MS, notes: new Map() };
}

async function launchHealthy(members: number): Promise<Cluster> {
  const cluster = await launchSimulated(members);
  await cluster.healAll();
  await expectHealthy(cluster);
  return cluster;
}

async function incarnations(cluster: Cluster): Promise<readonly (number | undefined)[]> {
  return (await Promise.all(cluster.nodes.map((node) => healthOf(node)))).map((health) => health?.incarnation);
}

/** Clocks true and running, links whole, processes alive, the coordinator serving: now, or after a few seconds. */
async function expectHealthy(cluster: Cluster): Promise<void> {
  const giveUpAt = cluster.time.now() + msToNs(10_000);
  let wrong = await complaints(cluster);
  while (wrong.length > 0 && cluster.time.now() < giveUpAt) {
    await cluster.time.sleep(200);
    wrong = await complaints(cluster);
  }
  expect(wrong).toEqual([]);
}

async function complaints(cluster: Cluster): Promise<readonly string[]> {
  const members = cluster.coordinator.members;
  const ofNodes = cluster.nodes.map(async (node) => {
    const first = await healthOf(node);
    await cluster.time.sleep(20);
    const second = await healthOf(node);
    const reached = await Promise.all(members.map(({ name }) => node.network.reaches(name, 150)));
    return [
      ...((await node.process.alive()) ? [] : [`${node.name} is not alive`]),
      ...(first === undefined || second === undefined ? [`${node.name} gives no answer`] : []),
      ...(first !== undefined && Math.abs(offsetMs(cluster.origin, first)) > 5
        ? [`the clock of ${node.name} is off`]
        : []),
      ...(first !== undefined && second?.wallMs === first.wallMs ? [`the clock of ${node.name} stands still`] : []),
      ...(reached.includes(false) ? [`${node.name} does not reach every member`] : []),
    ];
  });
  const ofMembers = members.map(async (member) => {
    const status = await statusOf(member);
    return status?.serving === true ? [] : [`${member.name} does not serve`];
  });
  return (await Promise.all([...ofNodes, ...ofMembers])).flat();
}
