/**
 * Figures in Prometheus' format. One that nobody has set yet is absent: what is not known is no zero.
 */
import { Counter, Gauge, Registry } from 'prom-client';
import type { Metric } from '../core/metric-names.ts';

/** A value for each label of the metric: a label that is renamed breaks the build. */
type LabelsOf<M extends Metric> = Readonly<Record<M['labels'][number], string>>;

export class Figures {
  readonly #registry = new Registry();
  readonly #gauges = new Map<string, Gauge>();
  readonly #counters = new Map<string, Counter>();
  readonly #counted = new Map<string, number>();

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  set<M extends Metric & { readonly type: 'gauge' }>(metric: M, labels: LabelsOf<M>, value: number): void {
    this.#gauge(metric).set(labels, value);
  }

  /** The series is not known any more. */
  forget<M extends Metric & { readonly type: 'gauge' }>(metric: M, labels: LabelsOf<M>): void {
    this.#gauge(metric).remove(labels);
  }

  add<M extends Metric & { readonly type: 'counter' }>(metric: M, labels: LabelsOf<M>, more: number): void {
    this.#counter(metric).inc(labels, more);
  }

  /** Raises the count to what it is known to be now; one that is lower than before changes nothing. */
  raise<M extends Metric & { readonly type: 'counter' }>(metric: M, labels: LabelsOf<M>, to: number): void {
    const series = JSON.stringify([metric.name, labels]);
    const before = this.#counted.get(series) ?? 0;
    this.#counter(metric).inc(labels, Math.max(0, to - before));
    this.#counted.set(series, Math.max(before, to));
  }

  #gauge(metric: Metric): Gauge {
    return kept(this.#gauges, metric, () => new Gauge(this.#options(metric)));
  }

  #counter(metric: Metric): Counter {
    return kept(this.#counters, metric, () => new Counter(this.#options(metric)));
  }

  #options({ name, help, labels }: Metric): {
    name: string;
    help: string;
    labelNames: string[];
    registers: Registry[];
  } {
    return { name, help, labelNames: [...labels], registers: [this.#registry] };
  }
}

function kept<Kept>(all: Map<string, Kept>, { name }: Metric, make: () => Kept): Kept {
  const known = all.get(name);
  if (known !== undefined) return known;
  const made = make();
  all.set(name, made);
  return made;
}
