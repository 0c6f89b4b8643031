/** A disturbance of a run, as it was asked for and as it was measured: plain data, part of journal and record. */
import type { Json, JsonObject } from './json.ts';
import type { RunNs } from './time.ts';

/** What of a cluster a fault disturbs. Explanations go by this and never by the names of faults. */
export const DISTURBED = ['clock', 'process', 'link', 'coordinator'] as const;

export type Disturbed = (typeof DISTURBED)[number];

/** A disturbance with its targets resolved. */
export interface AskedDisturbance {
  readonly key: string;
  readonly name: string;
  readonly slot: string;
  readonly fault: string;
  readonly disturbs: readonly Disturbed[];
  readonly options: JsonObject;
  readonly reach: readonly string[];
  /**
   * Of a disturbance of links: the nodes that it may keep from their coordinator, and by how much at the most answers come
   * later, in milliseconds, where that is all. Absent: not told.
   */
  readonly keepsFromCoordinator?: readonly string[];
  readonly delaysMs?: number;
  readonly plannedMs: number;
  /** How soon it has to be seen in force; a second where it is left out. */
  readonly seenWithinMs?: number;
}

/** One measurement of a fault. */
export interface Evidence {
  /**
   * Whether the fault is in force; undefined when it could not be measured just now (the clock of a node that is down).
   * A disturbance of the node's process must account for such a gap.
   */
  readonly took: boolean | undefined;
  /**
   * Whether anybody used what the fault acts on just now, where that can be told: a link that nobody uses can be cut
   * without anybody noticing. A disturbance in which nobody ever did has not bitten.
   */
  readonly used?: boolean;
  /** What was asked and what was seen, with units in the names. */
  readonly measured: { readonly [name: string]: Json };
}

/** A measurement with its time, as journalled. */
export interface EvidenceSample extends Evidence {
  readonly at: RunNs;
}
