/**
 * Explains violations: gives each witness a cause from the closed list and a story, and puts the clearest first. Pure.
 */
import type { Finding, Witness } from '../core/finding.ts';
import { seconds } from '../core/phrases.ts';
import { rollbackBehind, tellRollback } from './causes/rollback.ts';
import { causeOf } from './explain-cause.ts';
import { type EvidenceView, type ExplainEvidence, viewOf } from './explain-evidence.ts';
import { storyOf } from './explain-story.ts';

export type { ExplainEvidence } from './explain-evidence.ts';

export function explain(findings: readonly Finding[], evidence: ExplainEvidence): Finding[] {
  const view = viewOf(evidence);
  return findings.map((finding) => ({
    ...finding,
    witnesses: finding.witnesses
      .map((witness) => explainWitness(finding, witness, view))
      .sort((a, b) => unclearness(a) - unclearness(b) || a.at - b.at),
  }));
}

function explainWitness({ guarantee }: Finding, witness: Witness, view: EvidenceView): Witness {
  const rollback = rollbackBehind(witness, view);
  if (rollback !== undefined) {
    const explained = { cause: 'coordinator rolled back' } as const;
    const told = [storyOf(witness, explained, view), tellRollback(rollback, seconds)];
    return { ...witness, ...explained, explanation: told.join(' ') };
  }
  const explained = causeOf(guarantee, witness, view);
  const { door } = explained;
  return {
    ...witness,
    cause: explained.cause,
    explanation: storyOf(witness, explained, view),
    ...(door !== undefined && { tenures: [door.intruder, door.successor], worker: door.intruder.workerId }),
  };
}

/** What fails the run before what lies outside its assumptions; two holders before all else; a known cause before none. */
function unclearness({ cause = 'not explained', outsideAssumptions }: Witness): number {
  const rank =
    cause === 'not explained' ? 3 : !cause.startsWith('two holders') ? 2 : cause === 'two holders: unexplained' ? 1 : 0;
  return outsideAssumptions === true ? 4 + rank : rank;
}
