/**
 * What a node of a run minted each second while nothing was disturbed. A run proves the rate that its load asked for, and
 * no more: only where its nodes fell short of that was the end of something reached, theirs or the machine's.
 */
import { disturbing } from '../core/disturbing.ts';
import type { Problem } from '../core/errors.ts';
import { problem } from '../core/errors.ts';
import { idBitsOf } from '../core/layout.ts';
import type { Run } from '../core/run.ts';
import { BATCH_BYTES } from '../core/tap.ts';
import { msToNs, nsToMs, NS_PER_S } from '../core/time.ts';
import type { RunNs } from '../core/time.ts';

/** The load has just begun, and connections open. */
const SETTLE_MS = 1000;
/** A shorter time says nothing of a rate a second. */
const WINDOW_LEAST_MS = 2000;
/** Arrivals are drawn: of as little load as this, a tenth less than the mean is chance. */
const FELL_SHORT_BELOW = 0.9;

export interface MeasuredRate {
  readonly runId: string;
  readonly scenario: string;
  readonly driver: string;
  readonly host: { readonly [name: string]: string };
  /** When it was measured, and for how long. */
  readonly window: 'warm-up' | 'whole load';
  readonly seconds: number;
  /** IDs asked of each node each second. */
  readonly askedPerSecond: number;
  /** Those that minted from the first second of the window to its last, and what they came to. */
  readonly nodes: readonly { readonly node: string; readonly idsPerSecond: number }[];
  /** What every one of these nodes came to: the lowest. */
  readonly idsPerSecond: number;
  /** They came to less than they were asked for. */
  readonly fellShort: boolean;
  readonly bytes: MeasuredBytes;
}

/** What the IDs of a run take: decimal strings. */
export interface MeasuredBytes {
  readonly ids: string;
  /** In the taps, by their format: IDs and batch records. */
  readonly taps: string;
  /** In the store, all tables. Absent where the run's record does not tell. */
  readonly store?: { readonly ids: string; readonly onDisk: string; readonly uncompressed: string };
}

/** The rate that a run proves, or why it proves none. `where`: what named the run. */
export function measureRate(run: Run, where: string): MeasuredRate | Problem {
  const refusal = refusalOf(run, where);
  if (refusal !== undefined) return refusal;
  const quiet = disturbing(run.disturbances).length === 0;
  const span = quietSpan(run, quiet);
  if (span === undefined)
    return problem(
      `The run has less than ${WINDOW_LEAST_MS / 1000} s of load in which nothing was disturbed, after ${SETTLE_MS / 1000} s to settle.`,
      'Take a run with a longer warm-up, or one `--without-disturbances`.',
      where,
    );
  const nodes = steadyNodes(run, span);
  if (nodes.length === 0)
    return problem(
      'In the run no node minted from beginning to end of the time in which nothing was disturbed.',
      'Take a run whose nodes hold their worker IDs before the load begins.',
      where,
    );
  const { load, cluster } = run.scenario;
  const askedPerSecond = load.idsPerSecond + (cluster.selfLoad ?? 0);
  const idsPerSecond = Math.min(...nodes.map((node) => node.idsPerSecond));
  return {
    runId: run.measured.runId,
    scenario: run.scenario.name,
    driver: run.driver,
    host: run.measured.host,
    window: quiet ? 'whole load' : 'warm-up',
    seconds: (span.to - span.from) / NS_PER_S,
    askedPerSecond,
    nodes,
    idsPerSecond,
    fellShort: idsPerSecond < askedPerSecond * FELL_SHORT_BELOW,
    bytes: bytesOf(run),
  };
}

/** A plan stands on runs that proved something about a machine. */
function refusalOf({ state, verdict, measured }: Run, where: string): Problem | undefined {
  if (state === 'begun')
    return problem('The run was never judged.', 'Judge it: snowglobe judge RUN. A plan takes runs that passed.', where);
  if (verdict !== 'pass')
    return problem(
      verdict === 'fail'
        ? 'The run failed: a generator that breaks its promises is not to be planned with.'
        : 'The verdict of the run is unknown: it proves nothing.',
      'Take a run that passed.',
      where,
    );
  if (measured.versions['clocks by'] === 'virtual' || measured.versions['coordinator'] === 'virtual')
    return problem(
      'The run was simulated: its rates are those of a virtual clock, and say nothing of a machine.',
      'Take a run of the driver docker or local.',
      where,
    );
  return undefined;
}

interface Span {
  readonly from: RunNs;
  readonly to: RunNs;
}

/** The load up to the first disturbance; all of it, where there was none. Undefined: too short. */
function quietSpan({ phases }: Run, quiet: boolean): Span | undefined {
  const warmUp = phases.find(({ phase }) => phase === 'warm-up');
  const last = phases.findLast(({ phase }) => (quiet ? phase === 'recover' : phase === 'warm-up'));
  if (warmUp === undefined || last === undefined) return undefined;
  const span = { from: warmUp.from + msToNs(SETTLE_MS), to: last.to };
  return span.to - span.from < msToNs(WINDOW_LEAST_MS) ? undefined : span;
}

/** Nodes that minted in the first and in the last second of it: no one that stood by, and none that came late. */
function steadyNodes({ series: { bucketMs, idsByNode } }: Run, { from, to }: Span): MeasuredRate['nodes'] {
  const first = Math.ceil(nsToMs(from) / bucketMs);
  const end = Math.floor(nsToMs(to) / bucketMs);
  const aSecond = Math.max(1, Math.floor(1000 / bucketMs));
  const minted = (values: readonly number[]): boolean => values.some((ids) => ids > 0);
  return idsByNode.flatMap(({ node, values }) => {
    const within = values.slice(first, end);
    if (!minted(within.slice(0, aSecond)) || !minted(values.slice(end - aSecond, end))) return [];
    const ids = within.reduce((sum, value) => sum + value, 0);
    return [{ node, idsPerSecond: (ids * 1000) / ((end - first) * bucketMs) }];
  });
}

function bytesOf({ evidence, generator: { layout }, measured: { stored } }: Run): MeasuredBytes {
  const ids = BigInt(evidence.minted);
  const taps = ids * BigInt(idBitsOf(layout) / 8) + BigInt(evidence.batches) * BigInt(BATCH_BYTES);
  const sum = (of: 'onDisk' | 'uncompressed'): string =>
    String((stored ?? []).reduce((total, table) => total + BigInt(table[of]), 0n));
  return {
    ids: String(ids),
    taps: String(taps),
    ...(stored !== undefined &&
      evidence.stored !== '0' && {
        store: { ids: evidence.stored, onDisk: sum('onDisk'), uncompressed: sum('uncompressed') },
      }),
  };
}
