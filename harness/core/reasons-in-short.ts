/** The reasons of a verdict for people, who need each kind of doubt once. Pure. */
import { counted } from './phrases.ts';
import type { Run } from './run.ts';
import type { UnknownReason } from './verdict.ts';

/** As an unknown stands among the reasons of its run. */
export function sentenceOf({ reason, detail }: Pick<UnknownReason, 'reason' | 'detail'>): string {
  return `${reason}: ${detail}`;
}

/**
 * The reasons, but of many unknowns for one reason only the first with the number of the others, which are all in
 * `unknowns`.
 */
export function reasonsInShort({ reasons, unknowns }: Pick<Run, 'reasons' | 'unknowns'>): readonly string[] {
  const more = new Map<string, number>();
  const left = new Set<string>();
  for (const [first, ...others] of Map.groupBy(unknowns, ({ reason }) => reason).values()) {
    if (first !== undefined) more.set(sentenceOf(first), others.length);
    for (const other of others) left.add(sentenceOf(other));
  }
  return reasons
    .filter((reason, index) => !left.has(reason) || (more.has(reason) && reasons.indexOf(reason) === index))
    .map((reason) => {
      const others = more.get(reason) ?? 0;
      return others === 0 ? reason : `${reason} And ${counted(others, 'more of this', 'more of these')}.`;
    });
}
