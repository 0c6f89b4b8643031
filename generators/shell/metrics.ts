/**
 * The node's Prometheus metrics.
 */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Minter } from '../../harness/core/generator.ts';
import { monotonicNs } from './clocks.ts';
import type { LaneObserver } from './lane.ts';

export interface Metrics extends LaneObserver {
  readonly contentType: string;
  text(): Promise<string>;
}

export function createMetrics(node: string, incarnation: number, minter: Minter): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ node, incarnation: String(incarnation) });
  const registers = [registry];
  const minted = new Counter({
    name: 'snowglobe_ids_minted_total',
    help: 'IDs committed to the tap.',
    registers,
  });
  const refusals = new Counter({
    name: 'snowglobe_refusals_total',
    help: 'Requests that were refused, by reason.',
    labelNames: ['reason'] as const,
    registers,
  });
  const errors = new Counter({
    name: 'snowglobe_mint_errors_total',
    help: 'Calls of mint that threw something else than a refusal or returned no count.',
    registers,
  });
  const seconds = new Histogram({
    name: 'snowglobe_mint_seconds',
    help: 'Duration of one call of mint.',
    buckets: [1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 1e-2, 1e-1, 1],
    registers,
  });
  const backward = new Counter({
    name: 'snowglobe_clock_backward_total',
    help: 'Times that the wall clock showed an earlier time than at the reading before.',
    registers,
  });
  new Gauge({
    name: 'snowglobe_worker_id',
    help: 'The worker ID held, or -1.',
    registers,
    collect() {
      this.set(minter.holding()?.workerId ?? -1);
    },
  });
  new Gauge({
    name: 'snowglobe_lease_seconds_left',
    help: 'Seconds until the node must stop minting unless its lease is kept alive; 0 when it has no fence.',
    registers,
    collect() {
      const fenceNs = minter.holding()?.lease?.fenceNs ?? 0n;
      this.set(fenceNs === 0n ? 0 : Number(fenceNs - monotonicNs()) / 1e9);
    },
  });
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    called(duration, ids) {
      seconds.observe(duration);
      minted.inc(ids);
    },
    refused: (reason) => refusals.inc({ reason }),
    failed: () => errors.inc(),
    clockWentBack: () => backward.inc(),
  };
}
