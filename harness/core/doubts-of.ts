/** Which doubts of a run bear on one thing that it judged. Pure. */
import { GUARANTEE_NAMES, type Guarantee } from './guarantee.ts';
import type { Run } from './run.ts';
import type { UnknownReason } from './verdict.ts';

const SLO = 'SLO ';

/** The scope of doubts about an SLO. No node, guarantee or part of the evidence is called so, whatever the SLO is. */
export const sloScope = (name: string): string => `${SLO}${name}`;

/** What puts a pass in doubt: of it, or of the run as a whole. What is in doubt of something else is not among it. */
export function doubtsOf(
  { unknowns }: Pick<Run, 'unknowns'>,
  of: Guarantee | { readonly slo: string },
): readonly UnknownReason[] {
  const own = typeof of === 'string' ? of : sloScope(of.slo);
  const isOfOne = (scope: string): boolean =>
    scope.startsWith(SLO) || (GUARANTEE_NAMES as readonly string[]).includes(scope);
  return unknowns.filter(({ scope }) => scope === own || !isOfOne(scope));
}
