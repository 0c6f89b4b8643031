/**
 * Disturbances that wait for what can never come: names that mean nobody or several, rings of waiting, worker IDs outside
 * the pool, what nobody leases, chains that are longer than their slot. Pure.
 */
import { coordinatorKindOf, coordinatorWords } from '../core/coordinator-kind.ts';
import type { Problem } from '../core/errors.ts';
import { problem } from '../core/errors.ts';
import type { Disturbance, Scenario, Signal, Slot } from '../core/scenario.ts';

/** The name by which others wait for it. */
const nameOf = ({ name, fault }: Disturbance): string => name ?? fault;

/** `nodes`: those that a signal may name. */
export function signalProblems(scenario: Scenario, nodes: readonly string[]): readonly Problem[] {
  return scenario.timetable.slots.flatMap((slot, slotIndex) => {
    const at = `${scenario.name}: timetable.slots[${slotIndex}] (${slot.name}).disturbances`;
    const where = (disturbance: Disturbance): string => `${at}[${slot.disturbances.indexOf(disturbance)}]`;
    return [
      ...slot.disturbances.flatMap((disturbance) => [
        ...givenTwice(disturbance, slot, where(disturbance)),
        ...nobodyThere(disturbance, slot, nodes, `${where(disturbance)}.when`),
        ...outsidePool(disturbance, scenario, `${where(disturbance)}.when`),
        ...unleased(disturbance, scenario, `${where(disturbance)}.when`),
      ]),
      ...rings(slot).map((ring) => ringProblem(ring, `${where(ring[0])}.when`)),
      ...slot.disturbances.flatMap((disturbance) => tooLate(disturbance, slot, `${where(disturbance)}.when`)),
    ];
  });
}

/** Two of one fault may go without names, as long as nobody waits for either; a name that was written is one's own. */
function givenTwice(disturbance: Disturbance, { disturbances }: Slot, where: string): readonly Problem[] {
  const earlier = disturbances.slice(0, disturbances.indexOf(disturbance));
  const other = earlier.find((one) => nameOf(one) === nameOf(disturbance));
  if (other === undefined || (other.name === undefined && disturbance.name === undefined)) return [];
  return [
    problem(
      `There is a disturbance called "${nameOf(disturbance)}" in this slot already.`,
      'Give each a name of its own; one without a name is called as its fault.',
      where,
    ),
  ];
}

function nobodyThere(
  disturbance: Disturbance,
  slot: Slot,
  nodes: readonly string[],
  where: string,
): readonly Problem[] {
  const { when } = disturbance;
  if (when === undefined) return [];
  if ('node' in when && !nodes.includes(when.node))
    return [
      problem(
        `${nameOf(disturbance)} waits for ${when.signal} of ${when.node}, and there is no such node in the cluster.`,
        `Take one of ${nodes.join(', ')}.`,
        where,
      ),
    ];
  if (when.signal !== 'healed') return [];
  const named = slot.disturbances.filter((other) => nameOf(other) === when.disturbance);
  const others = slot.disturbances.map(nameOf).filter((other) => other !== nameOf(disturbance));
  const nameless = named.filter(({ name }) => name === undefined);
  if (nameless.length > 1)
    return [
      problem(
        `${nameOf(disturbance)} waits for the heal of ${when.disturbance}, and ${named.length} disturbances of its slot are called so.`,
        'Give each a name of its own, and say which.',
        where,
      ),
    ];
  if (others.includes(when.disturbance)) return [];
  return [
    problem(
      `${nameOf(disturbance)} waits for the heal of ${when.disturbance}, which is no other disturbance of its slot.`,
      others.length === 0 ? 'Put both into one slot: this one has no other.' : `Take one of ${others.join(', ')}.`,
      where,
    ),
  ];
}

function outsidePool(disturbance: Disturbance, { pool }: Scenario, where: string): readonly Problem[] {
  const { when } = disturbance;
  if (when?.signal !== 'worker-id-changed-hands' || when.workerId === undefined) return [];
  if (pool === undefined || when.workerId < pool) return [];
  return [
    problem(
      `${nameOf(disturbance)} waits for worker ID ${when.workerId} to change hands, and the pool has 0 to ${pool - 1}.`,
      'Take one of the pool, or leave workerId out to take any.',
      where,
    ),
  ];
}

