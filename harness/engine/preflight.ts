/**
 * All that can be found wrong with a run before anything starts. Pure; every problem at once.
 */
import type { Ability, Zones } from '../core/cluster.ts';
import { ABILITIES, ABILITY_NEEDS, optionsOf, placeOf } from '../core/cluster.ts';
import type { CoordinatorKind } from '../core/coordinator-kind.ts';
import {
  COORDINATOR_KINDS,
  coordinatorKindOf,
  coordinatorWords,
  DEFAULT_COORDINATOR,
} from '../core/coordinator-kind.ts';
import { coordinatorsByRegion } from '../core/coordinators.ts';
import type { Problem } from '../core/errors.ts';
import { messageOf, problem } from '../core/errors.ts';
import type { Generator } from '../core/generator.ts';
import type { Fault } from '../core/fault.ts';
import type { Hazard } from '../core/hazard.ts';
import type { Scenario } from '../core/scenario.ts';
import { HOLDER, resolveTargets } from '../core/scenario.ts';
import { chooseAmong } from '../core/nearest-name.ts';
import { z } from '../core/schema.ts';
import { shapeProblem } from '../core/shape-problem.ts';
import type { TargetKind } from '../core/targets.ts';
import { targetsOf } from '../core/targets.ts';
import type { Indicators } from './judge-slos.ts';
import { scopeProblems } from './scope-problems.ts';
import { signalProblems } from './signal-problems.ts';
import { sloProblems } from './slo-problems.ts';
import { shapeOf, timetableProblems } from './timetable.ts';

/** What a scenario may name. */
export interface PreflightParts {
  readonly faults: ReadonlyMap<string, Fault>;
  readonly hazards: ReadonlyMap<string, Hazard>;
  readonly indicators: Indicators;
}

/** Mistakes of the scenario's author: exit 2. */
export function scenarioProblems(
  scenario: Scenario,
  { faults, hazards, indicators }: PreflightParts,
): readonly Problem[] {
  return [
    ...poolProblems(scenario),
    ...memberProblems(scenario),
    ...regionProblems(scenario),
    ...strangerProblems(scenario),
    ...disturbanceProblems(scenario, faults),
    ...signalProblems(scenario, [HOLDER, ...shapeOf(scenario).nodes]),
    ...hazardProblems(scenario, hazards),
    ...sloProblems(scenario, indicators, faults),
    ...timetableProblems(scenario, (name) => faults.get(name)),
  ];
}

/** What a machine has to have for it, as a sentence before others. */
function lackOf(ability: Ability): string {
  const needs = ABILITY_NEEDS[ability];
  return needs === undefined ? '' : `It takes ${needs}. `;
}

/** What the scenario needs and the driver cannot do here: exit 3. */
export function abilityProblems(
  scenario: Scenario,
  faults: ReadonlyMap<string, Fault>,
  driver: string,
  abilities: ReadonlySet<Ability>,
): readonly Problem[] {
  // Where all that can be done are commands of the user's, no other driver helps: its nodes run elsewhere.
  const remedy = abilities.has('hook')
    ? 'Nodes at URLs are disturbed by commands of yours alone (the fault hook, docs/SCENARIOS.md): take another scenario, or --without-disturbances.'
    : 'Run `snowglobe doctor` to see what is missing, or take another driver with --driver.';
  return [...neededAbilities(scenario, faults)]
    .filter(([ability]) => !abilities.has(ability))
    .map(([ability, fault]) =>
      problem(
        `The driver ${driver} cannot ${ABILITIES[ability]} on this machine, and the fault ${fault} needs it.`,
        `${abilities.has('hook') ? '' : lackOf(ability)}${remedy}`,
        scenario.name,
      ),
    );
}

/** What the faults of a scenario need, each with one of the faults that needs it. */
export function neededAbilities(scenario: Scenario, faults: ReadonlyMap<string, Fault>): ReadonlyMap<Ability, string> {
  const needed = new Map<Ability, string>();
  for (const slot of scenario.timetable.slots)
    for (const { fault } of slot.disturbances)
      for (const need of faults.get(fault)?.needs ?? []) needed.set(need, fault);
  return needed;
}

