/**
 * Every metric that snowglobe has, with its type, its words and its labels: what a node and the harness serve, and what
 * alerts and dashboards read. Whoever needs a name takes it from here, so that a renamed one breaks the build and not a
 * dashboard.
 *
 * Names are Prometheus' own way: `snowglobe_`, base units (seconds, ratios) as the last word, `_total` for what only
 * grows. A figure that is not known is absent, never 0.
 */
export interface Metric {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** Each takes few values: of a node's, beside these, `node` and `incarnation`. */
  readonly labels: readonly string[];
}

/** What a node says of itself at `GET /metrics` (generators/PROTOCOL.md); all with labels `node` and `incarnation`. */
export const NODE_METRICS = {
  idsMinted: {
    name: 'snowglobe_ids_minted_total',
    type: 'counter',
    help: 'IDs committed to the tap.',
    labels: [],
  },
  requestSeconds: {
    name: 'snowglobe_request_seconds',
    type: 'histogram',
    help: 'From the arrival of a request for IDs until its answer is handed to the socket, refusals included.',
    labels: [],
  },
  mintSeconds: {
    name: 'snowglobe_mint_seconds',
    type: 'histogram',
    help: 'Duration of one call of mint, without the time for which its request waited.',
    labels: [],
  },
  refusals: {
    name: 'snowglobe_refusals_total',
    type: 'counter',
    help: 'Requests that were refused, by reason; reasons of no known generator are "other".',
    labels: ['reason'],
  },
  mintErrors: {
    name: 'snowglobe_mint_errors_total',
    type: 'counter',
    help: 'Calls of mint that threw something else than a refusal or returned no count.',
    labels: [],
  },
  clockOffset: {
    name: 'snowglobe_clock_offset_since_start_seconds',
    type: 'gauge',
    help: 'How far the wall clock has moved against the monotonic clock since this life began. A node cannot know true time: how far it was off when it began is not in here.',
    labels: [],
  },
  clockBackward: {
    name: 'snowglobe_clock_backward_total',
    type: 'counter',
    help: 'Times that the wall clock showed an earlier time than at the reading before.',
    labels: [],
  },
  overflowWaits: {
    name: 'snowglobe_overflow_waits_total',
    type: 'counter',
    help: 'IDs that took the last sequence number of their tick: the next one has to wait for the clock. Absent where the IDs carry no sequence of at most 32 bits beside a time.',
    labels: [],
  },
  sequenceUtilization: {
    name: 'snowglobe_sequence_utilization_ratio',
    type: 'gauge',
    help: 'IDs minted within the last whole second, of all that the sequence numbers of one worker ID give in a second. Absent where the IDs carry no sequence of at most 32 bits beside a time.',
    labels: [],
  },
  workerId: {
    name: 'snowglobe_worker_id',
    type: 'gauge',
    help: 'The worker ID that the node holds; absent when it holds none.',
    labels: [],
  },
  leaseLeft: {
    name: 'snowglobe_lease_left_seconds',
    type: 'gauge',
    help: 'Seconds until the node must stop minting unless its lease is kept alive, by its own fence; absent when it has none.',
    labels: [],
  },
  coordinatorUnanswered: {
    name: 'snowglobe_coordinator_unanswered_seconds',
    type: 'gauge',
    help: 'Seconds since the first of the calls to the coordinator that failed and after which none was answered; 0 when the last one was answered, absent before the first.',
    labels: [],
  },
} as const satisfies Readonly<Record<string, Metric>>;

