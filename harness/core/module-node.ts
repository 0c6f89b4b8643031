/** What holds of generators whose node is a module, whatever module it is. Pure. */
import type { Problem } from './errors.ts';
import { problem } from './errors.ts';
import type { Generator } from './generator.ts';
import type { Guarantee } from './guarantee.ts';
import { formProblem } from './id-forms.ts';

/** Judged by the worker ID that a node says that it held. */
const BY_HOLDER: readonly Guarantee[] = ['owns-worker-id', 'well-formed'];

/** What no module can keep, or nobody can judge. Empty for a node of another kind. */
export function moduleProblems(
  { node, layout, promises }: Pick<Generator, 'node' | 'layout' | 'promises'>,
  where: string,
): readonly Problem[] {
  if (node.kind !== 'module') return [];
  const misfit = formProblem(node.form ?? 'decimal', layout);
  const byHolder = promises.map(({ guarantee }) => guarantee).filter((guarantee) => BY_HOLDER.includes(guarantee));
  return [
    ...(misfit === undefined
      ? []
      : [problem(misfit, 'Name the form in which IDs are written (node.form), or the layout that they have.', where)]),
    ...(node.call === 'factory' || layout.workerBits === 0 || byHolder.length === 0
      ? []
      : [
          problem(
            `${byHolder.join(' and ')} cannot be judged: IDs carry a worker ID, and a function is told none.`,
            'Export a function that makes one for the worker ID that it is given, and say `call: "factory"`; or leave the worker ID out of the layout.',
            where,
          ),
        ]),
  ];
}

/**
 * A module promises that clients receive the IDs that were minted, whether its generator says so or not: where IDs are
 * JavaScript numbers above 2^53 nobody can keep that, and a run must not pass over it.
 */
export function withPromisedEncoding(generator: Generator): Generator {
  const { node, promises } = generator;
  if (node.kind !== 'module' || promises.some(({ guarantee }) => guarantee === 'faithful-encoding')) return generator;
  return { ...generator, promises: [...promises, { guarantee: 'faithful-encoding' }] };
}
