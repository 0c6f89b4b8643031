/**
 * The alerts, with the claims of the reference design that they watch: F4 (what to alert on) and F6 (50 % and 80 % of the
 * sequence numbers). `npm run dashboards` writes them to alerts.yaml, and their cases (alert-cases.ts) to alerts.test.yaml.
 *
 * Figures of a run (`snowglobe_run_…`) are the harness's, exact and of one run; the others are what nodes say of
 * themselves, wherever they are scraped.
 */
import type { Metric } from '../harness/core/metric-names.ts';
import { NODE_METRICS as NODE, RUN_METRICS as RUN } from '../harness/core/metric-names.ts';
import { stringify } from 'yaml';

export interface Alert {
  readonly name: string;
  /** The claim that it watches, and how that is read. */
  readonly claim: string;
  /** PromQL: it fires where this has a value. */
  readonly expr: string;
  /** How long it has to hold first; at once where left out. */
  readonly holdFor?: string;
  readonly severity: 'critical' | 'warning';
  /** One sentence; `{{ $value }}` and `{{ $labels.x }}` as in Prometheus. */
  readonly summary: string;
  /** What to do first. */
  readonly runbook: string;
}

/** IDs a second of all nodes, kept as a series of its own: its mean of the last hour is what is normal. */
export const RATE_RECORD = 'snowglobe:ids_minted:rate1m';
const RATE_EXPR = `sum(rate(${NODE.idsMinted.name}[1m]))`;
const BASELINE = `avg_over_time(${RATE_RECORD}[1h] offset 5m)`;

const p99 = (histogram: Metric & { readonly type: 'histogram' }): string =>
  `histogram_quantile(0.99, sum by (le) (rate(${histogram.name}_bucket[1m])))`;
const offsetBeyond = (seconds: number): string =>
  [RUN.clockOffset, NODE.clockOffset].map(({ name }) => `abs(${name}) > ${seconds}`).join(' or ');

