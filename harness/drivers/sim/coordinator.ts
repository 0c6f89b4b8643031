/** The virtual etcd as the engine and the faults see it: members with a process and links each. */
import type { CoordinatorMember, MemberStatus, NetworkControl, ProcessControl } from '../../core/cluster.ts';
import type { EtcdSim, MemberState } from '../../coordinators/etcd-sim.ts';
import type { Rng } from '../../core/random.ts';
import { msToNs } from '../../core/time.ts';
import { memberNetwork } from './member-network.ts';
import type { Network } from './network.ts';
import type { VirtualTime } from './virtual-time.ts';

/** From the order to start until the process runs. */
const START_MS = { min: 100, max: 400 };

export interface CoordinatorWorld {
  readonly time: VirtualTime;
  readonly network: Network;
  readonly etcd: EtcdSim;
  readonly rng: Rng;
  readonly listens: (member: string) => boolean;
}

export class SimCoordinatorMember implements CoordinatorMember {
  readonly name: string;
  readonly process: ProcessControl;
  readonly network: NetworkControl;
  readonly #world: CoordinatorWorld;
  #starting: { readonly done: Promise<void>; readonly end: () => void } | undefined;

  constructor(name: string, world: CoordinatorWorld) {
    this.name = name;
    this.#world = world;
    this.network = memberNetwork(name, world.network, world.time, world.listens);
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
      alive: async () => this.#state() !== 'dead',
    };
  }

  status(timeoutMs: number): Promise<MemberStatus> {
    const { time, etcd } = this.#world;
    if (this.#state() === 'dead') return Promise.reject(new Error(`${this.name} does not run`));
    if (this.#state() === 'running') return Promise.resolve(etcd.status(this.name));
    return time.waiting((resolve, reject) =>
      time.schedule(time.now() + msToNs(timeoutMs), () => {
        if (this.#state() === 'running') resolve(etcd.status(this.name));
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
    return this.#world.etcd.state(this.name);
  }

  #become(state: MemberState): void {
    if (this.#state() !== state) this.#world.etcd.setState(this.name, state);
  }
}