/** Signals of leased worker IDs, which only etcd leases. */
const OF_LEASES: ReadonlySet<Signal['signal']> = new Set(['lease-spent', 'worker-id-changed-hands']);

function unleased(disturbance: Disturbance, { cluster }: Scenario, where: string): readonly Problem[] {
  const { when } = disturbance;
  const kind = coordinatorKindOf(cluster);
  return when === undefined || !OF_LEASES.has(when.signal) || kind === 'etcd'
    ? []
    : [
        problem(
          `${nameOf(disturbance)} waits for ${when.signal}: it tells of worker IDs leased from etcd, and the cluster has ${coordinatorWords(kind)}.`,
          'Wait for another signal, or for none.',
          where,
        ),
      ];
}

type Chain = readonly [Disturbance, ...Disturbance[]];

/** The one that it waits for, where it waits for a heal and its name means one. */
function awaited({ when }: Disturbance, { disturbances }: Slot): Disturbance | undefined {
  if (when?.signal !== 'healed') return undefined;
  const named = disturbances.filter((other) => nameOf(other) === when.disturbance);
  return named.length === 1 ? named[0] : undefined;
}

/** It, the one that it waits for, the one that that waits for, …: up to one that was met before. */
function chainOf(disturbance: Disturbance, slot: Slot): Chain {
  const chain: [Disturbance, ...Disturbance[]] = [disturbance];
  for (let next = awaited(disturbance, slot); next !== undefined && !chain.includes(next); next = awaited(next, slot))
    chain.push(next);
  return chain;
}

const isRing = (chain: Chain, slot: Slot): boolean => awaited(chain.at(-1) ?? chain[0], slot) === chain[0];

/** Each once, from the first of its disturbances on. One that waits for itself is told as nobody else's name. */
function rings(slot: Slot): readonly Chain[] {
  return slot.disturbances
    .map((disturbance) => chainOf(disturbance, slot))
    .filter((chain) => chain.length > 1 && isRing(chain, slot))
    .filter(([first, ...others]) => {
      const place = slot.disturbances.indexOf(first);
      return others.every((other) => slot.disturbances.indexOf(other) > place);
    });
}

function ringProblem(ring: Chain, where: string): Problem {
  const links = ring.map((one, index) => [nameOf(one), nameOf(ring[index + 1] ?? ring[0])] as const);
  const told = links.map(([one, other], index) =>
    index === 0 ? `${one} waits for the heal of ${other}` : `${one} for that of ${other}`,
  );
  return problem(
    `${told.join(', ')}: none of them would ever begin.`,
    'Let one of them wait for something else.',
    where,
  );
}

/** A chain of heals whose last cannot end within the slot, were nothing late; the first link that is too long is told. */
function tooLate(disturbance: Disturbance, slot: Slot, where: string): readonly Problem[] {
  const [, ...before] = chainOf(disturbance, slot);
  const last = before.at(-1) ?? disturbance;
  if (before.length === 0 || awaited(last, slot) !== undefined) return [];
  const length = ({ atMs, forMs }: Disturbance): number => atMs + forMs;
  const beginsMs = before.reduce((sum, one) => sum + length(one), 0);
  const endsMs = beginsMs + length(disturbance);
  // Each that does not fit by itself is told by the timetable.
  if (beginsMs > slot.lengthMs || length(disturbance) > slot.lengthMs || endsMs <= slot.lengthMs) return [];
  return [
    problem(
      `${nameOf(disturbance)} ends ${endsMs} ms into a slot of ${slot.lengthMs} ms at the earliest: ${before.map(nameOf).join(', ')} ${before.length === 1 ? 'is' : 'are'} healed ${beginsMs} ms into it.`,
      'Make the slot longer or the disturbances shorter.',
      where,
    ),
  ];
}
