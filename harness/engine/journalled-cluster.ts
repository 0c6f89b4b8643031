/**
 * The cluster as the faults get it: every start and end of a process, every order to a clock and every lease that is
 * revoked is journalled as it happens, whoever asks for it.
 */
import type {
  ClockControl,
  ClockSetting,
  Cluster,
  ClusterNode,
  CoordinatorCluster,
  Member,
  ProcessControl,
  RegionalCoordinator,
} from '../core/cluster.ts';
import { TRUE_CLOCK } from '../core/cluster.ts';
import type { ProcessEvent } from '../core/journal.ts';
import type { Journal } from './journal.ts';

export function journalled(cluster: Cluster, journal: Journal): Cluster {
  const processOf = (member: Member): ProcessControl => journalledProcess(member, cluster, journal);
  const nodes = cluster.nodes.map((node) =>
    withParts(node, { process: processOf(node), clock: journalledClock(node, cluster, journal) }),
  );
  const members = cluster.coordinator.members.map((member) => withParts(member, { process: processOf(member) }));
  const own = ({ shape, coordinator }: RegionalCoordinator): RegionalCoordinator => ({
    shape,
    coordinator: withParts(coordinator, {
      members: members.filter(({ name }) => shape.members.includes(name)),
      ...journalledRevokes(coordinator, cluster, journal, { coordinator: shape.region }),
    }),
  });
  return withParts(cluster, {
    nodes,
    ...(cluster.regional !== undefined && { regional: cluster.regional.map(own) }),
    coordinator: withParts(cluster.coordinator, {
      members,
      ...journalledRevokes(cluster.coordinator, cluster, journal),
    }),
    healAll: () => {
      const healed = nodes.map(({ name }) => [name, TRUE_CLOCK] as const);
      return ordered(healed, cluster, journal, () => cluster.healAll());
    },
  });
}

function journalledClock({ name, clock }: ClusterNode, cluster: Cluster, journal: Journal): ClockControl {
  return {
    backend: clock.backend,
    set: (setting) => ordered([[name, setting]], cluster, journal, () => clock.set(setting)),
  };
}

/** Also an order that fails is journalled: it may have come through. */
async function ordered(
  settings: readonly (readonly [string, ClockSetting])[],
  { time }: Cluster,
  journal: Journal,
  give: () => Promise<void>,
): Promise<void> {
  const from = time.now();
  let took = false;
  try {
    await give();
    took = true;
  } finally {
    for (const [node, { offsetMs, rate }] of settings)
      journal.append({ at: time.now(), kind: 'clock', node, offsetMs, rate, from, took });
  }
}

/** Also a request that fails is journalled: it may have come through. */
function journalledRevokes(
  inner: CoordinatorCluster,
  { time }: Cluster,
  journal: Journal,
  of: { readonly coordinator?: string } = {},
): Pick<CoordinatorCluster, 'revoke' | 'wipe'> {
  const asked = async (what: { readonly lease?: string }, ask: () => Promise<void>): Promise<void> => {
    const from = time.now();
    try {
      await ask();
    } finally {
      journal.append({ at: time.now(), kind: 'revoke', ...of, ...what, from });
    }
  };
  return {
    revoke: (lease, timeoutMs) => asked({ lease }, () => inner.revoke(lease, timeoutMs)),
    wipe: (timeoutMs) => asked({}, () => inner.wipe(timeoutMs)),
  };
}

function journalledProcess({ name, process }: Member, { time }: Cluster, journal: Journal): ProcessControl {
  const write = (what: ProcessEvent, at: number): void => journal.append({ at, kind: 'process', member: name, what });
  return {
    // A process may be gone at any moment of the call: the earlier bound for an end, the later for a beginning.
    kill: async () => {
      const at = time.now();
      await process.kill();
      write('killed', at);
    },
    start: async () => {
      await process.start();
      write('started', time.now());
    },
    pause: async (plannedMs) => {
      const at = time.now();
      await process.pause(plannedMs);
      write('paused', at);
    },
    resume: async () => {
      await process.resume();
      write('resumed', time.now());
    },
    terminate: async (graceMs) => {
      const at = time.now();
      const termination = await process.terminate(graceMs);
      if (termination === 'exited' || termination === 'signalled') write('terminated', at);
      return termination;
    },
    slow: async (percent) => {
      const at = time.now();
      await process.slow(percent);
      if (percent < 100) write('slowed', at);
      else write('unslowed', time.now());
    },
    share: (forMs) => process.share(forMs),
    alive: () => process.alive(),
    identity: () => process.identity(),
  };
}

/** The same object with other parts: prototypes and private fields of drivers' classes stay reachable. */
function withParts<Whole extends object>(whole: Whole, parts: Partial<Whole>): Whole {
  return new Proxy(whole, {
    get: (target, property) =>
      Object.hasOwn(parts, property) ? Reflect.get(parts, property) : bound(target, property),
  });
}

function bound(target: object, property: string | symbol): unknown {
  const value: unknown = Reflect.get(target, property, target);
  return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value;
}
