/** Promises that no evidence of the generator's kind of node can bear out, and layouts that do not fit its IDs: exit 2. */
import type { Problem } from '../core/errors.ts';
import { problem } from '../core/errors.ts';
import type { Generator } from '../core/generator.ts';
import { MOMENTS } from '../core/clock-moment.ts';
import { idBitsOf, isOpaque } from '../core/layout.ts';
import { layoutText } from '../core/layout-spec.ts';
import type { Scenario } from '../core/scenario.ts';
import { formOf, scopeOf, unjudgeable } from '../core/scope.ts';

type Told = Pick<Generator, 'name' | 'promises' | 'layout' | 'node'>;

export function scopeProblems(scenario: Scenario, generator: Told): readonly Problem[] {
  return [...promiseProblems(generator), ...formProblems(generator), ...momentProblems(scenario, generator)];
}

/** A promise that cannot be judged would never be kept nor broken. */
function promiseProblems({ name, promises, layout, node }: Told): readonly Problem[] {
  const evidence = scopeOf(node);
  return [...new Set(promises.map(({ guarantee }) => guarantee))].flatMap((guarantee) => {
    const because = unjudgeable(guarantee, { layout, evidence });
    return because === undefined
      ? []
      : [
          problem(
            `${name} promises ${guarantee}, which cannot be judged: ${because}.`,
            isOpaque(layout) &&
              evidence.digests !== true &&
              (guarantee === 'time-honest' || guarantee === 'well-formed')
              ? 'Say how its IDs are laid out, or leave the promise out.'
              : 'Leave the promise out.',
            `${name}: promises`,
          ),
        ];
  });
}

/** Forms that are longer than 64 bits, or that say nothing of the bits. */
function formProblems({ name, layout, node }: Told): readonly Problem[] {
  const form = formOf(node);
  const told = `${name}: layout`;
  if (form === 'text' && !(isOpaque(layout) && idBitsOf(layout) === 128))
    return [
      problem(
        `IDs of the form text are kept as digests of 128 bits, and the layout is ${layoutText(layout)}.`,
        'Take the layout opaque:128, or name the form in which the IDs are written.',
        told,
      ),
    ];
  return (form === 'uuid' || form === 'ulid') && idBitsOf(layout) === 64
    ? [
        problem(
          `IDs of the form ${form} have 128 bits, and the layout ${layoutText(layout)} has 64.`,
          `Take a layout of 128 bits, such as ${form === 'uuid' ? 'uuidv7' : 'ulid'} or opaque:128.`,
          told,
        ),
      ]
    : [];
}

/** The first and the last time that an ID can carry, where nobody knows whether it carries one. */
function momentProblems({ name, timetable }: Scenario, { layout, name: generator }: Told): readonly Problem[] {
  if (!isOpaque(layout)) return [];
  return timetable.slots.flatMap((slot, slotIndex) =>
    slot.disturbances.flatMap(({ fault, options }, index) => {
      const moment = MOMENTS.find((one) => Object.values(options).includes(one));
      return moment === undefined
        ? []
        : [
            problem(
              `${fault} goes by ${moment}, and the layout of the IDs of ${generator} is unknown.`,
              'Say how its IDs are laid out, or give Unix milliseconds.',
              `${name}: timetable.slots[${slotIndex}] (${slot.name}).disturbances[${index}]`,
            ),
          ];
    }),
  );
}
