/** What the scoreboard is asked for on its command line. Pure. */
import { parseArgs } from 'node:util';
import { badInput, messageOf } from '../../harness/core/errors.ts';

export interface ScoreboardArguments {
  /** Only the README's table, anew. */
  readonly render: boolean;
  /** The sample of CI instead of all. */
  readonly sample: boolean;
  /** Generators and scenarios; none: all of them. */
  readonly names: readonly string[];
}

/** Throws for an option that there is not, and for a name that is none of `known`: a typo must not start the whole board. */
export function readArguments(args: readonly string[], known: readonly string[]): ScoreboardArguments {
  const { values, positionals: names } = parsed(args);
  const strangers = names.filter((name) => !known.includes(name));
  if (strangers.length > 0)
    throw badInput(
      `There is no generator or scenario called ${strangers.map((name) => `"${name}"`).join(' or ')}.`,
      'See `snowglobe list`.',
    );
  const { render = false, sample = false } = values;
  if (render && (sample || names.length > 0))
    throw badInput('--render runs nothing, and takes no other argument.', 'Leave the others out.');
  return { render, sample, names };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: { render: { type: 'boolean' }, sample: { type: 'boolean' } },
      allowPositionals: true,
    });
  } catch (error) {
    throw badInput(messageOf(error).replace(/(?:\. To specify .*|\.)?$/s, '.'), 'Take --sample, --render, or names.');
  }
}