export const ALERTS = [
  {
    name: 'SnowglobeDuplicateId',
    claim: 'F4: duplicate > 0, at once',
    expr: `${RUN.duplicates.name} > 0`,
    severity: 'critical',
    summary: 'IDs were minted twice: {{ $value }} so far.',
    runbook:
      'Stop writing with these IDs. The report of the run names both holders of each ID, its cause and what opened the door; the dashboard "duplicates" shows who with whom.',
  },
  {
    name: 'SnowglobeWorkerIdConflict',
    claim: 'F4: worker-ID conflict > 0, at once; by the acts of nodes, as judged',
    expr: `${RUN.workerIdOverlaps.name} > 0`,
    severity: 'critical',
    summary: 'Two nodes minted under one worker ID, or one after its lease: {{ $value }} times.',
    runbook:
      'Look in the report of the run who held the worker ID under which lease; the earlier holder should have stopped.',
  },
  {
    name: 'SnowglobeWorkerIdHeldTwice',
    claim: 'F4: worker-ID conflict > 0; by the word of nodes. A hand-over between two scrapes looks alike for a moment',
    expr: `count_values("worker", ${NODE.workerId.name}) > 1`,
    holdFor: '5s',
    severity: 'critical',
    summary: '{{ $value }} nodes say that they hold worker ID {{ $labels.worker }}.',
    runbook:
      'Stop all of them but the one whose lease the coordinator has under the key o/WORKER, then look for duplicates.',
  },
  {
    name: 'SnowglobeEvidenceNotWhole',
    claim: 'a verdict is never wrong in silence: what was minted and what is stored differ, or could not be compared',
    expr: `${RUN.evidenceWhole.name} == 0`,
    severity: 'critical',
    summary: 'The evidence of the run is not whole: what it does not show did not happen or was lost.',
    runbook:
      'The reasons of the run name what is missing. Look at the disk and at the store, then repeat: snowglobe judge RUN reads the taps again.',
  },
  {
    name: 'SnowglobeRateHigh',
    claim: 'F4: rate > 2x of the baseline, read as the mean of the hour until five minutes ago',
    expr: `${RATE_RECORD} > 2 * ${BASELINE}`,
    holdFor: '1m',
    severity: 'warning',
    summary: '{{ $value | humanize }} IDs are minted a second, over twice what is normal.',
    runbook: 'Look for a client that asks in a loop; then at the use of sequence numbers, which grows with the rate.',
  },
  {
    name: 'SnowglobeRateLow',
    claim: 'F4: rate < 50 % of the baseline; nodes that are gone mint nothing',
    expr: `(${RATE_RECORD} or vector(0)) < 0.5 * ${BASELINE}`,
    holdFor: '1m',
    severity: 'warning',
    summary: '{{ $value | humanize }} IDs are minted a second, less than half of what is normal.',
    runbook:
      'Look at refusals by reason: waiting and lease over speak of the coordinator, clock behind and floor of clocks. Then at the clients.',
  },
  {
    name: 'SnowglobeLatencyHigh',
    claim: 'F4: p99 > 10 ms',
    expr: `${p99(NODE.requestSeconds)} > 0.01`,
    holdFor: '1m',
    severity: 'warning',
    summary: 'One request in a hundred takes longer than {{ $value | humanizeDuration }}.',
    runbook:
      'Compare with the time that calls of mint take: where that is short, requests wait for one another or for a CPU; else the node waits for its clock.',
  },
  {
    name: 'SnowglobeClockUnhealthy',
    claim: 'F4: healthy is a drift below 10 ms',
    expr: offsetBeyond(0.01),
    holdFor: '10s',
    severity: 'warning',
    summary: 'The clock of {{ $labels.node }} is {{ $value | humanizeDuration }} off.',
    runbook:
      'Look at its time synchronisation (chronyc tracking) before it gets worse; IDs are still in order within each node.',
  },
  {
    name: 'SnowglobeClockDrift',
    claim: 'F4: drift > 50 ms',
    expr: offsetBeyond(0.05),
    severity: 'critical',
    summary: 'The clock of {{ $labels.node }} is {{ $value | humanizeDuration }} off.',
    runbook:
      'Take the node out, mend its time synchronisation, and put it back: a clock that is set back while it mints makes it refuse, or mint twice.',
  },
  {
    name: 'SnowglobeClockBackward',
    claim: 'F4: backward clock > 0',
    expr: `increase(${NODE.clockBackward.name}[1m]) > 0`,
    severity: 'critical',
    summary: 'The wall clock of {{ $labels.node }} went back.',
    runbook:
      'Let time synchronisation slew and not step (chronyd: no makestep after the start). Look for duplicates of that node from that moment on.',
  },
  {
    name: 'SnowglobeSequenceExhausted',
    claim: 'F4: sequence resets > 100/s, read as waits on exhaustion: as stated it is always true above 100 IDs/s',
    expr: `rate(${NODE.overflowWaits.name}[1m]) > 100`,
    severity: 'warning',
    summary: '{{ $labels.node }} uses up its sequence numbers {{ $value | humanize }} times a second and waits.',
    runbook:
      'Spread the load over more nodes, or ask in smaller batches: bursts use up a millisecond though the mean is low.',
  },
  {
    name: 'SnowglobeSequenceHalfUsed',
    claim: 'F6: sequence utilisation, warn at 50 %',
    expr: `${NODE.sequenceUtilization.name} > 0.5`,
    holdFor: '1m',
    severity: 'warning',
    summary: '{{ $labels.node }} uses {{ $value | humanizePercentage }} of its sequence numbers.',
    runbook: 'Plan another node.',
  },
  {
    name: 'SnowglobeSequenceNearlyUsed',
    claim: 'F6: sequence utilisation, critical at 80 %',
    expr: `${NODE.sequenceUtilization.name} > 0.8`,
    severity: 'critical',
    summary: '{{ $labels.node }} uses {{ $value | humanizePercentage }} of its sequence numbers.',
    runbook: 'Add nodes now: beyond this each burst waits for the clock.',
  },
  {
    name: 'SnowglobeCoordinatorUnavailable',
    claim: 'F4: etcd unavailable; as the nodes find it',
    expr: `${NODE.coordinatorUnanswered.name} > 2`,
    severity: 'critical',
    summary: 'The coordinator has not answered {{ $labels.node }} for {{ $value | humanizeDuration }}.',
    runbook:
      'Look at the members of the coordinator and at the network between: nodes stop minting when their leases are over, and a new node gets no worker ID.',
  },
] as const satisfies readonly Alert[];

export type AlertName = (typeof ALERTS)[number]['name'];

/** Prometheus' rule file. */
export function alertRules(): string {
  const groups = [
    {
      name: 'snowglobe',
      rules: [
        { record: RATE_RECORD, expr: RATE_EXPR },
        ...ALERTS.map(({ name, claim, expr, holdFor, severity, summary, runbook }: Alert) => ({
          alert: name,
          expr,
          ...(holdFor !== undefined && { for: holdFor }),
          labels: { severity },
          annotations: { summary, runbook, claim },
        })),
      ],
    },
  ];
  return `# Written by \`npm run dashboards\` from alerts.ts.\n${stringify({ groups }, { lineWidth: 0 })}`;
}
