/**
 * What happens while a run lasts, for whoever shows it. One way: showing never steers the run.
 */
import type { Phase } from './phase.ts';
import type { JsonObject } from './json.ts';
import type { LiveFinding } from './live.ts';
import type { Run } from './run.ts';
import type { RunNs } from './time.ts';

export type ProgressEvent = { readonly at: RunNs } & (
  | {
      readonly kind: 'begin';
      readonly scenario: string;
      readonly generator: string;
      readonly driver: string;
      readonly seed: string;
      readonly folder: string;
      readonly plannedMs: number;
      readonly nodes: readonly string[];
    }
  | { readonly kind: 'phase'; readonly phase: Phase }
  /** What is waited for from now on, where that may take a while: `launching 3 etcd members and 4 nodes`. */
  | { readonly kind: 'waiting'; readonly text: string }
  | {
      readonly kind: 'slot';
      readonly slot: string;
      readonly index: number;
      readonly count: number;
      readonly holder?: string;
      readonly workerId?: number;
    }
  | {
      readonly kind: 'disturbance';
      readonly what: 'asked' | 'bites' | 'healed' | 'failed';
      readonly key: string;
      readonly name: string;
      /** What people call it: `paused: pause n2`. */
      readonly label: string;
      readonly target?: string;
      readonly detail?: string;
      /** With `bites`: what the first measurement in force saw. */ readonly measured?: JsonObject;
    }
  /** Once a second. */
  | {
      readonly kind: 'rates';
      readonly nodes: readonly NodeRate[];
      readonly stored: bigint;
      readonly duplicates: number;
      /**
       * All that was committed to the taps longer ago than this is stored. Absent where nothing is collected: then the two
       * above are 0 and say nothing.
       */
      readonly lagMs?: number;
    }
  /** Seen while the run lasts: what is promised breaks it, unless the judge finds what excuses it. */
  | ({ readonly kind: 'live' } & LiveFinding)
  /** Once a second, of a run that is collected. */
  | {
      readonly kind: 'pace';
      /** All that was committed longer ago than this was looked at. */
      readonly liveLagMs: number;
      /** CPUs of the machine's that the harness and its store took within the last second. */
      readonly cpus: number;
      readonly ofCpus: number;
    }
  | { readonly kind: 'note'; readonly text: string }
);

export interface NodeRate {
  readonly node: string;
  readonly idsPerSecond: number;
  /** As the node last said; `no answer` when it said nothing. */
  readonly status: 'minting' | 'waiting' | 'refusing' | 'no answer';
  readonly workerId?: number;
  /** Observed, in ms; undefined when the node did not answer, or its clock cannot be seen. */
  readonly offsetMs?: number;
}

export interface Progress {
  event(event: ProgressEvent): void;
  /** A line beside the run's events, such as the answer to Ctrl-C. */
  line(text: string): void;
  /** The end: gives the terminal back. Called on every way out, once. */
  end(run: Run | undefined): void;
}

/** Shows nothing: what happened is in the run, and in its folder. */
export const SILENT: Progress = { event: () => undefined, line: () => undefined, end: () => undefined };
