/**
 * Random schedules: a scenario drawn from a seed, with disturbances that overlap. Any schedule is fair that leaves the
 * cluster time to live again at its end; the coordinator keeps its word. Pure.
 */
import type { ClusterShape, Fault } from '../core/fault.ts';
import type { Rng } from '../core/random.ts';
import type { Disturbance, Scenario } from '../core/scenario.ts';
import type { Draw } from './random-clocks.ts';
import { CLOCK_DRAWS, leadMs } from './random-clocks.ts';
import { shapeOf } from './timetable.ts';

const LENGTH_MS = 45_000;
/** How far a window is reserved ahead, a lease, and room: what a healed cluster may need to light every worker ID. */
const SETTLE_MS = 9000;

/** Of each fault. */
const DRAWS: { readonly [fault: string]: Draw } = {
  ...CLOCK_DRAWS,
  'cut-from-etcd': { weight: 3, forMs: [300, 12_000], options: (rng, nodes) => ({ node: rng.pick(nodes) }) },
  'cut-one-way': {
    weight: 2,
    forMs: [300, 12_000],
    options: (rng, nodes, members) => {
      const node = [rng.pick(nodes)];
      return rng.chance(0.5) ? { from: node, to: members } : { from: members, to: node };
    },
  },
  'reset-links': {
    weight: 1,
    forMs: [300, 12_000],
    options: (rng, nodes, peers) => ({ one: rng.pick(nodes), peers }),
  },
  loss: {
    weight: 1,
    forMs: [1000, 15_000],
    options: (rng, nodes, peers) => ({ one: rng.pick(nodes), peers, percent: rng.int(10, 60) }),
  },
  latency: {
    weight: 1,
    forMs: [1000, 15_000],
    options: (rng, nodes, peers) => {
      const delayMs = rng.int(20, 200);
      return { one: rng.pick(nodes), peers, delayMs, jitterMs: rng.int(0, delayMs - 10) };
    },
  },
  partition: {
    weight: 1,
    forMs: [300, 10_000],
    options: (rng, nodes, members) => ({ side: [rng.pick(nodes), rng.pick(members)] }),
  },
  'partition-etcd': {
    weight: 1,
    forMs: [300, 10_000],
    options: (rng, _nodes, members) => ({ side: [rng.pick(members)] }),
  },
  // No shorter: whether a node answers takes 400 ms to find out.
  pause: { weight: 3, forMs: [500, 12_000], options: (rng, nodes) => ({ node: rng.pick(nodes) }) },
  kill: { weight: 3, forMs: [50, 9000], options: (rng, nodes) => ({ node: rng.pick(nodes) }) },
  terminate: { weight: 2, forMs: [50, 9000], options: (rng, nodes) => ({ node: rng.pick(nodes) }) },
  restart: { weight: 1, forMs: [300, 3000], options: (rng, nodes) => ({ node: rng.pick(nodes) }) },
  'restart-storm': {
    weight: 1,
    forMs: [1000, 8000],
    options: (rng, nodes) => ({ node: rng.pick(nodes), everyMs: rng.int(300, 2000) }),
  },
  'slow-cpu': {
    weight: 1,
    forMs: [1000, 10_000],
    options: (rng, nodes) => ({ node: rng.pick(nodes), percent: rng.int(2, 50) }),
  },
  // Not drawn: a snapshot restored and a lease revoked from outside, by which the coordinator breaks its word.
  'etcd-member-kill': {
    weight: 1,
    forMs: [300, 8000],
    options: (rng, _nodes, members) => ({ member: rng.pick(members) }),
  },
  'etcd-leader-kill': { weight: 1, forMs: [300, 8000], options: () => ({}) },
  'etcd-leader-pause': { weight: 1, forMs: [300, 9000], options: () => ({}) },
  'etcd-quorum-loss': { weight: 1, forMs: [300, 9000], options: () => ({}) },
  'etcd-kill-all': { weight: 1, forMs: [300, 9000], options: () => ({}) },
  'etcd-pause-all': { weight: 1, forMs: [300, 9000], options: () => ({}) },
  'etcd-stop-all': { weight: 1, forMs: [300, 9000], options: () => ({}) },
  'etcd-disk-slow': { weight: 1, forMs: [500, 10_000], options: (rng) => ({ byMs: rng.int(50, 700) }) },
};

/** The scenario `base` with a timetable of its own: 4 to 17 disturbances within 45 s, none holding what another holds. */
export function randomSchedule(base: Scenario, faults: ReadonlyMap<string, Fault>, rng: Rng): Scenario {
  const shape = shapeOf(base);
  const disturbances: Disturbance[] = [];
  for (let wanted = rng.int(4, 17); wanted > 0; wanted--) {
    const drawn = draw(rng, faults, shape);
    // Such as one of the coordinator, where each region has its own: the draw does not say whose.
    const refused = faults.get(drawn.fault)?.refuses?.(drawn.options, shape, drawn.forMs) !== undefined;
    if (!refused && !disturbances.some((other) => conflict(drawn, other, faults, shape))) disturbances.push(drawn);
  }
  const ahead = Math.max(0, ...disturbances.map(leadMs));
  return {
    ...base,
    name: 'fuzz',
    question: 'Does the generator keep its promises under a random schedule?',
    warmUpMs: 3000,
    timetable: {
      order: 'given',
      slots:
        disturbances.length === 0 ? [] : [{ name: 'random', lengthMs: LENGTH_MS + SETTLE_MS + ahead, disturbances }],
    },
    hazards: [],
  };
}

function draw(rng: Rng, faults: ReadonlyMap<string, Fault>, { nodes, coordinatorMembers }: ClusterShape): Disturbance {
  const names = Object.entries(DRAWS)
    // Nodes that have no coordinator have nobody whom a link could lead to.
    .filter(([name]) => coordinatorMembers.length > 0 || isOfNodesAlone(faults.get(name)))
    .flatMap(([name, { weight }]) => new Array<string>(weight).fill(name));
  const fault = rng.pick(names);
  const { options, forMs } = DRAWS[fault] as Draw;
  const atMs = Math.round(rng.real(0, LENGTH_MS - 1000));
  return {
    fault,
    options: options(rng, nodes, coordinatorMembers),
    atMs,
    forMs: Math.round(Math.min(rng.real(...forMs), LENGTH_MS - atMs)),
  };
}

const isOfNodesAlone = (fault: Fault | undefined): boolean =>
  fault?.disturbs.every((what) => what === 'clock' || what === 'process') === true;

function conflict(
  one: Disturbance,
  other: Disturbance,
  faults: ReadonlyMap<string, Fault>,
  shape: ClusterShape,
): boolean {
  const things = ({ fault, options }: Disturbance): readonly string[] =>
    faults.get(fault)?.touches(options, shape) ?? [];
  const overlap = one.atMs < other.atMs + other.forMs && other.atMs < one.atMs + one.forMs;
  return overlap && things(one).some((thing) => things(other).includes(thing));
}