/** A node holds one worker ID at a time: of a larger pool some would never be held, and no generator could help it. */
function poolProblems({ name, pool, cluster }: Scenario): readonly Problem[] {
  return pool === undefined || pool <= cluster.nodes
    ? []
    : [
        problem(
          `The pool has ${pool} worker IDs, and the cluster only ${cluster.nodes} nodes to hold them.`,
          `Take a pool of at most ${cluster.nodes}, or more nodes.`,
          `${name}: pool`,
        ),
      ];
}

/** More members than its kind of coordinator can have, or none and something said of it all the same. */
function memberProblems({ name, cluster }: Scenario): readonly Problem[] {
  if (coordinatorKindOf(cluster) === 'none')
    return (['coordinator', 'coordinatorPerRegion', 'simulated'] as const)
      .filter((field) => cluster[field] !== undefined && cluster[field] !== false)
      .map((field) =>
        problem(
          `The cluster has no coordinator (coordinatorMembers: 0), and cluster.${field} says something of one.`,
          `Leave ${field} out, or give the cluster a coordinator: coordinatorMembers: 1, or 3.`,
          `${name}: cluster.${field}`,
        ),
      );
  const kind = cluster.coordinator ?? DEFAULT_COORDINATOR;
  const { membersMax } = COORDINATOR_KINDS[kind];
  return cluster.coordinatorMembers <= membersMax
    ? []
    : [
        problem(
          `The cluster has ${cluster.coordinatorMembers} members of ${kind}, which can have ${membersMax} at the most.`,
          `Take ${membersMax}.`,
          `${name}: cluster.coordinatorMembers`,
        ),
      ];
}

/** An address each is kept for them. */
const ALL_MEMBERS_MAX = 50;

/** Where each region has a coordinator of its own: whoever lies in none, and a coordinator of another size than asked. */
function regionProblems(scenario: Scenario): readonly Problem[] {
  const { name, cluster } = scenario;
  const { coordinatorMembers, zones } = cluster;
  const regions = coordinatorsByRegion(cluster);
  // That there is none at all is told of the members.
  if (regions === undefined || coordinatorMembers === 0) return [];
  const where = `${name}: cluster.coordinatorPerRegion`;
  if (regions.length === 0)
    return [
      problem(
        'Each region is to have a coordinator of its own, and no zone of the cluster lies in a region.',
        "Name regions: zones: { 'eu-a': { region: 'eu', members: ['n1', 'etcd1'] } }, or leave coordinatorPerRegion out.",
        where,
      ),
    ];
  const { nodes, coordinatorMembers: members } = shapeOf(scenario);
  if (members.length > ALL_MEMBERS_MAX)
    return [
      problem(
        `${regions.length} coordinators of ${coordinatorMembers} members are ${members.length} members in all; ${ALL_MEMBERS_MAX} is the most.`,
        'Take fewer regions, or smaller coordinators.',
        where,
      ),
    ];
  const placed = regions.flatMap((region) => [...region.nodes, ...region.members]);
  const homeless = [...nodes, ...members].filter((one) => !placed.includes(one));
  return [
    ...(homeless.length === 0
      ? []
      : [
          problem(
            `${homeless.join(', ')} ${homeless.length === 1 ? 'lies' : 'lie'} in no region, and each region has a coordinator of its own.`,
            `Put ${homeless.length === 1 ? 'it' : 'them'} into a zone with a region.`,
            `${name}: cluster.zones`,
          ),
        ]),
    ...regions
      .filter((region) => region.members.length !== coordinatorMembers)
      .map((region) =>
        problem(
          `The coordinator of ${region.region} would have ${counted(region.members)}, and coordinatorMembers says ${coordinatorMembers}.`,
          `Put ${coordinatorMembers} of ${members.join(', ')} into the zones of ${region.region}.`,
          `${name}: cluster.zones.${zoneIn(region.region, zones)}`,
        ),
      ),
  ];
}

function counted(members: readonly string[]): string {
  return members.length === 0 ? 'no members' : `${members.length} (${members.join(', ')})`;
}

