/** A run as a cell of its matrix. Pure. */
import type { JournalEntry } from '../core/journal.ts';
import type { Cell } from '../core/matrix.ts';
import { generatorLabel } from '../core/phrases.ts';
import type { Run } from '../core/run.ts';
import { missedSlos } from '../core/waived.ts';
import { refusalOf } from './refusal.ts';

/** `report`: from the page to the report of the run. */
export function cellOf(values: readonly string[], run: Run, journal: readonly JournalEntry[], report: string): Cell {
  const unique = run.findings.find(({ guarantee }) => guarantee === 'unique');
  return {
    values,
    runId: run.measured.runId,
    generator: generatorLabel(run.generator),
    seed: run.seed,
    verdict: run.verdict,
    exitCode: run.exitCode,
    reasons: run.reasons,
    guarantees: run.findings.map(({ guarantee, scope, promised, verdict, violations }) => ({
      guarantee,
      ...(scope !== undefined && { scope }),
      promised,
      verdict,
      violations,
    })),
    missed: missedSlos(run).map(({ name }) => name),
    ...(unique !== undefined && { duplicates: unique.violations }),
    refusal: refusalOf(run, journal),
    minted: run.evidence.minted,
    report,
    command: run.command,
  };
}
