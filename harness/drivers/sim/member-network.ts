/** The links of one pod of a simulated cluster, as faults control and measure them. */
import type { NetworkControl } from '../../core/cluster.ts';
import { msToNs } from '../../core/time.ts';
import type { Network } from './network.ts';
import type { VirtualTime } from './virtual-time.ts';

/** A TCP handshake that succeeds. */
const HANDSHAKE_MS = 0.5;

/** As the agents of real pods measure it, which live whatever becomes of the processes. `streamsTo`: whom a member speaks to all the time. */
export function memberNetwork(
  name: string,
  network: Network,
  time: VirtualTime,
  streamsTo: (peer: string) => boolean = () => false,
): NetworkControl {
  return {
    cut: async (key, peers) => network.cut(name, key, peers),
    trouble: async (key, peers, trouble) => network.trouble(name, key, peers, trouble),
    mend: async (key) => network.mend(name, key),
    reaches: (peer, timeoutMs) =>
      time.waiting((resolve) => {
        // Dropped packets show at the timeout.
        const open = network.isOpen(name, peer);
        time.schedule(time.now() + msToNs(open ? HANDSHAKE_MS : timeoutMs), () =>
          resolve(open && network.isOpen(name, peer)),
        );
      }),
    handshake: (peer, timeoutMs) =>
      time.waiting((resolve) => {
        const end = network.resets(name, peer) ? 'reset' : network.isOpen(name, peer) ? 'accepted' : 'no answer';
        time.schedule(time.now() + msToNs(end === 'no answer' ? timeoutMs : HANDSHAKE_MS), () => resolve(end));
      }),
    probe: (peer, probe) =>
      time.waiting((resolve) => {
        const arrivals = network.probe(name, peer, probe);
        const last = arrivals.length < probe.packets ? probe.waitMs : Math.max(...arrivals.map((one) => one.arrivedMs));
        time.schedule(time.now() + msToNs(last), () => resolve(arrivals));
      }),
    talks: async (peer) => network.spoke(name, peer) || streamsTo(peer),
  };
}
