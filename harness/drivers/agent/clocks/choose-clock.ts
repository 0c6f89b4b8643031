/**
 * Which clock backend a program gets. Pure.
 */
import type { Ability } from '../../../core/cluster.ts';
import { environmentLacks } from '../../../core/errors.ts';
import type { ClockBackend, ClockTools } from './clock-backend.ts';
import { libfaketime } from './libfaketime.ts';
import type { Program } from './program.ts';
import { shim } from './shim.ts';
import { untouched } from './untouched.ts';
import { vdso } from './vdso.ts';

/** Preferred first: what needs no compiler, then what costs the program least. */
const BACKENDS: readonly ClockBackend[] = [libfaketime, shim, vdso];

/**
 * The first that fits all the programs of a node, does what is needed of a clock, and has its tool here; none where
 * nothing is needed and none fits. `asked`: this one or none. Throws what the environment lacks (exit 3): a clock that
 * cannot be skewed is never passed off as one that can.
 */
export function chooseClock(
  programs: readonly Program[],
  needs: ReadonlySet<Ability>,
  tools: ClockTools,
  asked?: string,
): ClockBackend {
  const refusals = new Map<ClockBackend, string>();
  const unfit = (backend: ClockBackend): string | undefined =>
    programs.map((program) => refusal(backend, program, needs)).find((why) => why !== undefined);
  for (const backend of BACKENDS) {
    if (asked !== undefined && backend.name !== asked) continue;
    const why = unfit(backend) ?? (tools.has(backend.name) ? undefined : 'is not here');
    if (why === undefined) return backend;
    refusals.set(backend, why);
  }
  if (asked === undefined && !skewsClocks(needs)) return untouched;
  const absent = [...refusals.keys()].filter((backend) => unfit(backend) === undefined);
  throw environmentLacks(
    `The wall clock of ${programs.map(({ name }) => name).join(' and ')} cannot be skewed: ${[...refusals].map(([{ name }, why]) => `${name} ${why}`).join('; ')}.`,
    absent.length > 0
      ? absent.map(({ remedy }) => remedy).join(' Or: ')
      : 'Take the faults of the clock out of the scenario, or build the program in another way.',
  );
}

/** Whether anything asks for a clock that is not true. */
export const skewsClocks = (needs: ReadonlySet<Ability>): boolean =>
  [...needs].some((need) => need.startsWith('clock.'));

/** Undefined where there is none of that name. */
export const backendNamed = (name: string): ClockBackend | undefined => BACKENDS.find((each) => each.name === name);

/** What the clock of a program can do with these tools. */
export function clockAbilities(program: Program, tools: ClockTools): ReadonlySet<Ability> {
  const fitting = BACKENDS.filter((backend) => tools.has(backend.name) && backend.refuses(program) === undefined);
  return new Set(fitting.flatMap(({ abilities }) => [...abilities]));
}

/** Why a backend is none for this, wherever its tool is. */
function refusal(backend: ClockBackend, program: Program, needs: ReadonlySet<Ability>): string | undefined {
  const cannot = [...needs].find((need) => need.startsWith('clock.') && !backend.abilities.has(need));
  return backend.refuses(program) ?? (cannot === undefined ? undefined : `cannot do ${cannot}`);
}
