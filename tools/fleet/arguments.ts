/** What the fleet is asked for on its command line. Pure. */
import { parseArgs } from 'node:util';
import { badInput, messageOf } from '../../harness/core/errors.ts';
import type { Member } from './members.ts';

export interface FleetArguments {
  /** How often each generator goes through each scenario. */
  readonly times: number;
  /** Generators to run, in the order of all. */
  readonly wanted: readonly Member[];
  /** Of their scenarios only these; undefined: each. */
  readonly scenarios: readonly string[] | undefined;
  /** Nothing is written down. */
  readonly check: boolean;
  /** Nothing is run. */
  readonly build: boolean;
  /** Only FLEET.md, anew. */
  readonly page: boolean;
}

/**
 * Throws for an option that there is not, and for a name that none of `all` has: a typo runs nothing, and must not pass
 * for runs without a surprise.
 */
export function readArguments(args: readonly string[], all: readonly Member[]): FleetArguments {
  const { times, only, scenario: scenarios, check, build, page } = parsed(args);
  if (!/^[1-9]\d{0,3}$/.test(times))
    throw badInput('must be a whole number from 1 to 9999.', 'Say --times 10.', '--times');
  assertKnown('--only', only, namesOf(all));
  const wanted = all.filter(({ generator }) => only?.includes(generator.name) ?? true);
  assertKnown('--scenario', scenarios, [...new Set(wanted.flatMap(scenariosOf))]);
  return { times: Number(times), wanted, scenarios, check, build, page };
}

const namesOf = (members: readonly Member[]): readonly string[] => members.map(({ generator }) => generator.name);
const scenariosOf = ({ published }: Member): readonly string[] => published.trials.map(({ scenario }) => scenario);

function assertKnown(option: string, asked: readonly string[] = [], known: readonly string[]): void {
  const stray = asked.find((name) => !known.includes(name));
  if (stray !== undefined)
    throw badInput(`nothing of that is called "${stray}".`, `Take some of ${known.join(', ')}.`, option);
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        times: { type: 'string', default: '1' },
        only: { type: 'string', multiple: true },
        scenario: { type: 'string', multiple: true },
        check: { type: 'boolean', default: false },
        build: { type: 'boolean', default: false },
        page: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw badInput(
      messageOf(error).replace(/(?:\. To specify .*|\.)?$/s, '.'),
      'Take --times, --only, --scenario, --check, --build or --page.',
    );
  }
}
