/**
 * What a generator is: what it promises, how its IDs are laid out, and how one node of it runs.
 *
 * A generator file imports nothing of the harness but types: everything that it may touch (clock, coordinator,
 * randomness, disk) comes in through `GeneratorEnv`. The same file runs unchanged in the simulator, in plain processes
 * and in containers.
 */
import type { Cause } from './cause.ts';
import type { CoordinatorOrNone } from './coordinator-kind.ts';
import type { Guarantee, Promise_ } from './guarantee.ts';
import type { Json } from './json.ts';
import type { Layout } from './layout.ts';
import type { DataNode } from './node-program.ts';
import type { Ranges } from './ranges.ts';

export interface Generator {
  /** Equal to the file's name. */
  readonly name: string;
  readonly summary: string;
  readonly promises: readonly Promise_[];
  readonly layout: Layout;
  /** The coordinator that it needs, etcd when left out; `none`: it runs with any, and without. */
  readonly coordinator?: CoordinatorOrNone;
  readonly node: NodeKind;
  /**
   * Why it cannot run on these nodes, as a sentence: an option out of range, a worker ID given twice. Undefined: it can.
   * Asked before anything starts.
   */
  refuses?(nodes: readonly NodePlan[]): string | undefined;
  /** Present on a generator that is broken on purpose. Never read by a checker or an explanation. */
  readonly mutant?: Mutant;
}

/** A node as the scenario plans it. */
export interface NodePlan extends Omit<Host, 'incarnation'> {
  readonly options: GeneratorEnv['options'];
}

/** How a generator is broken, and where that shows. */
export interface Mutant {
  /** All promises that its bug may break, stated consequences included. */
  readonly breaks: readonly Guarantee[];
  /** The cause that its violations have; causes, where one bug shows in more than one way. */
  readonly because: Cause | readonly Cause[];
  /** Scenarios that catch it, by name. */
  readonly shownBy: readonly string[];
  /** It fails without any disturbance too: in all of its scenarios, or in these. */
  readonly needsNoDisturbance?: true | readonly string[];
  /** Its bug needs real processes or threads: the simulator cannot show it. */
  readonly real?: true;
  /** Real nodes never come to show it, or too seldom to be waited for: the file says why. */
  readonly simulated?: true;
}

/** What a node is. All but a shell node are plain data. */
export type NodeKind = ShellNode | DataNode;

/** A generator that runs in the simulator, too: its node is code for the shell. */
export interface ShellGenerator extends Generator {
  readonly node: ShellNode;
}

/** A node that snowglobe's own shell serves: the file gives the minter, the shell gives HTTP, taps and metrics. */
export interface ShellNode {
  readonly kind: 'shell';
  create(env: GeneratorEnv): Minter | Promise<Minter>;
  /**
   * Nodes are restored from a start-up snapshot of V8, one for all nodes of a run: this is carried out once, when it is
   * taken, and each node finds in `env.restored` what it returned. Its source text is taken along and nothing else: it may
   * use its argument, uniform in [0, 1), and what JavaScript itself has. Not done in the simulator.
   */
  snapshot?(random: () => number): Json;
}

/** An ID as a service or a module gave it: a number (of JSON, or of JavaScript) in decimal digits, bytes in hexadecimal ones. */
export interface Written {
  readonly as: 'text' | 'number' | 'bigint' | 'bytes';
  readonly words: string;
}

/** One lane of minting inside a node. */
export interface Minter {
  /**
   * Writes up to `count` IDs to the front of `into` and returns how many. `into` has one word an ID, or two where the
   * layout has 128 bits: the low one first. Throws `env.refusal(reason)` when it may
   * mint none. The caller never has two calls open on one minter, and zeroes `into` beforehand: an ID left there by a
   * call that threw is recorded as such. Returning synchronously is the fast path.
   *
   * IDs belong to what `holding()` says when the call begins, or, where that is nothing, to what it says when the call
   * ends. Where the two are different tenures nobody knows which of them the IDs belong to, and promises that go by the
   * holder stay unjudged: a call that finds its tenure over refuses, or says that it holds nothing before it waits.
   */
  mint(into: BigUint64Array, count: number): number | Promise<number>;
  /**
   * IDs that the last call got beyond the `count` that it was asked for, in words as those of `into`: they are recorded
   * behind those in `into`, and answered to nobody. For what cannot be asked for so many; asked once after each call.
   */
  extras?(): BigUint64Array | undefined;
  /**
   * How the IDs of the last call's answer leave the node, one element an ID, where that is not as they are: a number goes
   * as a number of JSON, and in bytes as what it holds. A lane without one goes by that of the node's first minter.
   */
  encode?(ids: BigUint64Array): readonly (bigint | number)[] | undefined;
  /**
   * The IDs of the last call's answer as they were given, before they were read; undefined: that is not kept, as in runs.
   * `snowglobe init` asks for it, to see how they are written.
   */
  written?(): readonly Written[] | undefined;
  /** What the node holds right now, or undefined while it waits for what it needs to mint. Cheap, never blocks. */
  holding(): Holding | undefined;
  close(): Promise<void>;
  /**
   * How many calls of this life have waited because all IDs of a tick were minted, on all lanes together; waits for a clock
   * that is behind are none. Undefined, or left out: it does not know.
   */
  overflowWaits?(): number | undefined;
  /**
   * Further lanes of the same node, each with one call open at the most, all of them side by side: what threads need. In
   * the simulator, where all code runs in one thread, the calls of two lanes meet where they wait for something.
   */
  readonly moreLanes?: readonly Minter[];
}