/** The first zone of a region. */
function zoneIn(region: string, zones: Zones): string {
  return Object.keys(zones).find((zone) => zones[zone]?.region === region) ?? '';
}

/** Why this generator cannot be taken through this scenario: exit 2. */
export function combinationProblems(scenario: Scenario, generator: Generator): readonly Problem[] {
  const ofCoordinator = coordinatorProblems(scenario, generator);
  // The options of a scenario for another coordinator are those of other generators.
  return ofCoordinator.length > 0
    ? ofCoordinator
    : [...generatorProblems(scenario, generator), ...scopeProblems(scenario, generator)];
}

/** A generator that needs another coordinator than the scenario has would wait for ever. */
export function coordinatorProblems(
  { name, cluster }: Scenario,
  generator: Pick<Generator, 'name' | 'coordinator'>,
): readonly Problem[] {
  const needed = generator.coordinator ?? DEFAULT_COORDINATOR;
  const given = coordinatorKindOf(cluster);
  if (needed === 'none' || needed === given) return [];
  const what = `The generator ${generator.name} needs ${needed}, and the cluster of the scenario has ${coordinatorWords(given)}.`;
  return given === 'none'
    ? [
        problem(
          what,
          `Take another generator, or give the cluster { coordinator: '${needed}', coordinatorMembers: 1 }. A generator of your own that needs nothing of a coordinator says so: coordinator: 'none'.`,
          `${name}: cluster.coordinatorMembers`,
        ),
      ]
    : [
        problem(
          what,
          `Take another generator, or a scenario whose cluster has { coordinator: '${needed}' }.`,
          `${name}: cluster.coordinator`,
        ),
      ];
}

/** Why the generator cannot run on the scenario's nodes: exit 2. */
export function generatorProblems(scenario: Scenario, generator: Generator): readonly Problem[] {
  const { name, cluster } = scenario;
  const nodes = shapeOf(scenario).nodes.map((node, index) => ({
    name: node,
    index,
    options: optionsOf(cluster, node),
    ...placeOf(cluster, node),
  }));
  let refusal: string | undefined;
  try {
    refusal = generator.refuses?.(nodes);
  } catch (error) {
    refusal = `its own refuses threw: ${messageOf(error)}`;
  }
  return refusal === undefined
    ? []
    : [
        problem(
          `${generator.name} cannot run on these nodes: ${refusal}.`,
          'Correct the options, or take another generator.',
          `${name}: cluster`,
        ),
      ];
}

/** Options or zones of nodes that do not exist, and members in two zones. */
function strangerProblems(scenario: Scenario): readonly Problem[] {
  const { nodes, coordinatorMembers } = shapeOf(scenario);
  const { perNode, zones } = scenario.cluster;
  const members = [...nodes, ...coordinatorMembers];
  const zoned = Object.entries(zones).flatMap(([zone, { members }]) => members.map((member) => ({ zone, member })));
  return [
    ...Object.keys(perNode)
      .filter((node) => !nodes.includes(node))
      .map((node) =>
        problem(
          `There are options for ${node}, and there is no such node in the cluster.`,
          `Take one of ${nodes.join(', ')}.`,
          `${scenario.name}: cluster.perNode`,
        ),
      ),
    ...zoned.flatMap(({ zone, member }, index) => {
      const where = `${scenario.name}: cluster.zones.${zone}`;
      if (!members.includes(member))
        return [
          problem(
            `Zone ${zone} names ${member}, and there is no such member in the cluster.`,
            `Take from ${members.join(', ')}.`,
            where,
          ),
        ];
      const other = zoned.slice(0, index).find((earlier) => earlier.member === member);
      return other === undefined
        ? []
        : [problem(`${member} is in zone ${other.zone} already.`, 'Put it in one zone only.', where)];
    }),
  ];
}

