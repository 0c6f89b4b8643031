/**
 * The links of one pod, by its agent: cuts by address, and measurements from inside.
 */
import type { NetworkControl } from '../../core/cluster.ts';
import type { Handshake } from '../../core/trouble.ts';
import type { SendOrder } from './agent-client.ts';
import { PROBE_PORT } from './protocol.ts';

/** Where a member is on the network that faults cut. */
export interface Location {
  readonly address: string;
  readonly port: number;
}

export type Locate = (peer: string) => Location;

/** Finds members by name. */
export function locator(places: readonly (Location & { readonly name: string })[]): Locate {
  return (peer) => {
    const place = places.find(({ name }) => name === peer);
    if (place === undefined) throw new RangeError(`there is no ${peer} in this cluster`);
    return { address: place.address, port: place.port };
  };
}

/** Probes get a number of their own, whoever sends them: a receiver tells them apart by it. */
let probes = 0;

/** `send` goes to the agent of the member's own pod, `sendTo` to that of any. */
export function networkControl(send: SendOrder, locate: Locate, sendTo: (member: string) => SendOrder): NetworkControl {
  const addresses = (peers: readonly string[]): readonly string[] => peers.map((peer) => locate(peer).address);
  const handshake = async (peer: string, timeoutMs: number): Promise<Handshake> => {
    const answer = await send({ do: 'reach', address: locate(peer).address, port: PROBE_PORT, timeoutMs });
    return answer.handshake ?? 'no answer';
  };
  return {
    async cut(key, peers) {
      await send({ do: 'cut', key, addresses: addresses(peers) });
    },
    async trouble(key, peers, trouble) {
      await send({ do: 'trouble', key, addresses: addresses(peers), trouble });
    },
    async mend(key) {
      await send({ do: 'mend', key });
    },
    reaches: async (peer, timeoutMs) => (await handshake(peer, timeoutMs)) !== 'no answer',
    handshake,
    async probe(peer, { packets, bytes, waitMs }) {
      const probe = ++probes;
      await send({ do: 'probe', address: locate(peer).address, probe, packets, bytes });
      const { arrivals = [] } = await sendTo(peer)({ do: 'heard', probe, packets, waitMs });
      return arrivals;
    },
    async talks(peer) {
      const { talks } = await send({ do: 'talks', address: locate(peer).address });
      return talks === true;
    },
  };
}
