/** Small runs for tests of explanations: hand-made batches, judged by the real checkers, and a hand-made journal. */
import { type BatchSpec, type HistoryBuilder, LAYOUT, ORIGIN_UNIX_MS } from '../checkers/shared/history-builder.ts';
import type { Witness } from '../core/finding.ts';
import type { Promise_ } from '../core/guarantee.ts';
import type { JournalEntry } from '../core/journal.ts';
import type { Layout } from '../core/layout.ts';
import type { JsonObject } from '../core/json.ts';
import type { DisturbanceRecord } from '../core/run.ts';
import type { EvidenceScope } from '../core/scope.ts';
import { carriedWorkersOf } from '../core/carried-workers.ts';
import { tenuresOf } from '../core/tenures.ts';
import { msToNs } from '../core/time.ts';
import { loadCheckers, loadFaults } from '../registry.ts';
import { explain } from './explain.ts';

const [checkers, faults] = await Promise.all([loadCheckers(), loadFaults()]);
export const unique: Promise_ = { guarantee: 'unique' };
export const owns: Promise_ = { guarantee: 'owns-worker-id', assuming: ['coordinator keeps leases'] };
export const perNode: Promise_ = { guarantee: 'increasing-per-node' };

/** All times in milliseconds of the run. */
interface Told {
  readonly disturbances?: readonly DisturbanceRecord[];
  readonly journal?: readonly JournalEntry[];
  readonly layout?: Layout;
  readonly scope?: EvidenceScope;
  /** Its version; 'none': the run has none. */
  readonly coordinator?: string;
}

export function witnesses(
  promise: Promise_,
  builder: HistoryBuilder,
  { disturbances = [], journal = [], layout = LAYOUT, scope, coordinator = 'etcd' }: Told = {},
): readonly Witness[] {
  const history = builder.build();
  const origin: JournalEntry = {
    at: 0,
    kind: 'origin',
    origin: { monotonicNs: '0', unixMs: ORIGIN_UNIX_MS, errorNs: 0 },
    nodes: history.nodes,
    ...(coordinator !== 'none' && { coordinator }),
    versions: {},
  };
  const [finding] = explain([checkers.get(promise.guarantee)!.fold(history, promise)], {
    layout,
    scope,
    carried: carriedWorkersOf(history),
    journal: [origin, ...journal],
    tenures: tenuresOf(history),
    leases: history.leases,
    disturbances,
  });
  return finding!.witnesses;
}

export function disturbance(fault: string, options: JsonObject, fromMs: number, toMs: number): DisturbanceRecord {
  const reach = typeof options['node'] === 'string' ? [options['node']] : ['n1', 'n2', 'n3'];
  const span = { injected: msToNs(fromMs), healed: msToNs(toMs) };
  return {
    key: `${fault} ${fromMs}`,
    name: fault,
    slot: 'slot',
    fault,
    disturbs: faults.get(fault)!.disturbs,
    options,
    reach,
    bit: true,
    samples: [],
    ...span,
  };
}

export const health = (node: string, at: number, offsetMs: number): JournalEntry => ({
  kind: 'health',
  at: msToNs(at),
  node,
  offsetMs,
  health: { status: 'minting', incarnation: 1, wallMs: ORIGIN_UNIX_MS + at + offsetMs, at: msToNs(at), minted: [] },
});

export const stoodStill = (member: string, fromMs: number, toMs: number): readonly JournalEntry[] => [
  { kind: 'process', member, what: 'paused', at: msToNs(fromMs) },
  { kind: 'process', member, what: 'resumed', at: msToNs(toMs) },
];

export const batch = (node: string, at: number, more: Partial<BatchSpec> = {}): BatchSpec => ({
  node,
  at,
  ids: [{ ms: at + (more.offsetMs ?? 0) }],
  ...more,
});
