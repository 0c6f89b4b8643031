/** `--metrics-port`: where the metrics of runs are served, opened before anything else starts. */
import { badInput } from '../core/errors.ts';
import type { Promise_ } from '../core/guarantee.ts';
import type { Progress } from '../core/progress.ts';
import type { Output } from './output.ts';

export interface RunsMetrics extends AsyncDisposable {
  /** From now on the metrics of a run that begins are served, of a generator with these promises. */
  watch(promises: readonly Promise_[]): Progress;
  /** Goes on serving those of a judged run for a moment, or until the signal. */
  linger(signal: AbortSignal): Promise<void>;
}

/** Undefined: nobody asked for metrics, and nothing of them is loaded. Throws (exit 3) where the port cannot be had. */
export async function openMetrics(port: number | undefined, output: Output): Promise<RunsMetrics | undefined> {
  if (port === undefined) return undefined;
  const [{ LINGER_MS, serveMetrics }, { createRunMetrics }] = await Promise.all([
    import('../telemetry/metrics-server.ts'),
    import('../telemetry/run-metrics.ts'),
  ]);
  const server = await serveMetrics(port);
  output.text(`Metrics: ${server.url}, and for ${LINGER_MS / 1000} s after each verdict.`);
  return {
    watch: (promises) => {
      const metrics = createRunMetrics(promises);
      server.show(metrics);
      return metrics;
    },
    linger: (signal) => server.linger(signal),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

export function metricsPortOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535)
    throw badInput(
      `"${text}" is no port.`,
      'Give a whole number from 1 to 65535, such as 9464, or 0 for any that is free.',
      '--metrics-port',
    );
  return port;
}
