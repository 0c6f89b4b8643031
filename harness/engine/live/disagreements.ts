/**
 * Whether what was seen while a run lasted and what was judged at its end fit together. They come about on different ways;
 * where they differ one of the two is wrong, and that is a fault of the harness. Pure.
 */
import type { Finding } from '../../core/finding.ts';
import type { JournalEntry } from '../../core/journal.ts';
import type { LiveFinding } from '../../core/live.ts';
import { counted } from '../../core/phrases.ts';
import type { LaneName } from '../../core/tap.ts';
import type { UnknownReason } from '../../core/verdict.ts';

export interface Judged {
  readonly journal: readonly JournalEntry[];
  readonly findings: readonly Pick<Finding, 'guarantee' | 'checked' | 'violations' | 'undecided'>[];
  /** Of taps. */
  readonly lanes: readonly LaneName[];
}

export function disagreements({ journal, findings, lanes }: Judged): readonly UnknownReason[] {
  const seen = Map.groupBy(
    journal.filter((entry) => entry.kind === 'live'),
    ({ guarantee }) => guarantee,
  );
  // Of a run that was not looked at to its end it is not known what would have been seen.
  const isWhole = journal.some((entry) => entry.kind === 'live end' && entry.whole);
  return findings.flatMap(({ guarantee, checked, violations, undecided }): readonly UnknownReason[] => {
    const live = seen.get(guarantee as LiveFinding['guarantee']);
    if (live !== undefined)
      return checked === 0 || violations > 0 || undecided > 0
        ? []
        : [
            doubt(
              guarantee,
              `While the run lasted it was seen that ${live[0]!.what}, and the judge found no violation of ${guarantee}.`,
            ),
          ];
    if (!isWhole || violations === 0 || !isSeenWhole(guarantee, lanes)) return [];
    return [
      doubt(
        guarantee,
        `The judge found ${counted(violations, 'violation')} of ${guarantee}, and none was seen while the run lasted.`,
      ),
    ];
  });
}

/** Of which guarantees every violation is looked for while a run lasts. */
function isSeenWhole(guarantee: Finding['guarantee'], lanes: readonly LaneName[]): boolean {
  if (guarantee === 'unique' || guarantee === 'well-formed') return true;
  // Between lanes of one life nobody compares before the end.
  return guarantee === 'increasing-per-node' && lanes.every(({ lane }) => lane === 0);
}

function doubt(scope: string, detail: string): UnknownReason {
  return {
    reason: 'harness contradicts itself',
    scope,
    detail: `${detail} One of the two is wrong: this is a fault of snowglobe, and worth a report.`,
  };
}
