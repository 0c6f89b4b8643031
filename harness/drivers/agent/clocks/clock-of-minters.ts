/**
 * The harness's end of `minters.ts`: for nodes in which another process mints than the one that answers.
 */
import { environmentLacks } from '../../../core/errors.ts';
import type { SendOrder } from '../agent-client.ts';
import type { AgentNode, ClockProof } from '../agent-cluster.ts';
import type { AskedClock } from './minters.ts';

const ASK_MS = 2000;

/** `workload`: the label of the node's processes. */
export function clockProofBy(
  send: SendOrder,
  { workload, clock }: { readonly workload: string; readonly clock: AskedClock },
): ClockProof {
  return async (pid) => {
    const { pids = [], unskewed } = await send({
      do: 'skewed',
      workload,
      ...clock,
      ...(pid !== undefined && { besides: pid }),
    });
    if (pids.length === 0) throw new Error('nothing that mints runs beside the process that answers');
    return unskewed;
  };
}

/** Before a run whose faults would not reach them. */
export async function refuseUnskewed(nodes: readonly AgentNode[]): Promise<void> {
  const doubts = await Promise.all(nodes.map(async (node) => ({ node, doubt: await node.clockDoubt(ASK_MS) })));
  const first = doubts.find(({ doubt }) => doubt !== undefined);
  if (first === undefined) return;
  throw environmentLacks(
    `The wall clock of ${first.node.name} cannot be skewed: ${first.doubt}.`,
    'Start the program itself and not by way of another one, or take the faults of the clock out of the scenario.',
  );
}
