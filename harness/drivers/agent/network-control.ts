/**
 * The links of one pod, by its agent: cuts by address, and measurements from inside.
 */
import type { NetworkControl } from '../../core/cluster.ts';
import type { AgentOrder, AgentResult } from './agent-client.ts';

/** Where a peer is on the network that faults cut. */
export type Locate = (peer: string) => { readonly address: string; readonly port: number };

export function networkControl(send: (order: AgentOrder) => Promise<AgentResult>, locate: Locate): NetworkControl {
  return {
    async cut(key, peers) {
      await send({ do: 'cut', key, addresses: peers.map((peer) => locate(peer).address) });
    },
    async mend(key) {
      await send({ do: 'mend', key });
    },
    async reaches(peer, timeoutMs) {
      const { reached } = await send({ do: 'reach', ...locate(peer), timeoutMs });
      return reached === true;
    },
  };
}
