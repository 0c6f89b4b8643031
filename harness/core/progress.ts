/**
 * What a run tells a watching user while it lasts. Events only: a renderer decides what to show and how often.
 */
import type { NodeHealth } from './cluster.ts';
import type { Phase } from './journal.ts';
import type { JsonObject } from './json.ts';
import type { RunNs } from './time.ts';
import type { Verdict } from './verdict.ts';

export interface Progress {
  tell(event: ProgressEvent): void;
  /** Leaves the terminal as it was found. Idempotent. */
  close(): void;
}

/** `at` is run time; events from before the launch have none. */
export type ProgressEvent = { readonly at?: RunNs } & (
  | {
      readonly kind: 'begin';
      readonly scenario: string;
      readonly generator: string;
      readonly driver: string;
      readonly seed: string;
      readonly nodes: readonly string[];
      /** From the start of the load to its end, in milliseconds. */
      readonly plannedMs: number;
      readonly slots: number;
    }
  | { readonly kind: 'phase'; readonly phase: Phase }
  | {
      readonly kind: 'slot';
      readonly slot: string;
      /** From 1 to the number of slots. */
      readonly number: number;
      readonly holder?: string;
    }
  | DisturbanceProgress
  | { readonly kind: 'node'; readonly node: NodeProgress }
  /** IDs that clients received within the last second, by node. */
  | { readonly kind: 'rates'; readonly idsPerSecond: { readonly [node: string]: number } }
  /** Totals so far. */
  | { readonly kind: 'store'; readonly stored: bigint; readonly duplicates: number }
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'verdict'; readonly verdict: Verdict; readonly exitCode: number }
);

export type DisturbanceProgress = {
  readonly kind: 'disturbance';
  readonly key: string;
  /** The disturbance's name, which is its fault's unless the scenario gives one. */
  readonly name: string;
  readonly options: JsonObject;
} & (
  | { readonly what: 'asked'; readonly plannedMs: number }
  /** First measured in force. */
  | { readonly what: 'bites'; readonly measured: JsonObject }
  | { readonly what: 'healed' }
  /** It was not measured in force throughout, or a step failed. */
  | { readonly what: 'missed'; readonly why: string }
);

export interface NodeProgress {
  readonly name: string;
  /** Undefined: no answer. */
  readonly status: NodeHealth['status'] | undefined;
  readonly workerId?: number;
  /** Observed, from true time; positive: ahead. */
  readonly offsetMs?: number;
}
