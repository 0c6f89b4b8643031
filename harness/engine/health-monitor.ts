/**
 * Asks every node how it is, on the control path, for as long as a run lasts. What it hears is journalled: observed
 * clock offsets, who holds what, who stays silent.
 */
import type { Cluster, ClusterNode, NodeHealth } from '../core/cluster.ts';
import type { RunNs } from '../core/time.ts';
import { msToNs, trueUnixMs } from '../core/time.ts';
import type { Journal } from './journal.ts';

const PERIOD_MS = 250;
const TIMEOUT_MS = 400;
/** A reading older than this says nothing about now. */
const FRESH_NS = msToNs(800);

export interface Reading {
  readonly at: RunNs;
  /** Undefined: no answer. */
  readonly health: NodeHealth | undefined;
  readonly offsetMs: number | undefined;
  /** Since when the node has held the tenure that it holds now. */
  readonly heldSince: RunNs | undefined;
}

export interface HealthMonitor {
  latest(node: string): Reading | undefined;
  /** Nodes that hold what they need and mint, and have done so for at least `heldMs`. */
  holders(heldMs: number): readonly ClusterNode[];
  /** Reads every node once more, now. */
  readAll(): Promise<void>;
  stop(): void;
}

export function monitorHealth(cluster: Cluster, journal: Journal): HealthMonitor {
  const latest = new Map<string, Reading>();
  /** The latest answer of each node: one that came too late does not end what the next one still tells of. */
  const answered = new Map<string, Reading>();
  /** What nodes that do not answer said last; each is told once. */
  const told = new Map<string, string | undefined>();
  let stopped = false;

  const read = async (node: ClusterNode): Promise<void> => {
    let health: NodeHealth | undefined;
    try {
      health = await node.health(TIMEOUT_MS);
    } catch {
      // No answer is an observation, not an error: paused, killed and starting nodes give none.
      health = undefined;
    }
    const at = cluster.time.now();
    const offsetMs = health === undefined ? undefined : round(health.wallMs - trueUnixMs(cluster.origin, health.at));
    const reading: Reading = { at, health, offsetMs, heldSince: heldSince(answered.get(node.name), health, at) };
    latest.set(node.name, reading);
    if (health !== undefined) answered.set(node.name, reading);
    if (health === undefined) {
      journal.append({ at, kind: 'no health', node: node.name });
      await listen(node);
    } else {
      told.delete(node.name);
      journal.append({ at, kind: 'health', node: node.name, health, offsetMs: offsetMs as number });
    }
  };

  const listen = async (node: ClusterNode): Promise<void> => {
    // What cannot be asked is as silent as what has not ended.
    const lastWords = await node.lastWords?.().catch(() => undefined);
    const known = told.get(node.name);
    told.set(node.name, lastWords);
    if (lastWords !== undefined && lastWords !== known)
      journal.append({ at: cluster.time.now(), kind: 'ended', node: node.name, lastWords });
  };

  const loop = async (node: ClusterNode): Promise<void> => {
    while (!stopped) {
      await read(node);
      await cluster.time.sleep(PERIOD_MS);
    }
  };
  for (const node of cluster.nodes) void loop(node);

  return {
    latest: (node) => latest.get(node),
    holders: (heldMs) => {
      const now = cluster.time.now();
      return cluster.nodes.filter(({ name }) => {
        const reading = latest.get(name);
        return (
          reading !== undefined &&
          now - reading.at <= FRESH_NS &&
          reading.health?.status === 'minting' &&
          reading.heldSince !== undefined &&
          now - reading.heldSince >= msToNs(heldMs)
        );
      });
    },
    readAll: async () => {
      await Promise.all(cluster.nodes.map(read));
    },
    stop: () => {
      stopped = true;
    },
  };
}

function heldSince(before: Reading | undefined, health: NodeHealth | undefined, at: RunNs): RunNs | undefined {
  if (health === undefined || health.status === 'waiting') return undefined;
  const same =
    before?.health?.incarnation === health.incarnation &&
    before.health.workerId === health.workerId &&
    before.health.createRevision === health.createRevision;
  return same ? before?.heldSince : at;
}

/** Microseconds are below what a millisecond clock can show; three decimals keep the journal short. */
function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
