/** What is waived, and by which words. */
import type { Run } from '../../harness/core/run.ts';
import { waivedOf } from '../../harness/core/waived.ts';
import type { WaivedRecord } from '../../harness/core/waived.ts';

type Waiver = WaivedRecord['by'][number];

/** `the cache outlives the lease (ID-7, until 2026-12-31)`. */
export function waiverWords({ reason, ticket, expires }: Waiver): string {
  return `${reason} (${ticket}, until ${expires})`;
}

/** What is waived of a finding, if it is broken. */
export function waivedFinding(run: Run, finding: Run['findings'][number]): WaivedRecord | undefined {
  return finding.promised && finding.verdict === 'fail' ? waivedOf(run, finding) : undefined;
}

/** Those that cover a violation of this cause; a violation outside assumptions needs none. */
export function waiversOf(
  known: WaivedRecord | undefined,
  { cause, outsideAssumptions }: Run['findings'][number]['witnesses'][number],
): readonly Waiver[] {
  if (known === undefined || outsideAssumptions === true) return [];
  return known.by.filter((waiver) => waiver.cause === undefined || waiver.cause === cause);
}
