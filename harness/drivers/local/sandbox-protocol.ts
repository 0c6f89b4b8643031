/**
 * What the supervisor of a sandbox understands: one JSON command a line on its standard input, one JSON answer a line
 * on its standard output, answered when done. The end of its input is the end of the sandbox and of all within.
 */
import type { Termination } from '../../core/cluster.ts';
import type { LinkTrouble } from '../../core/trouble.ts';
import type { AgentOrder, AgentResult } from '../agent/agent-client.ts';

/**
 * A network namespace with an address on the sandbox's bridge. Without namespaces: a block of loopback addresses, and an
 * address by which its peers name it.
 */
export interface PodSpec {
  readonly name: string;
  readonly address: string;
  /** Ports at which others call it over their links; without namespaces each needs a listener. */
  readonly serves?: readonly number[];
}

/** A process in a pod. */
export interface WorkloadSpec {
  readonly name: string;
  /** Left out: the pod of the same name. */
  readonly pod?: string;
  /** By which an agent finds its processes; left out: its name. */
  readonly label?: string;
  readonly command: readonly string[];
  /** The whole environment of the command: nothing is inherited. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where it is started; left out: where the supervisor was. */
  readonly folder?: string;
  /** Its output is appended to this file. */
  readonly log: string;
}

/** What is asked of links that the supervisor itself has: as `NetworkControl`. */
export type LinkOrder =
  | {
      readonly do: 'trouble';
      readonly at: string;
      readonly key: string;
      readonly peers: readonly string[];
      readonly trouble: LinkTrouble | { readonly what: 'drop' };
    }
  | { readonly do: 'mend'; readonly at: string; readonly key: string }
  /** Mends every link. */
  | { readonly do: 'heal' }
  | { readonly do: 'talks'; readonly at: string; readonly peer: string };

export type SandboxCommand = { readonly id: number } &
  /** Makes the pods, each with an agent; answered when they have their addresses. Agents may still be starting. */
  (
    | { readonly do: 'build'; readonly pods: readonly PodSpec[] }
    | { readonly do: 'link'; readonly order: LinkOrder }
    /** Passes an order on to the agent of a pod. */
    | { readonly do: 'agent'; readonly pod: string; readonly order: AgentOrder; readonly timeoutMs: number }
    /** Starts a process, unless it runs. */
    | { readonly do: 'start'; readonly workload: WorkloadSpec }
    /** Kills a process, if it runs; answered when it is gone. */
    | { readonly do: 'kill'; readonly name: string }
    /** Sends SIGTERM to a process; answered when it is gone, or after `graceMs`. */
    | { readonly do: 'terminate'; readonly name: string; readonly graceMs: number }
    /** How a process ended. */
    | { readonly do: 'end'; readonly name: string }
  );

export type SandboxAnswer =
  | {
      readonly id: number;
      readonly ok: true;
      /** The block of loopback addresses that the pods have (see loopback.ts), where they have no namespaces. */
      readonly block?: number;
      /** Whether a link is in use. */
      readonly talks?: boolean;
      readonly agent?: AgentResult;
      readonly termination?: Termination;
      /** Exit code or signal; left out while it runs, and when it never did. */ readonly end?: number | string;
    }
  | { readonly id: number; readonly ok: false; readonly error: string };

/** The environment variable by which everything in a sandbox is known to belong to its run. */
export const SANDBOX_VARIABLE = 'SNOWGLOBE_SANDBOX';

/** The argument of a supervisor that is to do without namespaces. */
export const PLAIN = 'plain';
