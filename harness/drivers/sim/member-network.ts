/** The links of one pod of a simulated cluster, as faults control and measure them. */
import type { NetworkControl } from '../../core/cluster.ts';
import { msToNs } from '../../core/time.ts';
import type { Network } from './network.ts';
import type { VirtualTime } from './virtual-time.ts';

/** A TCP handshake that succeeds. */
const HANDSHAKE_MS = 0.5;

export function memberNetwork(
  name: string,
  network: Network,
  time: VirtualTime,
  listens: (member: string) => boolean,
): NetworkControl {
  return {
    cut: async (key, peers) => network.cut(name, key, peers),
    mend: async (key) => network.mend(name, key),
    reaches: (peer, timeoutMs) =>
      time.waiting((resolve) => {
        // Dropped packets show at the timeout; a kernel without a listener answers at once.
        const open = network.isOpen(name, peer);
        time.schedule(time.now() + msToNs(open ? HANDSHAKE_MS : timeoutMs), () =>
          resolve(open && network.isOpen(name, peer) && listens(peer)),
        );
      }),
  };
}
