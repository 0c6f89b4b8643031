/**
 * The cluster of one run, as the engine and the faults see it. They know nothing of IDs: they speak of nodes,
 * coordinator members, clocks, links and processes.
 *
 * Every control goes by a path of its own, which no fault touches. All controls are idempotent.
 */
import type { CLOCK_TOOLS } from './clock-tools.ts';
import type { CoordinatorKind } from './coordinator-kind.ts';
import type { RegionalShape } from './coordinators.ts';
import type { ReceivedIds } from './received-ids.ts';
import type { Hooks } from './hooks.ts';
import type { JsonObject } from './json.ts';
import type { Rollback } from './rollback.ts';
import type { Origin, RunNs, Time } from './time.ts';
import type { Arrival, Handshake, LinkTrouble, Probe } from './trouble.ts';

/** What a driver can do to a cluster. A fault needs some; preflight compares. */
export const ABILITIES = {
  'clock.step': 'set the wall clock of one node to an offset',
  'clock.freeze': 'freeze the wall clock of one node',
  'clock.drift': 'let the wall clock of one node run at another rate than true time',
  'process.kill': 'kill a process at once and start it again',
  'process.pause': 'stop a process and let it go on',
  'process.terminate': 'ask a process to end, and see how it ended',
  'process.slow': 'let a process run for a share of the time only',
  'network.cut': 'drop packets between two of the pods',
  'network.one-way': 'drop the packets that one pod sends to another, and let those back pass',
  'network.reset': 'reset the TCP connections between two of the pods',
  'network.loss': 'drop a share of the packets between two of the pods',
  'network.delay': 'delay the packets between two of the pods',
  'network.bandwidth': 'limit the bandwidth between two of the pods',
  'coordinator.wipe': 'delete all that the coordinator holds',
  'coordinator.restore': 'put the coordinator back to an older snapshot of its data',
  hook: 'run commands of the user that disturb and heal nodes which run elsewhere',
  'coordinator.slow-disk': "make each write to the disks of the coordinator's members take longer",
} as const;

export type Ability = keyof typeof ABILITIES;

/** All that can be done to nodes by whoever starts them. */
export const CONTROLS = (Object.keys(ABILITIES) as Ability[]).filter((ability) => ability !== 'hook');

/**
 * What a machine has to have for real processes to be treated so, beyond what every driver needs; left out: nothing more.
 * The simulator needs none of it.
 */
export const ABILITY_NEEDS: { readonly [Each in Ability]?: string } = {
  'clock.step': 'libfaketime that moves the clock of the program, or a launcher built with a C compiler',
  'clock.freeze': 'libfaketime that moves the clock of the program, or a launcher built with a C compiler',
  'clock.drift': 'a launcher built with a C compiler: libfaketime would scale sleeps too',
  'network.loss': 'a kernel with nft_numgen, and network namespaces: TCP links lose nothing',
  'network.reset': 'a kernel with nft_reject_inet, or TCP links (local, with SNOWGLOBE_LOCAL_LINKS=tcp)',
  'network.bandwidth': 'tc and a kernel with sch_htb and sch_tbf, or TCP links (local, with SNOWGLOBE_LOCAL_LINKS=tcp)',
  'network.delay': 'tc and a kernel with sch_htb and sch_netem, or TCP links (local, with SNOWGLOBE_LOCAL_LINKS=tcp)',
  hook: 'nodes that you started (generator http:URL, driver remote)',
  'coordinator.restore': 'etcdutl or etcdctl beside etcd',
  'coordinator.slow-disk':
    'a launcher built with a C compiler (x86-64, arm64), and a kernel that lets seccomp hand over system calls',
};

/** What a node or coordinator member is asked to be: its process, its links. */
export interface Member {
  readonly name: string;
  readonly process: ProcessControl;
  readonly network: NetworkControl;
}

export interface ProcessControl {
  /** Kills with SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** Starts it again (a new incarnation); resolves when the process runs, not when it serves. */
  start(): Promise<void>;
  /**
   * SIGSTOP. `plannedMs` says how long the pause is meant to last: the simulator lets it fall on a clock read inside
   * `mint` and must know then when the node goes on.
   */
  pause(plannedMs: number): Promise<void>;
  /** SIGCONT. */
  resume(): Promise<void>;
  /**
   * SIGTERM: asks it to end by itself. Resolves when it is gone, or when `graceMs` are over; what still runs then is left
   * running.
   */
  terminate(graceMs: number): Promise<Termination>;
  /**
   * Lets it run for `percent` of the time only, in turns of at most 50 ms, as on a CPU that others have the better part
   * of; 100 takes that away. It holds for later starts too.
   */
  slow(percent: number): Promise<void>;
  /** The share of the next `forMs` in which it could run, in percent, as seen from outside; undefined: no process. */
  share(forMs: number): Promise<number | undefined>;
  /** Whether the process runs right now, read from the kernel or the engine of the containers. */
  alive(): Promise<boolean>;
  /** A name of the process that runs right now, another one for each start; undefined: none. */
  identity(): Promise<string | undefined>;
}