/** What the harness serves while a run lasts (`run --metrics-port`). */
export const RUN_METRICS = {
  info: {
    name: 'snowglobe_run_info',
    type: 'gauge',
    help: 'The run that these figures are of: always 1.',
    labels: ['scenario', 'generator', 'driver', 'seed'],
  },
  idsStored: {
    name: 'snowglobe_run_ids_stored_total',
    type: 'counter',
    help: 'Emissions that the store has acknowledged.',
    labels: [],
  },
  idsAcknowledged: {
    name: 'snowglobe_run_ids_acknowledged_total',
    type: 'counter',
    help: 'IDs that clients received, by the node that gave them.',
    labels: ['node'],
  },
  duplicates: {
    name: 'snowglobe_run_duplicates_total',
    type: 'counter',
    help: 'Emissions of an ID that was minted before. While the run lasts each duplicated ID counts once, once it is judged each emission beyond the first.',
    labels: [],
  },
  orderViolations: {
    name: 'snowglobe_run_order_violations_total',
    type: 'counter',
    help: 'Violations of the guarantees of order, by guarantee and scope; absent until they are judged.',
    labels: ['guarantee', 'scope'],
  },
  workerIdOverlaps: {
    name: 'snowglobe_run_worker_id_overlaps_total',
    type: 'counter',
    help: 'Violations of owns-worker-id: two nodes minted under one worker ID at one time, or one after its lease; absent until they are judged.',
    labels: [],
  },
  liveViolations: {
    name: 'snowglobe_run_live_violations_total',
    type: 'counter',
    help: 'Violations seen while the run lasts, by guarantee; the judge counts them exactly when it is over.',
    labels: ['guarantee'],
  },
  liveLag: {
    name: 'snowglobe_run_live_lag_seconds',
    type: 'gauge',
    help: 'All that was committed to the taps longer ago than this was looked at for violations.',
    labels: [],
  },
  harnessCpus: {
    name: 'snowglobe_run_harness_cpus',
    type: 'gauge',
    help: 'CPUs that the harness and the store of the run took within the last second; nodes are not in it.',
    labels: [],
  },
  clockOffset: {
    name: 'snowglobe_run_clock_offset_seconds',
    type: 'gauge',
    help: 'How far the wall clock of a node is from true time, as the harness measured it; positive: ahead. Absent when the node gave no answer.',
    labels: ['node'],
  },
  disturbancesActive: {
    name: 'snowglobe_run_disturbances_active',
    type: 'gauge',
    help: 'Disturbances that were measured in force and are not healed.',
    labels: [],
  },
  disturbanceInForce: {
    name: 'snowglobe_run_disturbance_in_force',
    type: 'gauge',
    help: '1 from the first measurement that shows the disturbance in force until it is healed, 0 before and after; one series for each disturbance of the scenario that was asked for.',
    labels: ['disturbance'],
  },
  collectorLag: {
    name: 'snowglobe_run_collector_lag_seconds',
    type: 'gauge',
    help: 'All that was committed to the taps longer ago than this is stored.',
    labels: [],
  },
  evidenceWhole: {
    name: 'snowglobe_run_evidence_whole',
    type: 'gauge',
    help: '1: all that was minted is stored, and nothing else; 0: it is not, or that could not be told. Absent until it is judged.',
    labels: [],
  },
  verdict: {
    name: 'snowglobe_run_verdict',
    type: 'gauge',
    help: '1 for the verdict so far, 0 for the others: unknown until the run is judged, unless something is proved that nothing can excuse.',
    labels: ['verdict'],
  },
} as const satisfies Readonly<Record<string, Metric>>;

export const ALL_METRICS: readonly Metric[] = [...Object.values(NODE_METRICS), ...Object.values(RUN_METRICS)];

/** Upper bounds of the buckets of latency histograms, in seconds: three a decade from 0.1 ms to 1 s, and some below. */
export const LATENCY_BUCKETS_S = [
  1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 1e-2, 2.5e-2, 5e-2, 0.1, 0.25, 0.5, 1,
] as const;

/**
 * Words of refusals that become a label value: those of the shell and of the generators that snowglobe brings. Any other,
 * of a generator that nobody knows, counts as `OTHER_REASON`: what a stranger throws must not become a series each.
 */
export const REFUSAL_REASONS: ReadonlySet<string> = new Set([
  'waiting',
  'lease over',
  'floor',
  'bound',
  'clock behind',
  'tick full',
  'clock-ahead',
  'clock out of range',
  'closing',
  'busy',
  'empty',
]);

export const OTHER_REASON = 'other';
