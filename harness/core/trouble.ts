/**
 * What can be wrong with the packets between two members, and how it is measured: the words of the network faults and
 * of the drivers. Pure.
 */

/** What happens to packets, seen from the member at which it is done. */
export type LinkTrouble =
  /** Packets that come from the peer are dropped where they arrive; those to it pass. */
  | { readonly what: 'deaf' }
  /** TCP connections are reset, both ways, as if nobody listened; all else is dropped. */
  | { readonly what: 'reset' }
  /** Each packet that comes from the peer is dropped with this probability, in whole percent. */
  | { readonly what: 'loss'; readonly percent: number }
  /** Each packet to the peer waits for `delayMs`, more or less by up to `jitterMs`. */
  | { readonly what: 'delay'; readonly delayMs: number; readonly jitterMs: number }
  /** Packets to the peer pass at this rate. */
  | { readonly what: 'bandwidth'; readonly kbitPerSecond: number };

/** Datagrams sent one way, as fast as they can be sent. */
export interface Probe {
  readonly packets: number;
  /** Of each datagram, without the headers of the network. */
  readonly bytes: number;
  /** How long to wait for the last after the last was sent. */
  readonly waitMs: number;
}

/** One datagram that arrived; both times are counted from when the first of its probe was sent. */
export interface Arrival {
  readonly sentMs: number;
  readonly arrivedMs: number;
}

/** How an attempt to open a TCP connection ended. */
export type Handshake = 'accepted' | 'reset' | 'no answer';

/** The least that a probing datagram has to hold: its name and the time at which it was sent. */
export const PROBE_BYTES_MIN = 32;
