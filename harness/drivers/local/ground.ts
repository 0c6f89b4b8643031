/**
 * What the pods of a sandbox are made of: the one thing in which a sandbox of namespaces and one of plain processes
 * differ.
 */
import type { LinkOrder, PodSpec, SandboxAnswer } from './sandbox-protocol.ts';

export interface Ground {
  /** Makes the pods; what the harness has to know of them. */
  build(pods: readonly PodSpec[]): Promise<Pick<Extract<SandboxAnswer, { ok: true }>, 'block'>>;
  /** The words before a command that is to run in a pod. */
  into(pod: string): readonly [string, ...string[]];
  /** The arguments of a pod's agent. */
  agentArguments(pod: string): readonly string[];
  /** Carries out what is asked of the links that are in its hands. */
  link(order: LinkOrder): Promise<Pick<Extract<SandboxAnswer, { ok: true }>, 'talks'>>;
  /** A process that ran in a pod is gone. */
  ended(pid: number): void;
  /** Ends everything that this process does not take with it. */
  end(): Promise<void>;
}
