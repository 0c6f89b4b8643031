/** A reporter turns a run into files. Pure: no clock, no disk, no network. */
import type { Run } from './run.ts';

export interface Reporter {
  /** Equal to the file's name. */
  readonly name: string;
  render(run: Run): Artifact;
}

export interface Artifact {
  readonly file: string;
  readonly content: string;
}
