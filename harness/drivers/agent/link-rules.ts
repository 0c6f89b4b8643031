/**
 * What the kernel is told so that links are cut, lossy, reset or slow: nft rules and tc classes. Pure.
 *
 * Every address is an element with a timeout of a set in the agent's own table: nothing that was asked outlives the
 * agent that renews it. That holds for slow links too, although a qdisc knows no timeout: packets go through a slow class
 * only while a rule of that table sends them there.
 */
import type { LinkTrouble } from '../../core/trouble.ts';
import { TABLE } from './protocol.ts';

/** What is done to packets from and to some addresses. */
export interface Troubled {
  readonly addresses: readonly string[];
  readonly trouble: LinkTrouble | { readonly what: 'drop' };
}

interface Slowness {
  readonly delayMs: number;
  readonly jitterMs: number;
  /** Infinity: as fast as it goes. */
  readonly kbitPerSecond: number;
}

/** A class through which packets to an address go. */
export interface Shape extends Slowness {
  readonly address: string;
  /** Minor number of the class; the major one is HANDLE. */
  readonly minor: number;
}

export interface LinkRules {
  /** Addresses, by the name of their set. */
  readonly sets: ReadonlyMap<string, readonly string[]>;
  readonly shapes: readonly Shape[];
}

/** Major number of the agent's qdiscs: one at the root of an interface that has another was made by somebody else. */
export const HANDLE = '5106';

/** The union of all that is asked. */
export function linkRules(asked: readonly Troubled[]): LinkRules {
  const sets = new Map<string, Set<string>>();
  const add = (set: string, address: string): void => {
    const addresses = sets.get(set) ?? new Set();
    sets.set(set, addresses.add(address));
  };
  const slow = new Map<string, Slowness>();
  for (const { addresses, trouble } of asked)
    for (const address of addresses) {
      if (trouble.what === 'loss') add(`on_loss_${trouble.percent}`, address);
      else if (trouble.what === 'delay' || trouble.what === 'bandwidth')
        slow.set(address, slower(slow.get(address), trouble));
      else add(`on_${trouble.what}`, address);
    }
  // A class for each address: members share no link, and so no bandwidth.
  const shapes = [...slow].map(([address, shape], index) => ({ ...shape, address, minor: index + 1 }));
  for (const { address, minor } of shapes) add(`on_slow_${minor}`, address);
  return { sets: new Map([...sets].map(([name, addresses]) => [name, [...addresses]])), shapes };
}

function slower(
  before: Slowness = { delayMs: 0, jitterMs: 0, kbitPerSecond: Number.POSITIVE_INFINITY },
  trouble: Extract<LinkTrouble, { readonly what: 'delay' | 'bandwidth' }>,
): Slowness {
  if (trouble.what === 'bandwidth')
    return { ...before, kbitPerSecond: Math.min(before.kbitPerSecond, trouble.kbitPerSecond) };
  return {
    ...before,
    delayMs: before.delayMs + trouble.delayMs,
    jitterMs: before.jitterMs + trouble.jitterMs,
  };
}

/** Removes the agent's table. `add` before `delete`: deleting what is not there would fail. */
export const NO_TABLE = `add table inet ${TABLE}\ndelete table inet ${TABLE}\n`;

/** The whole table anew, in one transaction: no packet ever meets half of it. */
export function tableScript({ sets }: LinkRules, lastsS: number): string {
  const names = [...sets.keys()];
  const declared = names.map((name) => `  set ${name} { type ipv4_addr; flags timeout; }`);
  // First what is dropped for sure; resets last, for a rule that lets packets pass ends the chain.
  const order = ['drop', 'deaf', 'loss', 'slow', 'reset'];
  const ordered = names.toSorted((one, other) => order.indexOf(kindOf(one)) - order.indexOf(kindOf(other)));
  return [
    `${NO_TABLE}table inet ${TABLE} {`,
    ...declared,
    '  chain input { type filter hook input priority -10; policy accept;',
    ...ordered.flatMap((name) => inputRules(name).map((rule) => `    ip saddr @${name} ${rule}`)),
    '  }',
    '  chain output { type filter hook output priority -10; policy accept;',
    ...ordered.flatMap((name) => outputRules(name).map((rule) => `    ip daddr @${name} ${rule}`)),
    '  }',
    '}',
    elementsScript({ sets }, lastsS),
  ].join('\n');
}

/** Starts the timeouts of all elements anew: flush and add, for adding one that is there does not extend its timeout. */
export function renewalScript(rules: LinkRules, lastsS: number): string {
  const flush = [...rules.sets.keys()].map((name) => `flush set inet ${TABLE} ${name}\n`);
  return flush.join('') + elementsScript(rules, lastsS);
}

function elementsScript({ sets }: Pick<LinkRules, 'sets'>, lastsS: number): string {
  const lines = [...sets].flatMap(([name, addresses]) =>
    addresses.map((address) => `add element inet ${TABLE} ${name} { ${address} timeout ${lastsS}s }\n`),
  );
  return lines.join('');
}

/** Of `on_loss_30`, `loss` and 30. The prefix is there because `drop` and `reset` are words of nft. */
const kindOf = (set: string): string => set.split('_')[1] as string;
const numberOf = (set: string): number => Number(set.split('_')[2]);

// A reset that is itself cut would leave both ends waiting: resets pass.
const RESET = ['tcp flags & rst == rst accept', 'meta l4proto tcp reject with tcp reset', 'drop'];

function inputRules(set: string): readonly string[] {
  const kind = kindOf(set);
  if (kind === 'drop' || kind === 'deaf') return ['drop'];
  if (kind === 'loss') return [`numgen random mod 100 < ${numberOf(set)} drop`];
  return kind === 'reset' ? RESET : [];
}

function outputRules(set: string): readonly string[] {
  const kind = kindOf(set);
  if (kind === 'drop') return ['drop'];
  if (kind === 'slow') return [`meta priority set ${HANDLE}:${numberOf(set).toString(16)}`];
  return kind === 'reset' ? RESET : [];
}

/** What passes at once after a pause: what a timer of 4 ms lets through, and at the least two whole packets. */
export const burstBytes = (kbitPerSecond: number): number => Math.max(3000, Math.ceil(kbitPerSecond * 0.5));
/** How long a packet may wait for its turn before it is dropped. */
const QUEUE_MS = 400;
const NETEM_PACKETS = 10_000;

/** A batch for tc: HTB for the choice of a class alone, and in each class what makes it slow. */
export function shapeBatch(device: string, shapes: readonly Shape[]): string {
  const lines = shapes.flatMap((shape) => {
    const id = shape.minor.toString(16);
    return [
      `class add dev ${device} parent ${HANDLE}: classid ${HANDLE}:${id} htb rate 10gbit quantum 60000`,
      `qdisc add dev ${device} parent ${HANDLE}:${id} ${qdisc(shape)}`,
    ];
  });
  return [`qdisc add dev ${device} root handle ${HANDLE}: htb`, ...lines, ''].join('\n');
}

function qdisc({ delayMs, jitterMs, kbitPerSecond }: Shape): string {
  if (delayMs === 0) return `tbf rate ${kbitPerSecond}kbit burst ${burstBytes(kbitPerSecond)} latency ${QUEUE_MS}ms`;
  const rate = Number.isFinite(kbitPerSecond) ? ` rate ${kbitPerSecond}kbit` : '';
  return `netem limit ${NETEM_PACKETS} delay ${delayMs}ms ${jitterMs}ms${rate}`;
}
