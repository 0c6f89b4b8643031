/**
 * The timetable: which slot comes when, and whether two disturbances would hold one thing at once. Pure.
 */
import { coordinatorMembersOf, coordinatorsByRegion } from '../core/coordinators.ts';
import type { Problem } from '../core/errors.ts';
import { problem } from '../core/errors.ts';
import type { ClusterShape, Fault } from '../core/fault.ts';
import type { Rng } from '../core/random.ts';
import type { Scenario, Slot } from '../core/scenario.ts';
import { HOLDER, resolveTargets } from '../core/scenario.ts';

/** The slots in the order of this seed. */
export function orderSlots(scenario: Scenario, rng: Rng): readonly Slot[] {
  const { order, slots } = scenario.timetable;
  return order === 'given' ? slots : rng.fork('order of slots').shuffle(slots);
}

/** How long the load lasts if nothing is late, in milliseconds. */
export function plannedLengthMs(scenario: Scenario): number {
  return (
    scenario.warmUpMs + scenario.timetable.slots.reduce((sum, slot) => sum + slot.lengthMs, 0) + scenario.recoverMs
  );
}

/** The same cluster and load, for the same time, with nothing done to it. */
export function withoutDisturbances(scenario: Scenario): Scenario {
  return {
    ...scenario,
    timetable: { ...scenario.timetable, slots: [] },
    hazards: [],
    warmUpMs: plannedLengthMs(scenario) - scenario.recoverMs,
  };
}

/** The names of a scenario's nodes and coordinator members. */
export function shapeOf(scenario: Scenario): ClusterShape {
  const coordinators = coordinatorsByRegion(scenario.cluster);
  return {
    nodes: names('n', scenario.cluster.nodes),
    coordinatorMembers: coordinatorMembersOf(scenario.cluster),
    ...(coordinators !== undefined && { coordinators }),
    zones: scenario.cluster.zones,
  };
}

/**
 * Disturbances that outlast their slot or hold one thing at the same time. `@holder` stands for one node throughout a
 * slot, and may be any: against a node named outright it conflicts too.
 */
export function timetableProblems(scenario: Scenario, fault: (name: string) => Fault | undefined): readonly Problem[] {
  const shape = shapeOf(scenario);
  return scenario.timetable.slots.flatMap((slot, slotIndex) => {
    const where = (index: number): string =>
      `${scenario.name}: timetable.slots[${slotIndex}] (${slot.name}).disturbances[${index}]`;
    const held = slot.disturbances.map((disturbance) => ({
      ...disturbance,
      // One that waits for a signal may come at any time from then on.
      to: disturbance.when === undefined ? disturbance.atMs + disturbance.forMs : slot.lengthMs,
      lengthMs: disturbance.atMs + disturbance.forMs,
      things: things(fault(disturbance.fault), disturbance.options, shape),
    }));
    return held.flatMap((one, index) => {
      const problems: Problem[] = [];
      if (one.lengthMs > slot.lengthMs)
        problems.push(
          problem(
            `${one.fault} ends ${one.lengthMs} ms into a slot of ${slot.lengthMs} ms.`,
            'Make the slot longer or the disturbance shorter.',
            where(index),
          ),
        );
      for (const other of held.slice(0, index)) {
        const shared = other.atMs < one.to && one.atMs < other.to ? meet(one.things, other.things) : undefined;
        if (shared !== undefined)
          problems.push(
            problem(
              `${one.fault} and ${other.fault} both hold the ${shared} between ${Math.max(one.atMs, other.atMs)} and ${Math.min(one.to, other.to)} ms.`,
              'Move one of them, or put it in a slot of its own.',
              where(index),
            ),
          );
      }
      return problems;
    });
  });
}

function things(
  fault: Fault | undefined,
  options: Slot['disturbances'][number]['options'],
  shape: ClusterShape,
): readonly string[] {
  if (fault === undefined) return [];
  // `touches` gets valid options only; invalid ones are another check's to report.
  const parsed = fault.options.safeParse(resolveTargets(options, HOLDER));
  return parsed.success ? fault.touches(parsed.data, shape) : [];
}

function meet(one: readonly string[], other: readonly string[]): string | undefined {
  return one.find((thing) => other.some((candidate) => same(thing, candidate)));
}

function same(one: string, other: string): boolean {
  if (one === other) return true;
  const pattern = (text: string): RegExp => new RegExp(`^${text.split(HOLDER).map(escape).join('n\\d+')}$`);
  return (one.includes(HOLDER) && pattern(one).test(other)) || (other.includes(HOLDER) && pattern(other).test(one));
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

function names(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`);
}
