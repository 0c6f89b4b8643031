/** A reporter turns a run into a file. Pure: no clock, no disk, no network. */
import type { Run } from './run.ts';

export interface Reporter {
  /** Equal to the file's name. */
  readonly name: string;
  /** Written into the folder of each run; left out: only where somebody asks for it, such as by `--junit FILE`. */
  readonly always?: true;
  render(run: Run): Artifact;
  /**
   * One document of several runs, from what `render` made of each, in their order; of one run it gives that. Left out: the
   * parts one below the other.
   */
  join?(parts: readonly string[]): string;
}

export interface Artifact {
  readonly file: string;
  readonly content: string;
}

/** Those that write into the folder of each run. */
export function alwaysWritten(reporters: ReadonlyMap<string, Reporter>): readonly Reporter[] {
  return [...reporters.values()].filter(({ always }) => always === true);
}
