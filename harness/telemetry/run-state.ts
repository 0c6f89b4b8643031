/**
 * What is known of a run while it lasts, folded from its progress events.
 */
import type { Phase } from '../core/phase.ts';
import type { NodeRate, ProgressEvent } from '../core/progress.ts';
import type { RunNs } from '../core/time.ts';

/** Seconds of rates that are kept for the curves. */
const HISTORY = 40;

export interface NodeState extends Omit<NodeRate, 'status'> {
  readonly status: NodeRate['status'] | 'not seen yet';
  readonly history: readonly number[];
}

export interface DisturbanceState {
  /** What people call it: `paused: pause n2`. */
  readonly label: string;
  readonly name: string;
  readonly target?: string;
  readonly state: 'asked' | 'bites' | 'over';
}

export interface RunState {
  readonly begin?: Extract<ProgressEvent, { kind: 'begin' }>;
  readonly phase?: Phase;
  /** What is waited for before there is a load. */
  readonly waitingFor?: string;
  readonly slot?: Extract<ProgressEvent, { kind: 'slot' }>;
  /** Run time of the latest event. */
  readonly at: RunNs;
  /** When the load began. */
  readonly loadFrom?: RunNs;
  readonly nodes: readonly NodeState[];
  /** Those of this slot, by key. */
  readonly disturbances: ReadonlyMap<string, DisturbanceState>;
  readonly stored: bigint;
  readonly duplicates: number;
  /** Seen while the run lasts, of all guarantees. */
  readonly violations: number;
  /** Of a run that is collected. */
  readonly pace?: Extract<ProgressEvent, { kind: 'pace' }>;
}

export const NOTHING_YET: RunState = {
  at: 0,
  nodes: [],
  disturbances: new Map(),
  stored: 0n,
  duplicates: 0,
  violations: 0,
};

export function advance(before: RunState, event: ProgressEvent): RunState {
  const state = { ...before, at: Math.max(before.at, event.at) };
  switch (event.kind) {
    case 'begin':
      return {
        ...state,
        begin: event,
        nodes: event.nodes.map((node) => ({ node, status: 'not seen yet', idsPerSecond: 0, history: [] })),
      };
    case 'phase':
      return { ...state, phase: event.phase, ...(event.phase === 'warm-up' && { loadFrom: state.at }) };
    case 'waiting':
      return { ...state, waitingFor: event.text };
    case 'slot':
      return { ...state, slot: event, disturbances: new Map() };
    case 'disturbance':
      return { ...state, disturbances: new Map(state.disturbances).set(event.key, disturbed(before, event)) };
    case 'rates': {
      const { stored, duplicates } = event;
      return { ...state, nodes: state.nodes.map((node) => measured(node, event.nodes)), stored, duplicates };
    }
    case 'live':
      return { ...state, violations: state.violations + event.found };
    case 'pace':
      return { ...state, pace: event };
    case 'note':
      return state;
  }
}

/** IDs that clients got of all nodes within the last second; a node that drives itself may mint far more. */
export function totalRate(state: RunState): number {
  return state.nodes.reduce((sum, { idsPerSecond }) => sum + idsPerSecond, 0);
}

const STATE = { asked: 'asked', bites: 'bites', healed: 'over', failed: 'over' } as const;

/** Only the first event of a disturbance needs to name its target. */
function disturbed(before: RunState, event: Extract<ProgressEvent, { kind: 'disturbance' }>): DisturbanceState {
  const known = before.disturbances.get(event.key);
  const state = STATE[event.what];
  if (known !== undefined) return { ...known, state };
  const { name, label, target } = event;
  return target === undefined ? { label, name, state } : { label, name, target, state };
}

function measured(before: NodeState, rates: readonly NodeRate[]): NodeState {
  const rate = rates.find(({ node }) => node === before.node);
  if (rate === undefined) return before;
  return { ...rate, history: [...before.history, rate.idsPerSecond].slice(-HISTORY) };
}
