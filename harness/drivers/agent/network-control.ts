/**
 * The links of one pod, by its agent: cuts by address, and measurements from inside.
 */
import type { NetworkControl } from '../../core/cluster.ts';
import type { SendOrder } from './agent-client.ts';

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

export function networkControl(send: SendOrder, locate: Locate): NetworkControl {
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
