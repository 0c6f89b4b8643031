import type { RunNs } from './time.ts';

/** A span in which one life of a node minted under one worker ID, by its acts. */
export interface Tenure {
  readonly workerId: number;
  readonly node: string;
  readonly incarnation: number;
  /** The region of the coordinator that the node talks to, where each has its own: revisions and leases are its word. */
  readonly coordinator?: string;
  readonly lease: string;
  readonly createRevision: string;
  /** `returned` of its first batch with an ID, `called` of its last. */
  readonly from: RunNs;
  readonly to: RunNs;
}
