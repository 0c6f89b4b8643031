/**
 * The cluster as the faults get it: every start and end of a process is journalled as it happens, whoever asks for it.
 */
import type { Cluster, Member, ProcessControl } from '../core/cluster.ts';
import type { Journal } from './journal.ts';

export function journalled(cluster: Cluster, journal: Journal): Cluster {
  const watched = <M extends Member>(member: M): M => withProcess(member, journalledProcess(member, cluster, journal));
  return withMembers(cluster, cluster.nodes.map(watched), cluster.coordinator.members.map(watched));
}

function journalledProcess({ name, process }: Member, { time }: Cluster, journal: Journal): ProcessControl {
  const write = (what: 'started' | 'killed' | 'paused' | 'resumed', at: number): void =>
    journal.append({ at, kind: 'process', member: name, what });
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
    alive: () => process.alive(),
  };
}

/** The same object with another process: prototypes and private fields of drivers' classes stay reachable. */
function withProcess<M extends Member>(member: M, process: ProcessControl): M {
  return new Proxy(member, { get: (target, property) => (property === 'process' ? process : bound(target, property)) });
}

function withMembers(cluster: Cluster, nodes: Cluster['nodes'], members: Cluster['coordinator']['members']): Cluster {
  const coordinator = new Proxy(cluster.coordinator, {
    get: (target, property) => (property === 'members' ? members : bound(target, property)),
  });
  return new Proxy(cluster, {
    get: (target, property) =>
      property === 'nodes' ? nodes : property === 'coordinator' ? coordinator : bound(target, property),
  });
}

function bound(target: object, property: string | symbol): unknown {
  const value: unknown = Reflect.get(target, property, target);
  return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value;
}
