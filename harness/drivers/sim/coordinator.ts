/** The virtual etcd as the engine and the faults see it: members with a process and links each. */
import type {
  CoordinatorCluster,
  CoordinatorMember,
  MemberStatus,
  NetworkControl,
  OwnerEvent,
  OwnerKey,
  ProcessControl,
} from '../../core/cluster.ts';
import type { EtcdSim } from '../../coordinators/etcd-sim.ts';
import type { EtcdSimSnapshot, EtcdSimStore } from '../../coordinators/etcd-sim-store.ts';
import type { MemberState, RequestKind, VirtualProcesses } from '../../coordinators/virtual-servers.ts';
import { OWNER_PREFIX, ownersIn } from '../../core/owner-key.ts';
import type { Rollback } from '../../core/rollback.ts';
import type { Rng } from '../../core/random.ts';
import { msToNs, nsToMs } from '../../core/time.ts';
import { memberNetwork } from './member-network.ts';
import type { Network } from './network.ts';
import type { VirtualTime } from './virtual-time.ts';

/** From the order to start until the process runs. */
const START_MS = { min: 100, max: 400 };

export interface MemberWorld {
  readonly time: VirtualTime;
  readonly network: Network;
  readonly servers: VirtualProcesses;
  readonly rng: Rng;
}

export interface CoordinatorWorld extends MemberWorld {
  readonly etcd: EtcdSim;
}

export class SimCoordinatorMember implements CoordinatorMember {
  readonly name: string;
  readonly process: ProcessControl;
  readonly network: NetworkControl;
  readonly #world: MemberWorld;
  #lives = 1;
  #starting: { readonly done: Promise<void>; readonly end: () => void } | undefined;

  constructor(name: string, world: MemberWorld) {
    this.name = name;
    this.#world = world;
    this.network = memberNetwork(name, world.network, world.time, (peer) => world.servers.members.includes(peer));
    this.process = {
      kill: async () => {
        this.#starting?.end();
        this.#become('dead');
      },
      start: () => this.#start(),
      pause: async () => {
        if (this.#state() === 'running') this.#become('paused');
      },
      resume: async () => {
        if (this.#state() === 'paused') this.#become('running');
      },
      terminate: async () => {
        if (this.#state() === 'dead') return 'not running';
        if (this.#state() === 'paused') return 'still running';
        this.#become('dead');
        return 'exited';
      },
      slow: async () => {
        throw new Error('the simulator slows no coordinator members');
      },
      share: async () => (this.#state() === 'dead' ? undefined : this.#state() === 'paused' ? 0 : 100),
      alive: async () => this.#state() !== 'dead',
      identity: async () => (this.#state() === 'dead' ? undefined : `life ${this.#lives}`),
    };
  }

  status(timeoutMs: number): Promise<MemberStatus> {
    const { time, servers } = this.#world;
    if (this.#state() === 'dead') return Promise.reject(new Error(`${this.name} does not run`));
    if (this.#state() === 'running') return Promise.resolve(servers.status(this.name));
    return time.waiting((resolve, reject) =>
      time.schedule(time.now() + msToNs(timeoutMs), () => {
        if (this.#state() === 'running') resolve(servers.status(this.name));
        else reject(new Error(`${this.name} gave no answer within ${timeoutMs} ms`));
      }),
    );
  }

  #start(): Promise<void> {
    if (this.#state() !== 'dead') return Promise.resolve();
    if (this.#starting !== undefined) return this.#starting.done;
    const { time, rng } = this.#world;
    let end = (): void => undefined;
    const done = time.waiting<void>((resolve) => {
      const cancel = time.schedule(time.now() + msToNs(rng.real(START_MS.min, START_MS.max)), () => {
        end();
        this.#lives++;
        this.#become('running');
      });
      end = () => {
        this.#starting = undefined;
        cancel();
        resolve();
      };
    });
    this.#starting = { done, end };
    return done;
  }

  #state(): MemberState {
    return this.#world.servers.state(this.name);
  }

  #become(state: MemberState): void {
    if (this.#state() !== state) this.#world.servers.setState(this.name, state);
  }
}

export class SimCoordinator implements CoordinatorCluster {
  readonly name = 'etcd';
  readonly version = 'virtual';
  readonly members: readonly SimCoordinatorMember[];
  readonly #time: VirtualTime;
  readonly #etcd: EtcdSim;
  readonly #snapshots: EtcdSimSnapshot[] = [];

  constructor(world: CoordinatorWorld) {
    this.#time = world.time;
    this.#etcd = world.etcd;
    this.members = world.etcd.members.map(
      (name) => new SimCoordinatorMember(name, { ...world, rng: world.rng.fork(`process of ${name}`) }),
    );
  }

  watchOwners(onEvent: (event: OwnerEvent) => void, onRollback?: (rollback: Rollback) => void): void {
    this.#etcd.watchOwners((event) => {
      this.#time.settled();
      onEvent(event);
    });
    if (onRollback !== undefined) this.#etcd.watchRollbacks(onRollback);
  }

  revision(timeoutMs: number): Promise<string> {
    return this.#ask('read', ({ revision }) => revision, timeoutMs);
  }

  owners(timeoutMs: number): Promise<readonly OwnerKey[]> {
    return this.#ask('read', (store) => ownersIn(store.range(OWNER_PREFIX)), timeoutMs);
  }

  revoke(lease: string, timeoutMs: number): Promise<void> {
    return this.#ask('write', (store) => store.revoke(lease), timeoutMs);
  }

  wipe(timeoutMs: number): Promise<void> {
    const wipe = (store: EtcdSimStore): void => {
      const keys = store.range('');
      for (const { lease } of keys) store.revoke(lease);
      const deletions = keys.map(({ key }) => ({ delete: key }));
      store.txn([], deletions, []);
    };
    return this.#ask('write', wipe, timeoutMs);
  }

  async snapshot(): Promise<string> {
    return String(this.#snapshots.push(this.#etcd.snapshot()) - 1);
  }

  async restore(name: string): Promise<void> {
    const snapshot = this.#snapshots[Number(name)];
    if (snapshot === undefined) throw new RangeError(`there is no snapshot "${name}"`);
    await Promise.all(this.members.map(({ process }) => process.kill()));
    this.#etcd.restore(snapshot);
    await Promise.all(this.members.map(({ process }) => process.start()));
  }

  async slowDisks(byMs: number): Promise<void> {
    this.#etcd.slowDisks(byMs);
  }

  async writeMs(timeoutMs: number): Promise<number> {
    const began = this.#time.now();
    await this.#ask('write', () => undefined, timeoutMs);
    return nsToMs(this.#time.now() - began);
  }

  /** Asks the first member that runs, as a client of the control path would. */
  #ask<T>(kind: RequestKind, perform: (store: EtcdSimStore) => T, timeoutMs: number): Promise<T> {
    const { members } = this.#etcd;
    const member = members.find((name) => this.#etcd.state(name) === 'running') ?? members[0]!;
    return this.#time.waiting((resolve, reject) => {
      const cancel = this.#time.schedule(this.#time.now() + msToNs(timeoutMs), () =>
        reject(new Error(`${member} gave no answer within ${timeoutMs} ms`)),
      );
      this.#etcd.request(member, kind, perform, (outcome) => {
        cancel();
        if ('refused' in outcome) reject(outcome.refused);
        else resolve(outcome.value);
      });
    });
  }
}
