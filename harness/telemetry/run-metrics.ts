/**
 * What the harness knows of a run, as Prometheus metrics (`RUN_METRICS`): fed by the events that also feed the view, and
 * by the record once the run is judged.
 */
import type { Finding } from '../core/finding.ts';
import type { Guarantee, Promise_ } from '../core/guarantee.ts';
import { RUN_METRICS as METRIC } from '../core/metric-names.ts';
import type { Progress, ProgressEvent } from '../core/progress.ts';
import type { Run } from '../core/run.ts';
import type { UnknownReasonName, Verdict } from '../core/verdict.ts';
import { Figures } from './figures.ts';

export interface RunMetrics extends Progress {
  readonly contentType: string;
  text(): Promise<string>;
}

const VERDICTS: readonly Verdict[] = ['pass', 'unknown', 'fail'];
const OF_ORDER: ReadonlySet<Guarantee> = new Set(['increasing-per-node', 'increasing-across-lives']);
/** What says that the stored IDs are not known to be those that were minted. */
const NOT_WHOLE: ReadonlySet<UnknownReasonName> = new Set([
  'evidence not whole',
  'engine lost',
  'input malformed, rounded or empty',
]);

/** `promises`: of the run's generator. */
export function createRunMetrics(promises: readonly Promise_[]): RunMetrics {
  const figures = new Figures();
  /** Nothing can excuse a duplicate where `unique` is promised without an assumption. */
  const provesFailure = promises.some(
    ({ guarantee, assuming = [] }) => guarantee === 'unique' && assuming.length === 0,
  );
  const inForce = new Set<string>();

  const disturbance = (event: Extract<ProgressEvent, { kind: 'disturbance' }>): void => {
    if (event.what === 'bites') inForce.add(event.key);
    else inForce.delete(event.key);
    figures.set(METRIC.disturbanceInForce, { disturbance: event.name }, event.what === 'bites' ? 1 : 0);
    figures.set(METRIC.disturbancesActive, {}, inForce.size);
  };

  const rates = ({ nodes, lagMs, stored, duplicates }: Extract<ProgressEvent, { kind: 'rates' }>): void => {
    for (const { node, idsPerSecond, offsetMs } of nodes) {
      figures.add(METRIC.idsAcknowledged, { node }, idsPerSecond);
      if (offsetMs === undefined) figures.forget(METRIC.clockOffset, { node });
      else figures.set(METRIC.clockOffset, { node }, offsetMs / 1000);
    }
    // Without a collector nobody counts what is stored before the run is judged.
    if (lagMs === undefined) return;
    figures.set(METRIC.collectorLag, {}, lagMs / 1000);
    figures.raise(METRIC.idsStored, {}, Number(stored));
    figures.raise(METRIC.duplicates, {}, duplicates);
    if (duplicates > 0 && provesFailure) tell(figures, 'fail');
  };

  return {
    get contentType() {
      return figures.contentType;
    },
    text: () => figures.text(),
    event(event) {
      if (event.kind === 'begin') {
        const { scenario, generator, driver, seed } = event;
        figures.set(METRIC.info, { scenario, generator, driver, seed }, 1);
        figures.set(METRIC.disturbancesActive, {}, 0);
        tell(figures, 'unknown');
      } else if (event.kind === 'disturbance') disturbance(event);
      else if (event.kind === 'rates') rates(event);
      else if (event.kind === 'live') figures.add(METRIC.liveViolations, { guarantee: event.guarantee }, event.found);
      else if (event.kind === 'pace') {
        figures.set(METRIC.liveLag, {}, event.liveLagMs / 1000);
        figures.set(METRIC.harnessCpus, {}, event.cpus);
      }
    },
    line() {},
    end: (run) => tellEnd(figures, run),
  };
}

function tell(figures: Figures, verdict: Verdict): void {
  for (const each of VERDICTS) figures.set(METRIC.verdict, { verdict: each }, each === verdict ? 1 : 0);
}

/** What only the judge knows. A run that was not judged leaves it absent, and is unknown. */
function tellEnd(figures: Figures, run: Run | undefined): void {
  tell(figures, run?.verdict ?? 'unknown');
  if (run === undefined) return;
  const { findings, unknowns, evidence } = run;
  figures.raise(METRIC.idsStored, {}, Number(evidence.stored));
  for (const finding of findings.filter(isJudged)) {
    const { guarantee, scope = '', violations } = finding;
    if (guarantee === 'unique') figures.raise(METRIC.duplicates, {}, violations);
    else if (guarantee === 'owns-worker-id') figures.raise(METRIC.workerIdOverlaps, {}, violations);
    else if (OF_ORDER.has(guarantee)) figures.raise(METRIC.orderViolations, { guarantee, scope }, violations);
  }
  const whole = evidence.stored === evidence.minted && !unknowns.some(({ reason }) => NOT_WHOLE.has(reason));
  figures.set(METRIC.evidenceWhole, {}, whole ? 1 : 0);
}

/** Where nothing was looked at, no violation is no finding. */
function isJudged({ checked, violations }: Finding): boolean {
  return checked > 0 || violations > 0;
}
