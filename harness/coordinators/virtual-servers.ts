/**
 * What the virtual servers of any coordinator are to the simulator: processes that live, stand still and die, and that
 * carry requests out or do not.
 */
import type { MemberStatus } from '../core/cluster.ts';

export type MemberState = 'running' | 'paused' | 'dead';

/** A write is on disk before it is answered. */
export type RequestKind = 'read' | 'write';

/** What became of a request that was carried out. */
export type Outcome<T> = { readonly value: T } | { readonly refused: Error };

/** Their lives. */
export interface VirtualProcesses {
  readonly members: readonly string[];
  state(member: string): MemberState;
  setState(member: string, state: MemberState): void;
  status(member: string): MemberStatus;
  /** To be called when the network between members changed. */
  reconsider(): void;
}

export interface VirtualServers<Store> extends VirtualProcesses {
  /**
   * A request that has reached a member. `answer` is called when the member answers, perhaps long after, perhaps never;
   * a request whose client gave up on it may still be carried out.
   */
  request<T>(
    member: string,
    kind: RequestKind,
    perform: (store: Store) => T,
    answer: (outcome: Outcome<T>) => void,
  ): void;
}
