/**
 * The network between the pods of a simulated cluster. A cut drops packets both ways; what a client sent meanwhile is
 * lost with its connection, or sent again by its kernel when the cut is mended: late, and perhaps after the client gave
 * up on it. That is what makes an outcome ambiguous.
 */
import type { Rng } from '../../core/random.ts';
import type { RunNs } from '../../core/time.ts';
import { msToNs } from '../../core/time.ts';
import type { VirtualTime } from './virtual-time.ts';

const LATENCY_LEAST_MS = 0.2;
const LATENCY_MEAN_MORE_MS = 0.5;
/** Now and then a packet is lost and sent again. */
const SLOW_CHANCE = 0.003;
const SLOW_MAX_MS = 1500;
/** Share of messages that a cut destroys; the others come late. */
const LOST_IN_CUT = 0.5;
const RESEND_MAX_MS = 1000;

interface Message {
  readonly from: string;
  readonly to: string;
  readonly deliver: () => void;
}

export class Network {
  readonly #time: VirtualTime;
  readonly #rng: Rng;
  /** Member, then key, then the peers that it is cut from. */
  readonly #cuts = new Map<string, Map<string, ReadonlySet<string>>>();
  #held: Message[] = [];
  /** Told after every change of a cut. */
  readonly #onChange: () => void;

  constructor(time: VirtualTime, rng: Rng, onChange: () => void) {
    this.#time = time;
    this.#rng = rng;
    this.#onChange = onChange;
  }

  /** Carries a message that is sent now. It may be lost, or come late. */
  carry(from: string, to: string, deliver: () => void): void {
    this.carryAt(this.#time.now(), from, to, deliver);
  }

  /** Carries a message that will be sent at `at`. */
  carryAt(at: RunNs, from: string, to: string, deliver: () => void): void {
    this.#time.schedule(at + this.#latencyNs(), () => this.#arrive({ from, to, deliver }));
  }

  isOpen(one: string, other: string): boolean {
    return !this.#drops(one, other) && !this.#drops(other, one);
  }

  cut(member: string, key: string, peers: readonly string[]): void {
    const cuts = this.#cuts.get(member) ?? new Map<string, ReadonlySet<string>>();
    this.#cuts.set(member, cuts);
    cuts.set(key, new Set(peers));
    this.#changed();
  }

  mend(member: string, key: string): void {
    if (this.#cuts.get(member)?.delete(key) === true) this.#changed();
  }

  mendAll(): void {
    this.#cuts.clear();
    this.#changed();
  }

  #drops(member: string, peer: string): boolean {
    for (const peers of this.#cuts.get(member)?.values() ?? []) if (peers.has(peer)) return true;
    return false;
  }

  #arrive(message: Message): void {
    if (this.isOpen(message.from, message.to)) message.deliver();
    else if (!this.#rng.chance(LOST_IN_CUT)) this.#held.push(message);
  }

  #changed(): void {
    const held = this.#held;
    this.#held = held.filter(({ from, to }) => !this.isOpen(from, to));
    for (const message of held) {
      if (!this.isOpen(message.from, message.to)) continue;
      this.#time.schedule(this.#time.now() + msToNs(this.#rng.real(0, RESEND_MAX_MS)), () => this.#arrive(message));
    }
    this.#onChange();
  }

  #latencyNs(): number {
    if (this.#rng.chance(SLOW_CHANCE)) return msToNs(this.#rng.real(0, SLOW_MAX_MS));
    return msToNs(LATENCY_LEAST_MS + this.#rng.exponential(LATENCY_MEAN_MORE_MS));
  }
}
