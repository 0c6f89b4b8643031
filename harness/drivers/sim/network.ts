/**
 * The network between the pods of a simulated cluster, as TCP shows it to those who speak over it. A cut drops packets;
 * what a client sent meanwhile is lost with its connection, or sent again by its kernel when the cut is mended: late, and
 * perhaps after the client gave up on it. That is what makes an outcome ambiguous.
 */
import type { Rng } from '../../core/random.ts';
import type { RunNs } from '../../core/time.ts';
import { msToNs, nsToMs } from '../../core/time.ts';
import type { Arrival, LinkTrouble, Probe } from '../../core/trouble.ts';
import type { VirtualTime } from './virtual-time.ts';

const LATENCY_LEAST_MS = 0.2;
const LATENCY_MEAN_MORE_MS = 0.5;
/** Now and then a packet is lost and sent again. */
const SLOW_CHANCE = 0.003;
const SLOW_MAX_MS = 1500;
/** Share of messages that a cut destroys; the others come late. */
const LOST_IN_CUT = 0.5;
const RESEND_MAX_MS = 1000;
/** A lost packet is sent again after 200 ms, then after twice as long each time: what Linux does on a quick link. */
const RETRY_FIRST_MS = 200;
const RETRIES_MAX = 5;
/** A request to etcd or its answer, with the headers of HTTP. */
const MESSAGE_BYTES = 600;
/** How long two are called to be speaking after a message: keep-alives come more often. */
const TALK_NS = msToNs(10_000);

/** What a message needs of the link: its own direction, on a connection that stands, or both, to open one. */
export type Needs = 'way' | 'connection';

interface Message {
  readonly from: string;
  readonly to: string;
  readonly needs: Needs;
  readonly deliver: () => void;
  readonly reset: (() => void) | undefined;
}

type Trouble = LinkTrouble | { readonly what: 'drop' };

const NO_TROUBLE: readonly Trouble[] = [];

export class Network {
  readonly #time: VirtualTime;
  readonly #rng: Rng;
  /** Member, then key, then what is done there, and to which peers. */
  readonly #troubles = new Map<
    string,
    Map<string, { readonly peers: ReadonlySet<string>; readonly trouble: Trouble }>
  >();
  #held: Message[] = [];
  /** By link and direction: until when a link of limited bandwidth is taken. */
  readonly #busyUntil = new Map<string, RunNs>();
  /** By pair: when a message was last sent. */
  readonly #spokeAt = new Map<string, RunNs>();
  /** Told after every change of a cut. */
  readonly #onChange: () => void;

  constructor(time: VirtualTime, rng: Rng, onChange: () => void) {
    this.#time = time;
    this.#rng = rng;
    this.#onChange = onChange;
  }

