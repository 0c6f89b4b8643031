/** The time in which a cluster must live again, and when silence in it proves nothing. Pure. */
import type { RecoverWindow } from '../core/history.ts';
import type { JournalEntry } from '../core/journal.ts';
import type { Scenario } from '../core/scenario.ts';
import { NS_PER_S } from '../core/time.ts';
import type { Span } from './bite.ts';
import { stallSpans, starvedSpans } from './busy-machine.ts';
import { phaseBegin } from './phase-begin.ts';

/** How long before and after a stall of the harness its machine is taken to have starved the nodes as well. */
const STARVED_AROUND_NS = NS_PER_S;
/** And after it: one that is still starved answers nobody, and so tells of it late, or never. */
const STARVED_AFTER_NS = 2 * NS_PER_S;

/** From the last heal to the end of the load, when the run came to both. */
export function recoverWindow(
  journal: readonly JournalEntry[],
  { pool, cluster }: Scenario,
): RecoverWindow | undefined {
  const [from, to] = [phaseBegin(journal, 'recover'), phaseBegin(journal, 'drain')];
  if (from === undefined || to === undefined) return undefined;
  return {
    from,
    to,
    deaf: deafSpans(journal),
    ...(pool !== undefined && { pool }),
    ...(cluster.selfLoad !== undefined && { selfLoaded: true }),
  };
}

/**
 * Where its machine kept a node from running, its silence is no more its own than the harness's deafness is; and what kept
 * the harness from running may have kept all of them.
 */
export function deafSpans(journal: readonly JournalEntry[]): NonNullable<RecoverWindow['deaf']> {
  const widened = <S extends Span>(span: S, byNs: number): S => ({
    ...span,
    from: span.from - STARVED_AROUND_NS,
    to: span.to + byNs,
  });
  return [
    ...stallSpans(journal).map((span) => widened(span, STARVED_AROUND_NS)),
    ...starvedSpans(journal).map((span) => widened(span, STARVED_AFTER_NS)),
  ];
}