export interface Holding {
  /** Left out by a generator whose IDs carry none. */
  readonly workerId?: number;
  /** The lease that backs the worker ID, if one does. */
  readonly lease?: HeldLease;
}

export interface HeldLease {
  /** The coordinator's name of the lease: an unsigned 64-bit number as a decimal string. */
  readonly id: string;
  /** The create revision of the owner key: names the tenure. Decimal string. */
  readonly createRevision: string;
  /** The node's own belief: its monotonic clock (ns) after which it must not mint. 0n when it has no fence. */
  readonly fenceNs: bigint;
  /** The node's own belief: Unix milliseconds that its IDs must stay below. 0 when it has no bound. */
  readonly limitMs: number;
}

/** All that a generator may touch. */
export interface GeneratorEnv {
  /** The node's wall clock, Unix milliseconds, whole. May step, drift or freeze: that is the point. */
  wallMs(): number;
  /** The node's monotonic clock, nanoseconds. */
  monotonicNs(): bigint;
  /** Sleeps on the monotonic clock. Rejects when the node closes. */
  sleep(ms: number): Promise<void>;
  /** Uniform in [0, 1). */
  random(): number;
  /** An error that refuses the call: no ID was minted. `reason` is a short fixed word such as `waiting`. */
  refusal(reason: string): Error;
  /** A line for the node's log. */
  log(message: string): void;
  /** Aborted when the node closes. */
  readonly signal: AbortSignal;
  /** The scenario's options for the generator, as JSON. */
  readonly options: { readonly [key: string]: Json };
  readonly host: Host;
  /** Of an etcd; where the cluster has none, every call is refused. */
  readonly coordination: Coordination;
  /** Of a database; where the cluster has none, every call is refused. */
  readonly ranges: Ranges;
  /** Small files that survive a restart of the node. */
  readonly disk: Disk;
  /**
   * Starts a real thread with the function that the module exports as `thread`, and resolves when it can be called. Absent
   * in the simulator.
   */
  readonly startThread?: (module: string, shared: SharedArrayBuffer) => Promise<Thread>;
  /** What `ShellNode.snapshot` returned when the snapshot was taken. Absent in the simulator, and without a snapshot. */
  readonly restored?: Json;
}

/** Mints in a thread: writes IDs to the front of shared memory and resolves with how many. One call at a time. */
export type Thread = (into: SharedArrayBuffer, count: number) => Promise<number>;

/** What a module exports as `thread`: made once in each thread, with the memory that all of them share. */
export type ThreadStart = (
  shared: SharedArrayBuffer,
  wallMs: () => number,
) => (into: BigUint64Array, count: number) => number;

/** Where a node runs, as whoever operates it would say. */
export interface Host {
  readonly name: string;
  /** 0, 1, …: the place of the node in its cluster, the same in each of its lives. */
  readonly index: number;
  readonly incarnation: number;
  readonly zone?: string;
  readonly region?: string;
}

export interface Disk {
  read(name: string): Promise<Uint8Array | undefined>;
  write(name: string, bytes: Uint8Array): Promise<void>;
}

/** A key of the coordinator. Revisions and lease IDs are 64-bit: decimal strings. Lease '0' means none. */
export interface KeyValue {
  readonly key: string;
  readonly value: string;
  readonly createRevision: string;
  readonly modRevision: string;
  readonly lease: string;
}

/** One comparison of a transaction, with the meaning of etcd's. A value comparison on a missing key fails. */
export type Compare =
  | { readonly key: string; readonly target: 'create' | 'mod'; readonly op: '=' | '<' | '>'; readonly revision: string }
  | { readonly key: string; readonly target: 'value'; readonly op: '=' | '<' | '>'; readonly value: string };

export type Operation =
  | { readonly put: string; readonly value: string; readonly lease?: string }
  | { readonly get: string }
  | { readonly delete: string };

export interface TxnResult {
  readonly succeeded: boolean;
  /** The cluster's revision after the transaction: the create revision of keys that it created. */
  readonly revision: string;
  /** For each operation of the branch taken: what `get` found, or undefined. */
  readonly got: readonly (KeyValue | undefined)[];
  /** The keys that were there and are deleted. */
  readonly deleted: readonly string[];
}

export interface Grant {
  readonly id: string;
  /** What was granted, which may be more than what was asked. */
  readonly ttlMs: number;
}

/** The keys that operations delete. */
export function deletedKeys(operations: readonly Operation[]): ReadonlySet<string> {
  return new Set(operations.flatMap((operation) => ('delete' in operation ? [operation.delete] : [])));
}

/**
 * A linearizable store with leases: etcd, real or virtual. Every call ends within `deadlineMs` on the monotonic clock.
 * It throws an error named `CoordinationTimeout` when the outcome is not known (it may have happened), and one named
 * `CoordinationRefused` when it certainly did not.
 */
export interface Coordination {
  range(prefix: string, deadlineMs: number): Promise<readonly KeyValue[]>;
  txn(
    compares: readonly Compare[],
    onSuccess: readonly Operation[],
    onFailure: readonly Operation[],
    deadlineMs: number,
  ): Promise<TxnResult>;
  grant(ttlMs: number, deadlineMs: number): Promise<Grant>;
  /** The TTL that the coordinator answered, in ms; 0 when the lease is gone. */
  keepAlive(lease: string, deadlineMs: number): Promise<number>;
  revoke(lease: string, deadlineMs: number): Promise<void>;
}
