/**
 * Commands of the user's, run by a shell on the harness's own machine: how nodes are disturbed that snowglobe did not
 * start.
 */

/** How a command ended. */
export interface HookEnd {
  /** Undefined where a signal ended it: it took too long. */
  readonly exit: number | undefined;
  /** The last of what it said, for messages. */
  readonly said: string;
}

export interface Hooks {
  /** Runs a command; one that takes longer than `timeoutMs` is killed, and all that it started. */
  run(command: string, timeoutMs: number): Promise<HookEnd>;
  /**
   * Notes a command that puts something right, before that is disturbed: whoever sweeps a run whose harness was killed runs
   * what is still owed.
   */
  owe(key: string, command: string): void;
  owes(key: string): boolean;
  settle(key: string): void;
}
