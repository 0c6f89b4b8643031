/** Known violations that a file of waivers covers, and what a run comes to beside them. Pure. */
import type { Cause } from './cause.ts';
import { EXIT, type ExitCode } from './errors.ts';
import type { Guarantee } from './guarantee.ts';
import type { Run } from './run.ts';
import { gravest, type Verdict } from './verdict.ts';

/** One broken guarantee, or one missed SLO, that somebody knows of and that is no failure of the command. */
export interface WaivedRecord {
  /** The broken guarantee; left out of an SLO. */
  readonly guarantee?: Guarantee;
  /** Of `increasing-across-lives`. */
  readonly scope?: string;
  /** The missed SLO, by its name; left out of a guarantee. */
  readonly slo?: string;
  /** How often the guarantee was broken; 1 of an SLO. */
  readonly violations: number;
  /** The waivers that cover it; several where each has a cause of its own. */
  readonly by: readonly {
    readonly cause?: Cause;
    readonly reason: string;
    readonly ticket: string;
    /** The last day on which it counts: `2026-12-31`. */
    readonly expires: string;
  }[];
}

/** What of a run its waivers are held against. */
export type Judged = Pick<Run, 'verdict' | 'findings' | 'slos' | 'unknowns' | 'waived'>;

type Subject = Pick<WaivedRecord, 'guarantee' | 'scope' | 'slo'>;

/** `unique`, `increasing-across-lives (node)`, `SLO latency`. */
export function subjectOf({ guarantee, scope, slo }: Subject): string {
  return guarantee === undefined ? `SLO ${slo}` : scope === undefined ? guarantee : `${guarantee} (${scope})`;
}

/** What is waived of this guarantee or SLO; undefined: nothing is. */
export function waivedOf({ waived = [] }: Pick<Run, 'waived'>, subject: Subject): WaivedRecord | undefined {
  const name = subjectOf(subject);
  return waived.find((one) => subjectOf(one) === name);
}

/** Promised guarantees that are broken. */
export function brokenGuarantees({ findings }: Pick<Run, 'findings'>): Run['findings'] {
  return findings.filter(({ promised, verdict }) => promised && verdict === 'fail');
}

export function missedSlos({ slos = [] }: Pick<Run, 'slos'>): NonNullable<Run['slos']> {
  return slos.filter(({ verdict }) => verdict === 'fail');
}

/**
 * The verdict of a run without what is waived. `Run.verdict` itself stays `fail`: what was broken is broken. A run that
 * would be `unknown` but for its known violations is `unknown`: a waiver speaks of violations, never of what nobody knows.
 */
export function verdictBesideWaived(run: Judged): Verdict {
  if (run.waived === undefined) return run.verdict;
  return open(run).length > 0 ? 'fail' : (known(run) ?? 'pass');
}

/** That of `verdictBesideWaived`. */
export function exitCodeBesideWaived(run: Judged): ExitCode {
  const left = open(run);
  if (left.some(({ guarantee }) => guarantee !== undefined)) return EXIT.guaranteeBroken;
  if (left.length > 0) return EXIT.sloMissed;
  return known(run) === 'unknown' ? EXIT.unknown : EXIT.pass;
}

/** `fail`, `pass (2 waived)`: how many broken guarantees and missed SLOs, not how often each was. */
export function verdictInWords(run: Judged): string {
  const verdict = verdictBesideWaived(run);
  return run.waived === undefined ? verdict : `${verdict} (${run.waived.length} waived)`;
}

/** What is broken or missed, and waived by nothing. */
function open(run: Judged): readonly Subject[] {
  const all: readonly Subject[] = [...brokenGuarantees(run), ...missedSlos(run).map(({ name }) => ({ slo: name }))];
  return all.filter((subject) => waivedOf(run, subject) === undefined);
}

/** Of all but violations; undefined: nothing speaks against a pass. */
function known({ findings, slos = [], unknowns }: Judged): 'unknown' | undefined {
  const verdicts = [
    ...findings.filter(({ promised }) => promised).map(({ verdict }) => verdict),
    ...slos.map(({ verdict }) => verdict),
    ...unknowns.map((): Verdict => 'unknown'),
  ].filter((verdict) => verdict !== 'fail');
  return verdicts.length > 0 && gravest(verdicts) === 'unknown' ? 'unknown' : undefined;
}
