/** What a run of the fleet came to, as docs/fleet.json keeps it. Pure. */
import type { Run } from '../../harness/core/run.ts';
import type { Verdict } from '../../harness/core/verdict.ts';

export interface Outcome {
  readonly verdict: Verdict;
  readonly exitCode: number;
  readonly seed: string;
  /** Promised guarantees that were broken, and SLOs that were missed. */
  readonly broken: readonly Broken[];
  /** IDs that were minted, in decimal. */
  readonly minted: string;
  /** Why it is unknown. */
  readonly doubts: readonly string[];
}

export interface Broken {
  readonly what: string;
  /** Of a guarantee. */
  readonly violations?: number;
  /** What was looked at: `60,547 IDs`. */
  readonly among?: string;
  /** One violation, with its numbers; of an SLO its value. */
  readonly witness?: string;
  readonly cause?: string;
}

/** A scenario that a generator was put through, some times. */
export interface TrialRecord {
  readonly scenario: string;
  readonly outcomes: readonly Outcome[];
}

export interface GeneratorRecord {
  readonly name: string;
  /** Of the project, when it was run. */
  readonly commit: string;
  readonly machine: string;
  readonly trials: readonly TrialRecord[];
}

export function outcomeOf(run: Run): Outcome {
  const guarantees = run.findings
    .filter(({ promised, verdict }) => promised && verdict === 'fail')
    .map(({ guarantee, violations, checked, unit, witnesses: [first] }) => ({
      what: guarantee,
      violations,
      among: `${checked.toLocaleString('en')} ${unit}`,
      ...(first !== undefined && { witness: first.explanation ?? first.what }),
      ...(first?.cause !== undefined && { cause: first.cause }),
    }));
  const slos = (run.slos ?? [])
    .filter(({ verdict }) => verdict === 'fail')
    .map(({ name, detail }) => ({ what: name, ...(detail !== undefined && { witness: detail }) }));
  return {
    verdict: run.verdict,
    exitCode: run.exitCode,
    seed: run.seed,
    broken: [...guarantees, ...slos],
    minted: run.evidence.minted,
    doubts: run.verdict === 'unknown' ? run.reasons : [],
  };
}
