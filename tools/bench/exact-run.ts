/**
 * One exact check in a process of its own, as `tools/bench/exact.ts` runs it: `exact-run.ts INPUT.json`. Prints what it
 * found.
 */
import { readFileSync } from 'node:fs';
import { exact } from '../../harness/exact/exact.ts';
import type { ExactOptions, Segment } from '../../harness/exact/segment.ts';

export interface RunInput {
  readonly segments: readonly Segment[];
  readonly options: ExactOptions;
}

export interface RunOutput {
  readonly method: string;
  readonly checked: string;
  readonly repeated: string;
  readonly backward: string;
  /** The first duplicates, each with how many of its sightings were told. */
  readonly duplicates: readonly (readonly [id: string, sightings: number])[];
}

const { segments, options } = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as RunInput;
const { method, checked, repeated, duplicates, owners } = await exact(segments, options);
const output: RunOutput = {
  method,
  checked: `${checked}`,
  repeated: `${repeated}`,
  backward: `${owners.reduce((sum, { backward }) => sum + backward, 0n)}`,
  duplicates: duplicates.map(({ id, sightings }) => [`${id}`, sightings.length]),
};
process.stdout.write(JSON.stringify(output));