  /** Carries a message that is sent now. It may be lost, or come late. */
  carry(from: string, to: string, deliver: () => void, reset?: () => void): void {
    this.carryAt(this.#time.now(), from, to, { needs: 'way', deliver, reset });
  }

  /** Carries a message that will be sent at `at`. `reset` is called in place of `deliver` when the link resets it. */
  carryAt(
    at: RunNs,
    from: string,
    to: string,
    { needs, deliver, reset }: Pick<Message, 'needs' | 'deliver' | 'reset'>,
  ): void {
    this.#spokeAt.set(pair(from, to), at);
    const takes = this.#latencyNs() + this.#retriesNs(from, to) + this.#delayNs(from, to, at, MESSAGE_BYTES);
    this.#time.schedule(at + takes, () => this.#arrive({ from, to, needs, deliver, reset }));
  }

  /** Whether packets pass both ways. */
  isOpen(one: string, other: string): boolean {
    return this.passes(one, other) && this.passes(other, one);
  }

  /** Whether packets pass one way. */
  passes(from: string, to: string): boolean {
    const drops = ({ what }: Trouble): boolean => what === 'drop' || what === 'reset';
    return !this.#at(from, to).some(drops) && !this.#at(to, from).some((one) => drops(one) || one.what === 'deaf');
  }

  /** Whether connections between the two are reset. */
  resets(one: string, other: string): boolean {
    return [...this.#at(one, other), ...this.#at(other, one)].some(({ what }) => what === 'reset');
  }

  /** Whether the two have sent one another anything lately. */
  spoke(one: string, other: string): boolean {
    const at = this.#spokeAt.get(pair(one, other));
    return at !== undefined && this.#time.now() - at <= TALK_NS;
  }

  /** Datagrams sent one way: they are lost where a message would be sent again. */
  probe(from: string, to: string, { packets, bytes, waitMs }: Probe): readonly Arrival[] {
    const arrivals: Arrival[] = [];
    for (let packet = 0; packet < packets; packet++) {
      if (from === to) arrivals.push({ sentMs: 0, arrivedMs: 0 });
      else if (this.passes(from, to) && !this.#rng.chance(this.#lossOf(from, to))) {
        const takes = this.#delayNs(from, to, this.#time.now(), bytes);
        const arrivedMs = LATENCY_LEAST_MS + this.#rng.exponential(LATENCY_MEAN_MORE_MS) + nsToMs(takes);
        if (arrivedMs <= waitMs) arrivals.push({ sentMs: 0, arrivedMs });
      }
    }
    return arrivals;
  }

  cut(member: string, key: string, peers: readonly string[]): void {
    this.trouble(member, key, peers, { what: 'drop' });
  }

  trouble(member: string, key: string, peers: readonly string[], trouble: Trouble): void {
    const here = this.#troubles.get(member) ?? new Map<string, { peers: ReadonlySet<string>; trouble: Trouble }>();
    this.#troubles.set(member, here);
    here.set(key, { peers: new Set(peers), trouble });
    this.#changed();
  }

  mend(member: string, key: string): void {
    if (this.#troubles.get(member)?.delete(key) === true) this.#changed();
  }

  mendAll(): void {
    this.#troubles.clear();
    this.#changed();
  }

  /** What is done at a member to the packets from and to a peer. */
  #at(member: string, peer: string): readonly Trouble[] {
    const here = this.#troubles.get(member);
    if (here === undefined || here.size === 0) return NO_TROUBLE;
    return [...here.values()].filter(({ peers }) => peers.has(peer)).map(({ trouble }) => trouble);
  }

  #arrive(message: Message): void {
    const { from, to, deliver, reset } = message;
    if (this.#carries(message)) deliver();
    else if (this.resets(from, to)) reset?.();
    else if (!this.#rng.chance(LOST_IN_CUT)) this.#held.push(message);
  }

  #carries({ from, to, needs }: Message): boolean {
    return needs === 'connection' ? this.isOpen(from, to) : this.passes(from, to);
  }

  #changed(): void {
    if ([...this.#troubles.values()].every((here) => here.size === 0)) this.#busyUntil.clear();
    const held = this.#held;
    this.#held = held.filter((message) => !this.#carries(message));
    for (const message of held) {
      if (!this.#carries(message)) continue;
      this.#time.schedule(this.#time.now() + msToNs(this.#rng.real(0, RESEND_MAX_MS)), () => this.#arrive(message));
    }
    this.#onChange();
  }

  #latencyNs(): number {
    if (this.#rng.chance(SLOW_CHANCE)) return msToNs(this.#rng.real(0, SLOW_MAX_MS));
    return msToNs(LATENCY_LEAST_MS + this.#rng.exponential(LATENCY_MEAN_MORE_MS));
  }

  /** The share of packets that is lost on the way from one to the other. */
  #lossOf(from: string, to: string): number {
    const losses = this.#at(to, from).map((one) => (one.what === 'loss' ? one.percent / 100 : 0));
    return 1 - losses.reduce((arrive, loss) => arrive * (1 - loss), 1);
  }

  /** How much later a message comes because its packets were lost and sent again. Whole links take no chance. */
  #retriesNs(from: string, to: string): number {
    const loss = this.#lossOf(from, to);
    let waitedMs = 0;
    for (let retry = 0; loss > 0 && retry < RETRIES_MAX && this.#rng.chance(loss); retry++)
      waitedMs += RETRY_FIRST_MS * 2 ** retry;
    return msToNs(waitedMs);
  }

  /** What the sender's end adds: the delay, and the wait for those before it on a link of limited bandwidth. */
  #delayNs(from: string, to: string, at: RunNs, bytes: number): number {
    let takes = 0;
    for (const trouble of this.#at(from, to)) {
      if (trouble.what === 'delay')
        takes += msToNs(trouble.delayMs + this.#rng.real(-trouble.jitterMs, trouble.jitterMs));
      if (trouble.what !== 'bandwidth') continue;
      const link = `${from} ${to}`;
      const done = Math.max(at, this.#busyUntil.get(link) ?? at) + msToNs((bytes * 8) / trouble.kbitPerSecond);
      this.#busyUntil.set(link, done);
      takes += done - at;
    }
    return takes;
  }
}

const pair = (one: string, other: string): string => (one < other ? `${one} ${other}` : `${other} ${one}`);
