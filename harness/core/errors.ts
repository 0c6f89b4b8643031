/**
 * Errors that a user sees, and the exit codes of the command line.
 *
 * Anything else that is thrown is a defect of snowglobe and ends with exit code 1 and a stack.
 */

/** What each exit code of `snowglobe` means. CI systems key on these numbers: never renumber. */
export const EXIT = {
  pass: 0,
  /** snowglobe itself crashed. */
  crash: 1,
  /** The command, scenario, generator or option is wrong: nothing was started. */
  badInput: 2,
  /** The machine lacks something: nothing was started. */
  environment: 3,
  /** A promised guarantee was broken. */
  guaranteeBroken: 10,
  /** An SLO was missed. */
  sloMissed: 11,
  /** Nothing was proved: the reasons say why. */
  unknown: 12,
  /** Interrupted by a signal, after healing. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** One thing that is wrong, where, and how to mend it. */
export interface Problem {
  /** What is wrong, as one sentence. */
  readonly what: string;
  /** Where: a file, an option, a field path. */
  readonly where?: string;
  /** What the user can do about it, as an imperative sentence. */
  readonly remedy: string;
}

/** An error with an exit code and one or more problems; printed without a stack. */
export class SnowglobeError extends Error {
  override readonly name = 'SnowglobeError';
  readonly exitCode: ExitCode;
  readonly problems: readonly Problem[];

  constructor(exitCode: ExitCode, problems: readonly Problem[], options?: ErrorOptions) {
    super(problems.map(describeProblem).join('\n'), options);
    this.exitCode = exitCode;
    this.problems = problems;
  }
}

/** The user gave something wrong: exit 2. */
export function badInput(what: string, remedy: string, where?: string): SnowglobeError {
  return new SnowglobeError(EXIT.badInput, [problem(what, remedy, where)]);
}

/** The machine lacks something: exit 3. */
export function environmentLacks(what: string, remedy: string, where?: string): SnowglobeError {
  return new SnowglobeError(EXIT.environment, [problem(what, remedy, where)]);
}

/** Throws where there are problems, with all of them. */
export function refuse(exitCode: ExitCode, problems: readonly Problem[]): void {
  if (problems.length > 0) throw new SnowglobeError(exitCode, problems);
}

export function problem(what: string, remedy: string, where?: string): Problem {
  return where === undefined ? { what, remedy } : { what, remedy, where };
}

function describeProblem({ what, where, remedy }: Problem): string {
  return `${where === undefined ? '' : `${where}: `}${what} ${remedy}`;
}

/** The message of anything that was thrown; of what failed while something else had failed, both, the first one first. */
export function messageOf(error: unknown): string {
  // Its own message is empty: `using` makes it.
  if (error instanceof SuppressedError) return `${messageOf(error.suppressed)}; then ${messageOf(error.error)}`;
  try {
    return String(error instanceof Error ? error.message : error);
  } catch {
    return UNSPEAKABLE;
  }
}

/** What a generator throws may itself throw when it is asked for words. */
const UNSPEAKABLE = 'a thrown value that cannot be made into text';