/** What became of a process that was asked to end. `signalled`: it did not handle the signal, which ended it. */
export type Termination = 'exited' | 'signalled' | 'still running' | 'not running';

export interface NetworkControl {
  /** Drops packets to and from these members, both ways. Cuts of different keys add up; the same key replaces. */
  cut(key: string, peers: readonly string[]): Promise<void>;
  /** Does something else to packets between this member and these. Keys are those of `cut`, and add up as cuts do. */
  trouble(key: string, peers: readonly string[], trouble: LinkTrouble): Promise<void>;
  /** Takes away what one key did; unknown keys are fine. */
  mend(key: string): Promise<void>;
  /** Opens a TCP connection to a peer from inside this member's network: the measurement, apart from the rules. */
  reaches(peer: string, timeoutMs: number): Promise<boolean>;
  /** As `reaches`, and tells how it ended. Somebody listens at every peer for as long as its network lives. */
  handshake(peer: string, timeoutMs: number): Promise<Handshake>;
  /** Sends datagrams to a peer, or to itself past all links, and tells which arrived there: one direction alone. */
  probe(peer: string, probe: Probe): Promise<readonly Arrival[]>;
  /** Whether what runs here has, or tries to open, a connection to a peer or from it: whether the link is in use. */
  talks(peer: string): Promise<boolean>;
}

/** A wall clock from the moment at which this takes force: it shows true time plus the offset, and runs on at the rate. */
export interface ClockSetting {
  /** Milliseconds from true time at the moment of the setting; positive: ahead. */
  readonly offsetMs: number;
  /**
   * Seconds of this clock in a second of true time: 1 runs true, 1 + 50e-6 is 50 ppm fast, 0 stands still. Any but 1 and 0
   * needs `clock.drift`, 0 needs `clock.freeze`.
   */
  readonly rate: number;
}

/** The clock that nobody touched. */
export const TRUE_CLOCK: ClockSetting = { offsetMs: 0, rate: 1 };

export interface ClockControl {
  /**
   * Takes force at once, on a running node or before its next start, and resolves when it is in force. What is set
   * already stays as it is: a clock that stands still or drifts does not begin anew. Throws a RangeError for a rate that
   * the driver cannot do.
   */
  set(setting: ClockSetting): Promise<void>;
  /** The tool that skews the clock, for the report: one of `CLOCK_TOOLS`, or `virtual`. */
  readonly backend: string;
}

/** What a node says of itself over its control path. */
export interface NodeHealth {
  /**
   * `minting`: it holds what it needs and would mint. `waiting`: it does not (no worker ID yet). `refusing`: it holds it
   * and may not mint now.
   */
  readonly status: 'minting' | 'waiting' | 'refusing';
  readonly reason?: string;
  readonly incarnation: number;
  readonly workerId?: number;
  readonly lease?: string;
  readonly createRevision?: string;
  /** How much of its lease is spent: 0 when a keep-alive has just been sent and accepted, 1 when its TTL has passed since. */
  readonly leaseSpent?: number;
  /**
   * How long the main thread of this life has been ready to run and had no CPU, in milliseconds: what the machine kept
   * from it. Counted from any moment: only differences mean anything. A node need not say.
   */
  readonly cpuWaitMs?: number;
  /**
   * How many calls of this life have waited because all IDs of a tick were minted; decimal. A node need not say, and one
   * whose generator does not know cannot.
   */
  readonly overflowWaits?: string;
  /** The node's wall clock, and a moment just after that reading. */
  readonly wallMs: number;
  readonly at: RunNs;
  /** A moment just before that reading; a node need not say. */
  readonly notBefore?: RunNs;
  /**
   * Why `wallMs` says nothing of the clock that IDs are made by, as a sentence without its stop: the process that answers
   * records, and nothing shows that the one that mints reads the same clock. Not looked for while clocks run true.
   */
  readonly clockDoubt?: string;
  /** The process that answers; a node need not say. */
  readonly pid?: number;
  /** IDs committed to the tap by this incarnation, by lane, as decimal strings. */
  readonly minted: readonly string[];
}

