/** Which of the runs that are kept somewhere may go. Pure. */
import { badInput } from '../core/errors.ts';

/** A run that is kept: a folder, or what a server holds of it. */
export interface KeptRun {
  /** The folder, or the ID of the run. */
  readonly name: string;
  /** Empty where nobody knows. */
  readonly scenario: string;
  /** When it began, or, where that is not known, was last written to. */
  readonly unixMs: number;
  readonly bytes: number;
  /** Why nobody may take it away: it lives, or nobody can tell. */
  readonly untouchable?: string;
  /** Why its evidence may still be wanted: it was not judged, or not by all of it. */
  readonly unjudged?: string;
}

export interface Retention {
  /** Only what is older goes. */
  readonly olderThanMs?: number;
  /** As many of each scenario stay, the newest. */
  readonly keep?: number;
  /** What was not judged goes, too. */
  readonly force: boolean;
}

export interface Fate {
  readonly run: KeptRun;
  readonly goes: boolean;
  /** Why it stays although it is old enough. */
  readonly why?: string;
}

/** In the order of time, oldest first. With both an age and a number, what goes is older, and beyond the number. */
export function fatesOf(runs: readonly KeptRun[], retention: Retention, nowUnixMs: number): readonly Fate[] {
  const { olderThanMs = 0, keep = 0, force } = retention;
  const newest = new Set<KeptRun>();
  for (const mine of Map.groupBy(runs, ({ scenario }) => scenario).values())
    for (const run of mine.toSorted((a, b) => b.unixMs - a.unixMs).slice(0, keep)) newest.add(run);
  return runs
    .toSorted((a, b) => a.unixMs - b.unixMs)
    .map((run) => {
      if (newest.has(run) || nowUnixMs - run.unixMs < olderThanMs) return { run, goes: false };
      if (run.untouchable !== undefined) return { run, goes: false, why: run.untouchable };
      if (run.unjudged !== undefined && !force) return { run, goes: false, why: run.unjudged };
      return { run, goes: true };
    });
}

const UNITS_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };

/** What `--older-than`, `--keep` and `--force` say. */
export function retentionOf(olderThan: string | undefined, keep: string | undefined, force: boolean): Retention {
  if (olderThan === undefined && keep === undefined)
    throw badInput(
      'snowglobe prune needs to know what may go.',
      'Write: snowglobe prune --older-than 30d, or --keep 10 (of each scenario), or both.',
    );
  const age = /^(\d+)([mhdw])$/.exec(olderThan ?? '0m');
  if (age === null)
    throw badInput(
      `"${olderThan}" is no age.`,
      'Give minutes, hours, days or weeks: 90m, 12h, 30d, 8w.',
      '--older-than',
    );
  if (keep !== undefined && !/^\d{1,9}$/.test(keep))
    throw badInput(`"${keep}" is no number of runs.`, 'Give a whole number, such as 10.', '--keep');
  return {
    ...(olderThan !== undefined && { olderThanMs: Number(age[1]) * UNITS_MS[age[2] as string]! }),
    ...(keep !== undefined && { keep: Number(keep) }),
    force,
  };
}
