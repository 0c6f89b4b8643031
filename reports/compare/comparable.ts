/** Whether runs can be compared at all: one scenario, one driver, one kind of load, and on each side one generator. */
import { isDeepStrictEqual } from 'node:util';
import type { Problem } from '../../harness/core/errors.ts';
import { problem } from '../../harness/core/errors.ts';
import { generatorLabel } from '../../harness/core/phrases.ts';
import type { Run } from '../../harness/core/run.ts';

/** What may differ between two runs of one scenario. SLOs are compared one by one. */
const FREE = new Set(['question', 'generator', 'slos']);

/** One sentence each; none: they can be compared. */
export function incomparable(base: readonly Run[], run: readonly Run[]): readonly Problem[] {
  const all = [...base, ...run];
  const begun = all.filter(({ state }) => state === 'begun');
  if (begun.length > 0)
    return begun.map(({ measured }) =>
      problem(`The run ${measured.runId} was never judged.`, 'Judge it first: snowglobe judge RUN.'),
    );
  return [
    ...differing(all, 'scenario', ({ scenario }) => scenario.name),
    ...differentParts(all),
    ...differing(all, 'driver', ({ driver }) => driver),
    ...differing(all, 'client of the load', ({ load }) => load?.client ?? 'unknown'),
    ...differing(base, 'generator within BASE', ({ generator }) => generatorLabel(generator)),
    ...differing(run, 'generator within RUN', ({ generator }) => generatorLabel(generator)),
  ];
}

const REMEDY = 'Compare runs that were asked the same question in the same way.';

function differing(runs: readonly Run[], what: string, of: (run: Run) => string): readonly Problem[] {
  const values = [...new Set(runs.map(of))];
  return values.length < 2 ? [] : [problem(`The ${what} is not the same: ${values.join(', ')}.`, REMEDY)];
}

/** Runs of one scenario that was changed between them: another load is another question. */
function differentParts(runs: readonly Run[]): readonly Problem[] {
  const [first, ...others] = runs.map(({ scenario }) => scenario);
  if (first === undefined || others.some(({ name }) => name !== first.name)) return [];
  const parts = Object.keys(first) as (keyof typeof first)[];
  const changed = parts.filter(
    (part) => !FREE.has(part) && others.some((other) => !isDeepStrictEqual(other[part], first[part])),
  );
  return changed.length === 0
    ? []
    : [problem(`The scenario ${first.name} was changed between the runs: ${changed.join(', ')}.`, REMEDY)];
}
