/** What an `unknown` does to the exit code: `--unknown fail|warn|retry=N`. It never becomes a pass. Pure. */
import type { Driver } from '../core/driver.ts';
import type { ExitCode } from '../core/errors.ts';
import { badInput, EXIT } from '../core/errors.ts';
import { counted } from '../core/phrases.ts';
import type { Run } from '../core/run.ts';

export interface UnknownMode {
  /** How often a scenario is carried out at the most, while it is unknown. */
  readonly attempts: number;
  /** An unknown leaves the exit code alone, and is told in a warning. */
  readonly warns: boolean;
  /** Why a scenario that is unknown is not tried again, although that was asked for. */
  readonly inVain?: string;
}

const RETRIES_MAX = 5;

export function unknownMode(text = 'fail'): UnknownMode {
  if (text === 'fail') return { attempts: 1, warns: false };
  if (text === 'warn') return { attempts: 1, warns: true };
  const retries = Number(/^retry=([1-9])$/.exec(text)?.[1]);
  if (!(retries <= RETRIES_MAX))
    throw badInput(
      `"${text}" is no way to take an unknown.`,
      `Take fail, warn, or retry=N with N from 1 to ${RETRIES_MAX}.`,
      '--unknown',
    );
  return { attempts: retries + 1, warns: false };
}

/** In virtual time the same seed is the same run, to the last bit: another attempt would only tell it again. */
export function onDriver(mode: UnknownMode, { name, inProcess }: Pick<Driver, 'name' | 'inProcess'>): UnknownMode {
  if (inProcess !== true || mode.attempts === 1) return mode;
  const inVain = `Unknown, and not tried again: on ${name} time is virtual, so that the same seed is the same run again.`;
  return { ...mode, attempts: 1, inVain };
}

/**
 * Whether the same is worth another attempt: with the same seed, for that asks the same question of a machine which may be
 * less busy. Another seed would be another question, and asking on until one of them is answered hides the one that is
 * not. A fail is an answer, also where it is waived.
 */
export const triesAgain = ({ verdict }: Pick<Run, 'verdict'>): boolean => verdict === 'unknown';

/** Of the last attempts. Guarantee before SLO before unknown before pass. */
export function worstExit(runs: readonly Run[], { warns }: Pick<UnknownMode, 'warns'>): ExitCode {
  const order = [EXIT.guaranteeBroken, EXIT.sloMissed, ...(warns ? [] : [EXIT.unknown])];
  return order.find((code) => runs.some(({ exitCode }) => exitCode === code)) ?? EXIT.pass;
}

/** What the head of a verdict says of the exit code, where the command makes another one of it. */
export function exitInWords({ exitCode }: Pick<Run, 'exitCode'>, { warns }: Pick<UnknownMode, 'warns'>): string {
  return `exit ${exitCode}${warns && exitCode === EXIT.unknown ? ', as a warning: 0' : ''}`;
}

/** Of the last attempts that are unknown, where the exit code does not say so. */
export function unknownWarning(runs: readonly Run[], { warns }: UnknownMode): string | undefined {
  const unknown = runs.filter(({ exitCode }) => exitCode === EXIT.unknown);
  if (!warns || unknown.length === 0) return undefined;
  const names = unknown.map(({ scenario }) => scenario.name).join(', ');
  return `Warning: unknown, ${counted(unknown.length, 'scenario')} of ${runs.length} (${names}): nothing was proved there. The exit code does not say so, by --unknown warn.`;
}
