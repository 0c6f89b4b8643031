/** Reads `--matrix AXIS=A,B`: which axes, with which values, and all that is wrong with how they are written. Pure. */
import type { Problem } from '../core/errors.ts';
import { problem } from '../core/errors.ts';
import { COMBINATIONS_MAX } from '../core/matrix.ts';

/** An axis as it was written. */
export interface GivenAxis {
  readonly name: string;
  /** At least one; none is empty, none is there twice. */
  readonly values: readonly string[];
}

export interface GivenAxes {
  readonly axes: readonly GivenAxis[];
  readonly problems: readonly Problem[];
}

const EXAMPLE = '--matrix generator=snowflake,snowflake-cached';

/** Where a value is wrong: `--matrix ttl=5`. */
export const whereOf = (name: string, value: string): string => `--matrix ${name}=${value}`;

export function readAxes(words: readonly string[]): GivenAxes {
  const axes: GivenAxis[] = [];
  const problems: Problem[] = [];
  for (const word of words) {
    const where = `--matrix ${word}`;
    const at = word.indexOf('=');
    const name = word.slice(0, Math.max(at, 0)).trim();
    const values = word
      .slice(at + 1)
      .split(',')
      .map((value) => value.trim());
    const again = values.find((value, index) => values.indexOf(value) < index);
    if (at < 0 || name === '')
      problems.push(
        problem('is no axis with its values.', `Write an axis, =, and values with commas: ${EXAMPLE}.`, where),
      );
    else if (axes.some((axis) => axis.name === name))
      problems.push(problem(`There is an axis ${name} already.`, 'Give all of its values in one --matrix.', where));
    else if (values.includes(''))
      problems.push(
        problem(`A value of ${name} is empty.`, 'Give a value between any two commas, and no more commas.', where),
      );
    else if (again !== undefined) problems.push(problem(`${again} is there twice.`, 'Give each value once.', where));
    else axes.push({ name, values });
  }
  return { axes, problems: [...problems, ...tooMany(axes)] };
}

function tooMany(axes: readonly GivenAxis[]): readonly Problem[] {
  const combinations = axes.reduce((product, { values }) => product * values.length, 1);
  if (combinations <= COMBINATIONS_MAX) return [];
  const product = axes.map(({ name, values }) => `${values.length} of ${name}`).join(' × ');
  return [
    problem(
      `${product} are ${combinations.toLocaleString('en-US')} combinations; ${COMBINATIONS_MAX} is the most.`,
      'Take fewer values, or two commands.',
      '--matrix',
    ),
  ];
}

/** Every combination of one item of each list, the last list changing fastest. */
export function combine<Item>(lists: readonly (readonly Item[])[]): readonly (readonly Item[])[] {
  return lists.reduce<readonly (readonly Item[])[]>(
    (all, list) => all.flatMap((before) => list.map((item) => [...before, item])),
    [[]],
  );
}
