/**
 * The harness's end of a fault agent, over any pair of streams: the pipes of a child process or a hijacked exec.
 */
import { LineClient, type WithoutId } from './line-client.ts';
import type { AgentAnswer, AgentCommand } from './protocol.ts';

/** A command before it is numbered. */
export type AgentOrder = WithoutId<AgentCommand>;

/** What an agent answers when it has done what was asked. */
export type AgentResult = Extract<AgentAnswer, { readonly ok: true }>;

/** Sends an order to the agent of one pod, by whatever way the driver reaches it. */
export type SendOrder = (order: AgentOrder) => Promise<AgentResult>;

export class AgentClient extends LineClient<AgentCommand, AgentAnswer> {}

/** How long to wait for the answer to a command: some take their own time. */
export function deadlineOf(order: AgentOrder): number {
  return ownTimeOf(order) + 2000;
}

function ownTimeOf(order: AgentOrder): number {
  switch (order.do) {
    case 'reach':
      return order.timeoutMs;
    case 'share':
      return order.forMs;
    case 'heard':
      return order.waitMs;
    default:
      return 0;
  }
}