/** What a client was told. `no answer`: nothing came back in time, so the outcome is not known. */
export interface MintReply {
  readonly status: 'ok' | 'refused' | 'error' | 'no answer';
  /** Word of a refusal or error. */
  readonly reason?: string;
  /** Position of the IDs in the node's tap; with `ok` only. */
  readonly incarnation?: number;
  readonly lane?: number;
  readonly firstSeq?: number;
  readonly count?: number;
  /** With IDs that are to be compared only. */
  readonly received?: ReceivedIds;
}

/**
 * Errors of answers that may have brought IDs, of which nobody can say what was minted in their place. The words of
 * load/requests.ts are the same.
 */
export const UNPLACED = {
  nowhere: 'no snowglobe-seq header',
  otherCount: 'not as many IDs as the header says',
} as const;

/**
 * How a client takes its IDs: as bytes or as JSON, to be compared with what was minted; or it counts them and looks no
 * further.
 */
export type Taking = 'bytes' | 'json' | 'count only';

export interface ClusterNode extends Member {
  readonly clock: ClockControl;
  /**
   * How its process ended, and what it said last, where it ended by itself; undefined while it runs, and where it was
   * killed or asked to end.
   */
  lastWords?(): Promise<string | undefined>;
  /** Asks over the control path; rejects when there is no answer within `timeoutMs`. */
  health(timeoutMs: number): Promise<NodeHealth>;
  /**
   * One client request, by the load path. `done` is called exactly once; it may be called before this returns. Where not
   * said otherwise, IDs are counted only.
   */
  mint(count: number, timeoutMs: number, done: (reply: MintReply) => void, taking?: Taking): void;
  /**
   * Client requests that may be open at once: more would wait on this side of the wire, and be laid at the node's door.
   * Undefined: as many as there are.
   */
  readonly openMax?: number;
  /** Where a program outside can ask the same: `http://HOST:PORT`. Undefined: it listens at no such place. */
  readonly http?: string | undefined;
}

export interface MemberStatus {
  readonly leader: boolean;
  /** Whether the member answers a linearizable read. */
  readonly serving: boolean;
}

export interface CoordinatorMember extends Member {
  /** Asks this member alone; rejects when it does not answer within `timeoutMs`. */
  status(timeoutMs: number): Promise<MemberStatus>;
  /**
   * How long this member itself found its disk to take; rejects when it does not answer within `timeoutMs`. Left out where
   * members keep no such book.
   */
  syncs?(timeoutMs: number): Promise<Syncs>;
}

/** What a member counted since it was started of its waits until what it wrote was on its disk. */
export interface Syncs {
  readonly count: number;
  readonly totalMs: number;
}

/** What the coordinator told an observer: a change of an owner key. */
export interface OwnerEvent {
  /** The region of the coordinator, where each has its own. */
  readonly coordinator?: string;
  /** When the harness learned of it. It happened no later. */
  readonly at: RunNs;
  readonly what: 'acquired' | 'released';
  readonly workerId: number;
  /** The owner key's value (names node, incarnation and lease) with `acquired`. */
  readonly value?: string;
  readonly lease?: string;
  readonly createRevision: string;
  /** The revision of this event. */
  readonly revision: string;
  /** Nobody did it: the coordinator went back, and this is what is different since. */
  readonly wentBack?: true;
}

export interface CoordinatorCluster {
  readonly name: string;
  readonly version: string;
  readonly members: readonly CoordinatorMember[];
  /**
   * Watches the owner keys from the first revision on, reconnecting for as long as the cluster lives. When the
   * coordinator has gone back, that is told first, and then by events what is different.
   */
  watchOwners(onEvent: (event: OwnerEvent) => void, onRollback?: (rollback: Rollback) => void): void;
  /** The newest revision, decimal, by a linearizable read; rejects when there is no answer within `timeoutMs`. */
  revision(timeoutMs: number): Promise<string>;
  /** The owner keys, by a linearizable read; rejects when there is no answer within `timeoutMs`. */
  owners(timeoutMs: number): Promise<readonly OwnerKey[]>;
  /** Ends a lease, and with it its keys, as its holder could. Fine when it is gone. */
  revoke(lease: string, timeoutMs: number): Promise<void>;
  /** Ends all leases that keys are bound to and deletes all keys, whatever they are; each request has `timeoutMs`. */
  wipe(timeoutMs: number): Promise<void>;
  /** Keeps a copy of all keys and leases as they are now, until the cluster is gone; resolves to its name. */
  snapshot(): Promise<string>;
  /**
   * Kills all members, puts each back to the snapshot and starts it: what was written since is lost. Resolves when the
   * processes run, not when they serve.
   */
  restore(snapshot: string): Promise<void>;
  /** Each write to the disk of any member takes this much longer from now on; 0: no longer. */
  slowDisks(byMs: number): Promise<void>;
  /** Milliseconds that a write took which leaves nothing behind; rejects when it is not done within `timeoutMs`. */
  writeMs(timeoutMs: number): Promise<number>;
}

