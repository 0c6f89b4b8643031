/** `snowglobe prune`: takes away runs that are old, or many; told first, and done with --yes. */
import { relative } from 'node:path';
import type { ExitCode } from '../core/errors.ts';
import { EXIT } from '../core/errors.ts';
import { counted } from '../core/phrases.ts';
import { keptRuns, removeRun } from './kept-runs.ts';
import type { Output } from './output.ts';
import type { Fate, KeptRun, Retention } from './prune-plan.ts';
import { fatesOf, retentionOf } from './prune-plan.ts';

export interface PruneArguments {
  /** Undefined: `runs`, or none where a server is named. */
  readonly runs: string | undefined;
  readonly store: string | undefined;
  readonly olderThan: string | undefined;
  readonly keep: string | undefined;
  readonly yes: boolean;
  readonly force: boolean;
}

/** A harness that collects into a server writes every second; one whose server is away waits for minutes. */
const MAY_BE_COLLECTED_MS = 3_600_000;

export async function prune(args: PruneArguments, output: Output): Promise<ExitCode> {
  const retention = retentionOf(args.olderThan, args.keep, args.force);
  const nowUnixMs = new Date().getTime();
  const fates: Fate[] = [];
  if (args.store === undefined || args.runs !== undefined) {
    const { runs = 'runs' } = args;
    const remove = (folder: string): void => removeRun(folder, runs);
    fates.push(...(await pruned(keptRuns(runs, nowUnixMs), args, retention, nowUnixMs, remove)));
  }
  if (args.store !== undefined) {
    const { storedRuns } = await import('../stores/clickhouse/kept-runs.ts');
    await using stored = await storedRuns(args.store);
    const runs = (await stored.list()).map(({ runId, scenario, judged, unixMs, untouchedForMs, bytes }): KeptRun => ({
      ...{ name: runId, scenario, unixMs, bytes },
      ...(/^\w+$/.test(runId) ? {} : { untouchable: 'it is no run of snowglobe' }),
      ...(!judged && {
        unjudged: 'it was not judged',
        ...(untouchedForMs < MAY_BE_COLLECTED_MS && {
          untouchable: 'it was written to within the hour, and not judged: it may go on',
        }),
      }),
    }));
    fates.push(...(await pruned(runs, args, retention, nowUnixMs, (runId) => stored.remove(runId))));
  }
  const told = fates.map(({ run, goes, why }) => ({ ...run, goes, ...(why !== undefined && { why }) }));
  output.document({ done: args.yes, runs: told }, text(fates, args));
  return EXIT.pass;
}

async function pruned(
  runs: readonly KeptRun[],
  { yes }: PruneArguments,
  retention: Retention,
  nowUnixMs: number,
  remove: (name: string) => void | Promise<void>,
): Promise<readonly Fate[]> {
  const fates = fatesOf(runs, retention, nowUnixMs);
  if (yes) for (const { run, goes } of fates) if (goes) await remove(run.name);
  return fates;
}

function text(fates: readonly Fate[], { yes, force }: PruneArguments): string {
  const line = ({ name, scenario, unixMs, bytes, unjudged }: KeptRun, why?: string): string => {
    const shown = name.startsWith('/') ? relative(process.cwd(), name) || '.' : name;
    const note = why ?? unjudged;
    return `  ${new Date(unixMs).toISOString().slice(0, 16).replace('T', ' ')}  ${size(bytes).padStart(9)}  ${shown}${scenario === '' || name.startsWith('/') ? '' : ` (${scenario})`}${note === undefined ? '' : `: ${note}`}`;
  };
  const going = fates.filter(({ goes }) => goes);
  const held = fates.filter(({ goes, why }) => !goes && why !== undefined);
  const others = fates.length - going.length - held.length;
  const total = size(going.reduce((sum, { run }) => sum + run.bytes, 0));
  const verb = yes ? 'Taken away' : 'Would be taken away';
  return [
    going.length === 0 ? 'Nothing goes.' : `${verb}: ${counted(going.length, 'run')}, ${total}`,
    ...going.map(({ run }) => line(run)),
    ...(held.length === 0 ? [] : [`Old enough, and left: ${counted(held.length, 'run')}`]),
    ...held.map(({ run, why }) => line(run, why)),
    `${counted(others, 'run')} ${others === 1 ? 'stays' : 'stay'}.`,
    ...(going.length > 0 && !yes ? ['Nothing was touched: --yes does it.'] : []),
    ...(held.some(({ run }) => run.untouchable === undefined) && !force
      ? ['--force takes away what was not judged, too; `snowglobe judge RUN` judges it.']
      : []),
    '',
  ].join('\n');
}

function size(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  return bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e3).toFixed(1)} kB`;
}
