/**
 * The node's Prometheus metrics. Their names and words are in harness/core/metric-names.ts.
 */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Holding } from '../../harness/core/generator.ts';
import type { Layout } from '../../harness/core/layout.ts';
import { wordsPerId } from '../../harness/core/layout.ts';
import type { Metric } from '../../harness/core/metric-names.ts';
import { LATENCY_BUCKETS_S, NODE_METRICS, OTHER_REASON, REFUSAL_REASONS } from '../../harness/core/metric-names.ts';
import { monotonicNs, wallMs } from './clocks.ts';
import type { LaneObserver } from './lane.ts';
import { LastSecond, sequenceUse } from './sequence-use.ts';

export interface Metrics extends LaneObserver {
  readonly contentType: string;
  /** A request for IDs is answered, so long after it came. */
  answered(seconds: number): void;
  text(): Promise<string>;
}

export interface MetricsOf {
  readonly node: string;
  readonly incarnation: number;
  readonly layout: Layout;
  readonly holding: () => Holding | undefined;
  /** As `CoordinatorAnswers.unansweredSeconds`. */
  readonly unansweredSeconds: () => number | undefined;
  readonly clocks?: { readonly wallMs: () => number; readonly monotonicNs: () => bigint };
}

export function createMetrics({
  node,
  incarnation,
  layout,
  holding,
  unansweredSeconds,
  clocks = { wallMs, monotonicNs },
}: MetricsOf): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ node, incarnation: String(incarnation) });
  const registers = [registry];
  const of = ({
    name,
    help,
    labels,
  }: Metric): { name: string; help: string; labelNames: string[]; registers: Registry[] } => ({
    name,
    help,
    labelNames: [...labels],
    registers,
  });
  const histogram = (metric: Metric): Histogram => new Histogram({ ...of(metric), buckets: [...LATENCY_BUCKETS_S] });
  /** Asked for at each scrape; absent while it is not known. */
  const gauge = (metric: Metric, value: () => number | undefined): Gauge =>
    new Gauge({
      ...of(metric),
      collect() {
        const now = value();
        if (now === undefined) this.remove();
        else this.set(now);
      },
    });

  const minted = new Counter(of(NODE_METRICS.idsMinted));
  const refusals = new Counter(of(NODE_METRICS.refusals));
  const errors = new Counter(of(NODE_METRICS.mintErrors));
  const backward = new Counter(of(NODE_METRICS.clockBackward));
  const mint = histogram(NODE_METRICS.mintSeconds);
  const request = histogram(NODE_METRICS.requestSeconds);

  const began = { wallMs: clocks.wallMs(), monotonicNs: clocks.monotonicNs() };
  gauge(NODE_METRICS.clockOffset, () => {
    const passedMs = Number(clocks.monotonicNs() - began.monotonicNs) / 1e6;
    return (clocks.wallMs() - began.wallMs - passedMs) / 1000;
  });
  gauge(NODE_METRICS.workerId, () => holding()?.workerId);
  gauge(NODE_METRICS.leaseLeft, () => {
    const fenceNs = holding()?.lease?.fenceNs ?? 0n;
    return fenceNs === 0n ? undefined : Number(fenceNs - clocks.monotonicNs()) / 1e9;
  });
  gauge(NODE_METRICS.coordinatorUnanswered, unansweredSeconds);

  const use = sequenceUse(layout);
  const lastSecond = new LastSecond(clocks.monotonicNs);
  const overflows = use === undefined ? undefined : new Counter(of(NODE_METRICS.overflowWaits));
  if (use !== undefined) gauge(NODE_METRICS.sequenceUtilization, () => lastSecond.count() / use.perSecond);

  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    called(seconds, ids) {
      const count = ids.length / wordsPerId(layout);
      mint.observe(seconds);
      minted.inc(count);
      lastSecond.add(count);
      if (use !== undefined) overflows?.inc(use.lastOfTick(ids));
    },
    refused: (reason) => refusals.inc({ reason: REFUSAL_REASONS.has(reason) ? reason : OTHER_REASON }),
    failed: () => errors.inc(),
    clockWentBack: () => backward.inc(),
    answered: (seconds) => request.observe(seconds),
  };
}
