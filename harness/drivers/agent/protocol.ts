/**
 * What the fault agent of a pod understands: one JSON command a line on its standard input, one JSON answer a line on
 * its standard output. Commands take effect in the order of their lines. An answer names its command by `id`; only
 * those that wait (`reach` and `heard` for the network, `share` for its time) may be answered after later ones. The end of the
 * agent's input means that the harness is gone: it heals everything and exits.
 */
import type { Arrival, Handshake, LinkTrouble } from '../../core/trouble.ts';

export type AgentCommand = { readonly id: number } & (
  | { readonly do: 'ping' }
  /** Answers with both clocks of the pod's kernel. */
  | { readonly do: 'clock' }
  /** Drops packets from and to these IPv4 addresses. The agent holds the union of the cuts of all keys. */
  | { readonly do: 'cut'; readonly key: string; readonly addresses: readonly string[] }
  /** Does something else to packets from and to these addresses. Keys are those of cuts. */
  | {
      readonly do: 'trouble';
      readonly key: string;
      readonly addresses: readonly string[];
      readonly trouble: LinkTrouble;
    }
  | { readonly do: 'mend'; readonly key: string }
  /** Mends every link and resumes every process that this agent stopped. */
  | { readonly do: 'heal' }
  /** Signals the processes whose environment has SNOWGLOBE_WORKLOAD=workload; answers with their pids, when they have stopped or ended. */
  | { readonly do: 'signal'; readonly workload: string; readonly signal: WorkloadSignal }
  /** Lets the workload run for `percent` of the time only, in turns of TURN_MS, until it is 100 again. */
  | { readonly do: 'slow'; readonly workload: string; readonly percent: number }
  /** The share of the next `forMs` in which the workload was not stopped; without one when there is no process. */
  | { readonly do: 'share'; readonly workload: string; readonly forMs: number }
  /**
   * Whether the processes that mint, of those whose environment has SNOWGLOBE_WORKLOAD=workload, are seen to read the clock
   * of a setting's file, by the path that they were started with. `besides`: a process that only records.
   */
  | {
      readonly do: 'skewed';
      readonly workload: string;
      readonly backend: string;
      readonly settingFile: string;
      readonly besides?: number;
    }
  /** The pids of the workload that live, and the identity of the first. */
  | { readonly do: 'find'; readonly workload: string }
  /**
   * Tries a TCP connection from inside the pod. A refusal counts as reached: it came back over the same link, so
   * packets pass, whether or not anybody listens.
   */
  | { readonly do: 'reach'; readonly address: string; readonly port: number; readonly timeoutMs: number }
  /** Sends datagrams to the agent of the pod with this address; answered when they are sent. */
  | {
      readonly do: 'probe';
      readonly address: string;
      readonly probe: number;
      readonly packets: number;
      readonly bytes: number;
    }
  /** What arrived of a probe that was sent to this pod: when all has, or after `waitMs`. */
  | { readonly do: 'heard'; readonly probe: number; readonly packets: number; readonly waitMs: number }
  /** Whether the pod's workload has, or tries to open, a TCP connection with this address. */
  | { readonly do: 'talks'; readonly address: string }
  /** Listens on a UNIX socket and passes every connection on to a TCP port. */
  | { readonly do: 'forward'; readonly socket: string; readonly address: string; readonly port: number }
);

export type AgentAnswer =
  | {
      readonly id: number;
      readonly ok: true;
      readonly pids?: readonly number[];
      readonly reached?: boolean;
      /** How the TCP connection of a `reach` ended. */
      readonly handshake?: Handshake;
      readonly arrivals?: readonly Arrival[];
      readonly talks?: boolean;
      /** `PID@START`, where START is the time of its start in clock ticks: a pid is used again, this is not. */
      readonly identity?: string;
      readonly percent?: number;
      /** Why one that mints is not seen to read the clock of its setting, as a sentence without its stop. */
      readonly unskewed?: string;
      /** Decimal strings. */
      readonly monotonicNs?: string;
      readonly realtimeNs?: string;
    }
  | { readonly id: number; readonly ok: false; readonly error: string };

export type WorkloadSignal = 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT';

/** A workload that is slowed stands still for a part of each of these. */
export const TURN_MS = 50;

/** UDP and TCP port at which every agent answers the probes of others. */
export const PROBE_PORT = 5106;

/** The nft table that an agent keeps for itself; it touches no other. */
export const TABLE = 'snowglobe';

/** The environment variable by which an agent finds the processes of a workload. */
export const WORKLOAD_VARIABLE = 'SNOWGLOBE_WORKLOAD';
