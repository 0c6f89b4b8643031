/**
 * What the fault agent of a pod understands: one JSON command a line on its standard input, one JSON answer a line on
 * its standard output. Commands take effect in the order of their lines. An answer names its command by `id`; only
 * `reach`, which waits for the network, may be answered after later ones. The end of the agent's input means that the
 * harness is gone: it heals everything and exits.
 */
export type AgentCommand = { readonly id: number } & (
  | { readonly do: 'ping' }
  /** Answers with both clocks of the pod's kernel. */
  | { readonly do: 'clock' }
  /** Drops packets from and to these IPv4 addresses. The agent holds the union of the cuts of all keys. */
  | { readonly do: 'cut'; readonly key: string; readonly addresses: readonly string[] }
  | { readonly do: 'mend'; readonly key: string }
  /** Mends every cut and resumes every process that this agent stopped. */
  | { readonly do: 'heal' }
  /** Signals the processes whose environment has SNOWGLOBE_WORKLOAD=workload; answers with their pids. */
  | { readonly do: 'signal'; readonly workload: string; readonly signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT' }
  /** The pids of the workload that live. */
  | { readonly do: 'find'; readonly workload: string }
  /**
   * Tries a TCP connection from inside the pod. A refusal counts as reached: it came back over the same link, so
   * packets pass, whether or not anybody listens.
   */
  | { readonly do: 'reach'; readonly address: string; readonly port: number; readonly timeoutMs: number }
  /** Listens on a UNIX socket and passes every connection on to a TCP port. */
  | { readonly do: 'forward'; readonly socket: string; readonly address: string; readonly port: number }
);

export type AgentAnswer =
  | {
      readonly id: number;
      readonly ok: true;
      readonly pids?: readonly number[];
      readonly reached?: boolean;
      /** Decimal strings. */
      readonly monotonicNs?: string;
      readonly realtimeNs?: string;
    }
  | { readonly id: number; readonly ok: false; readonly error: string };

/** The nft table that an agent keeps for itself; it touches no other. */
export const TABLE = 'snowglobe';

/** The environment variable by which an agent finds the processes of a workload. */
export const WORKLOAD_VARIABLE = 'SNOWGLOBE_WORKLOAD';