/** An owner key as it stands. */
export interface OwnerKey {
  /** The region of the coordinator, where each has its own. */
  readonly coordinator?: string;
  readonly workerId: number;
  /** Names node, incarnation and lease. */
  readonly value: string;
  readonly lease: string;
  readonly createRevision: string;
}

export interface Cluster extends AsyncDisposable {
  readonly driver: string;
  readonly time: Time;
  readonly origin: Origin;
  readonly nodes: readonly ClusterNode[];
  /**
   * What hands out worker IDs or ranges. Where each region has a coordinator of its own: all of them as one, which offers
   * what can be said of all at once and rejects what only one can answer. Where there is none: `NO_COORDINATOR`, which has
   * no members.
   */
  readonly coordinator: CoordinatorCluster;
  /** The coordinators one by one, where each region has its own. */
  readonly regional?: readonly RegionalCoordinator[];
  /** Where nodes write their taps, or undefined when they are kept in memory (simulator). */
  readonly tapFolder: string | undefined;
  /** As in the spec that it was launched by. */
  readonly zones?: Zones;
  /** Commands of the user's, where they are the only way to disturb the nodes. */
  readonly hooks?: Hooks;
  /** The names of images and programs in use, for the report. */
  readonly versions: { readonly [name: string]: string };
  /** Throws when what the nodes did can prove nothing: a generator that cannot be run at all. */
  assertClean?(): void;
  /** Undoes whatever any fault did, by every control there is; safe at any time. */
  healAll(): Promise<void>;
}

/** The coordinator of one region: nodes elsewhere know nothing of it. */
export interface RegionalCoordinator<Coordinator extends CoordinatorCluster = CoordinatorCluster> {
  readonly shape: RegionalShape;
  readonly coordinator: Coordinator;
}

/** What a scenario asks of a driver. */
export interface ClusterSpec {
  /** Number of generator nodes; they are called n1, n2, … */
  readonly nodes: number;
  /** Left out: etcd. */
  readonly coordinator?: CoordinatorKind;
  /** Members of each coordinator; they are called etcd1, etcd2, …, or as their kind says. 0: there is no coordinator. */
  readonly coordinatorMembers: number;
  /** Each region has a coordinator of its own: the members that lie in its zones. */
  readonly coordinatorPerRegion?: boolean;
  /** Options handed to the generator. */
  readonly options: JsonObject;
  /** How the simulator's own coordinator behaves; real ones behave as they do. */
  readonly simulated?: SimulatedCoordinator;
  /** Options of single nodes, by name; each replaces the common option of its name. */
  readonly perNode?: { readonly [node: string]: JsonObject };
  readonly zones?: Zones;
  /** IDs that each node mints a second by itself, beside what clients ask for; not in the simulator. */
  readonly selfLoad?: number;
  /** The tool that skews the clocks of real nodes; left out: the first that fits the program and the faults. */
  readonly clockTool?: (typeof CLOCK_TOOLS)[number];
}

/** What a virtual coordinator does that a real one does now and then. */
export interface SimulatedCoordinator {
  /**
   * A leader that was stopped revokes, when it goes on, the leases that ran out by its own book, although they were kept
   * alive with its successor.
   */
  readonly revokesEarly: boolean;
}

/** Zones by name: the members that fail together, and the region that they lie in. */
export interface Zones {
  readonly [zone: string]: { readonly region?: string; readonly members: readonly string[] };
}

/** The options of one node of a cluster. */
export function optionsOf({ options, perNode }: ClusterSpec, node: string): JsonObject {
  return { ...options, ...perNode?.[node] };
}

/** Zone and region of a member; nothing when it is in none. */
export function placeOf({ zones = {} }: ClusterSpec, member: string): { zone?: string; region?: string } {
  for (const [zone, { region, members }] of Object.entries(zones))
    if (members.includes(member)) return { zone, ...(region !== undefined && { region }) };
  return {};
}
