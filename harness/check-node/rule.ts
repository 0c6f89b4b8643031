/**
 * A rule of generators/PROTOCOL.md that can be checked from outside: what it says, what has to be seen for it, and what
 * follows from that. Judging is pure; whatever starts, asks or reads is an act.
 */
import type { ActName, Evidence } from './evidence.ts';

/** Those headings of PROTOCOL.md under which rules stand, in its order. */
export const SECTIONS = ['Configuration', 'Clocks', 'A life', 'The tap', 'HTTP'] as const;

export interface Judgement {
  /** `not judged`: what was seen shows neither that the rule is kept nor that it is broken. */
  readonly verdict: 'ok' | 'failed' | 'not judged';
  /** What was seen, or why nothing was: one sentence without its full stop. */
  readonly seen: string;
}

export interface Rule<Need extends ActName = ActName> {
  /** Equal to the file's. */
  readonly name: string;
  readonly section: (typeof SECTIONS)[number];
  /** As it stands in that section, word for word. */
  readonly says: string;
  /** The acts whose evidence it judges by. */
  readonly needs: readonly Need[];
  judge(seen: Pick<Evidence, Need>): Judgement;
}

export const ok = (seen: string): Judgement => ({ verdict: 'ok', seen });
export const failed = (seen: string): Judgement => ({ verdict: 'failed', seen });
export const notJudged = (seen: string): Judgement => ({ verdict: 'not judged', seen });

/** The first problem as a failure with the number of others; without problems what was seen instead. */
export function unlessAny(problems: readonly (string | undefined)[], seen: string): Judgement {
  const [first, ...more] = problems.filter((problem) => problem !== undefined);
  if (first === undefined) return ok(seen);
  return failed(more.length === 0 ? first : `${first} (and ${more.length} more)`);
}