function disturbanceProblems(scenario: Scenario, faults: ReadonlyMap<string, Fault>): readonly Problem[] {
  const shape = shapeOf(scenario);
  const unserved = shape.coordinatorMembers.length === 0 ? ', which has no coordinator' : '';
  const named: { readonly [Kind in TargetKind]: readonly string[] } = {
    node: [HOLDER, ...shape.nodes],
    'coordinator member': shape.coordinatorMembers,
    member: [HOLDER, ...shape.nodes, ...shape.coordinatorMembers],
  };
  return scenario.timetable.slots.flatMap((slot, slotIndex) =>
    slot.disturbances.flatMap((disturbance, index) => {
      const where = `${scenario.name}: timetable.slots[${slotIndex}] (${slot.name}).disturbances[${index}]`;
      const fault = faults.get(disturbance.fault);
      if (fault === undefined)
        return [
          problem(
            `There is no fault called "${disturbance.fault}".`,
            chooseAmong(disturbance.fault, [...faults.keys()], 'snowglobe list --faults'),
            where,
          ),
        ];
      const options = resolveTargets(disturbance.options, shape.nodes[0] ?? HOLDER);
      const parsed = fault.options.safeParse(options);
      if (!parsed.success)
        return [
          problem(
            `The options of ${fault.name} are wrong: ${shapeProblem(options, parsed.error, fault.options)}.`,
            `It takes ${optionNames(fault)}; \`snowglobe list --faults\` says what each is.`,
            where,
          ),
        ];
      const ofKind = kindRefusal(fault, scenario);
      // What it names of a coordinator that it cannot be done with need not be told as well.
      const strangers =
        ofKind === undefined
          ? targetsOf(fault.options, disturbance.options).filter(({ kind, name }) => !named[kind].includes(name))
          : [];
      const refusal =
        ofKind ?? (strangers.length === 0 ? fault.refuses?.(parsed.data, shape, disturbance.forMs) : undefined);
      return [
        ...strangers.map(({ kind, name }) =>
          problem(
            `${fault.name} names ${name}, and there is no such ${kind} in the cluster${unserved}.`,
            `Take one of ${named[kind].join(', ')} (${HOLDER}: a node that holds a worker ID at that moment).`,
            where,
          ),
        ),
        ...(refusal === undefined
          ? []
          : [
              problem(
                `${fault.name} cannot be done here. ${refusal}`,
                'Change the cluster, or take another fault.',
                where,
              ),
            ]),
      ];
    }),
  );
}

function optionNames({ options }: Fault): string {
  const { properties = {} } = z.toJSONSchema(options, { io: 'input' });
  const names = Object.keys(properties);
  return names.length === 0 ? 'none' : names.join(', ');
}

/** Why a fault or hazard means nothing with the cluster's coordinator, as a sentence. */
function kindRefusal(
  { coordinators }: { readonly coordinators?: readonly CoordinatorKind[] },
  { cluster }: Scenario,
): string | undefined {
  const kind = coordinatorKindOf(cluster);
  return coordinators === undefined || (kind !== 'none' && coordinators.includes(kind))
    ? undefined
    : `It is for clusters with ${coordinators.join(' or ')}, and this one has ${coordinatorWords(kind)}.`;
}

function hazardProblems(scenario: Scenario, hazards: ReadonlyMap<string, Hazard>): readonly Problem[] {
  return scenario.hazards.flatMap(({ hazard: name, options }, index) => {
    const where = `${scenario.name}: hazards[${index}]`;
    const hazard = hazards.get(name);
    if (hazard === undefined)
      return [
        problem(
          `There is no hazard called "${name}".`,
          chooseAmong(name, [...hazards.keys()], 'snowglobe list --hazards'),
          where,
        ),
      ];
    const schema = hazard.options ?? z.strictObject({});
    const parsed = schema.safeParse(options);
    const refusal = kindRefusal(hazard, scenario);
    if (parsed.success && refusal !== undefined)
      return [
        problem(`${name} cannot come about here. ${refusal}`, 'Change the cluster, or leave the hazard out.', where),
      ];
    return parsed.success
      ? []
      : [
          problem(
            `The options of ${name} are wrong: ${shapeProblem(options, parsed.error, schema)}.`,
            'Mend them, or leave them out to take the defaults.',
            where,
          ),
        ];
  });
}
