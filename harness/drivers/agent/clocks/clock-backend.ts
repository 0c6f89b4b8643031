/**
 * A clock backend: a tool that skews the wall clock of one process, and of nothing else. Which one fits is decided by
 * what the program is and what is asked of its clock.
 */
import type { Ability, ClockControl } from '../../../core/cluster.ts';
import type { Program } from './program.ts';
import type { RunningProcess } from './running-process.ts';

export interface ClockBackend {
  /** For the report. */
  readonly name: string;
  /** What its clocks can do. */
  readonly abilities: ReadonlySet<Ability>;
  /** How to get its tool, as an order. */
  readonly remedy: string;
  /** Why it cannot skew the clock of such a program, as the end of a sentence; undefined: it can. */
  refuses(program: Program): string | undefined;
  /** How a command is started so that its clock is the one of the setting's file from its first reading on. */
  wrap(tool: string, settingFile: string): Wrapping;
  /**
   * Why nothing shows that a process reads the clock of this setting's file, as the end of a sentence; undefined: it is
   * seen that it does. The path is the one that the process was started with.
   */
  unseenIn(process: RunningProcess, settingFile: string): string | undefined;
  /** The control of that clock. Makes the file, with the true clock in it: it must be there before the command starts. */
  control(settingFile: string, trueUnixMs: () => number): ClockControl;
}

export interface Wrapping {
  /** Words before the command. What is preloaded stands here, so that it is loaded into the command alone. */
  readonly prefix: readonly [string, ...string[]];
  readonly environment: Readonly<Record<string, string>>;
  /** What the prefix is made of, for a container that may have no `env`: what is preloaded, or the words that launch. */
  readonly preload?: string;
  readonly launcher?: readonly string[];
}

/** Where the tools are, by the name of their backend; one that is not there is not here. */
export type ClockTools = ReadonlyMap<string, string>;
