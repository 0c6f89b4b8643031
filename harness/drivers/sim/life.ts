/** One life of a simulated node: what its process holds, from its start to its death. */
import type { JsonObject } from '../../core/json.ts';
import type { Cancel, Origin, RunNs } from '../../core/time.ts';
import type { Coordination, GeneratorEnv, Minter, ShellNode } from '../../core/generator.ts';
import { messageOf, SnowglobeError } from '../../core/errors.ts';
import { minterProblem } from '../../core/minter-problem.ts';
import type { Rng } from '../../core/random.ts';
import type { Ranges } from '../../core/ranges.ts';
import type { NodeDisk } from './disk.ts';
import type { Inside } from './guard.ts';
import { Lane, refusal } from './lane.ts';
import type { LaneHost } from './lane.ts';

/** What a life needs of its node and of the world. */
export interface LifeHost extends LaneHost {
  readonly name: string;
  readonly origin: Origin;
  readonly rng: Rng;
  readonly options: JsonObject;
  readonly place: { readonly zone?: string; readonly region?: string };
  readonly disk: NodeDisk;
  readonly coordination: Coordination;
  readonly ranges: Ranges;
  /** A reading of either clock by the generator's code; a disturbance may fall on one inside `mint`. */
  onReading(): void;
  after(ms: number, act: () => void): Cancel;
  log(message: string): void;
  /** The generator made no minter, or none that can be asked. Throws. */
  faulty(what: string): never;
}

const DISK_MS = { min: 0.05, max: 1 };
/** How long a closing node may take to give its worker ID back, as in the shell. */
const CLOSE_MS = 1000;

const isMinting = ({ minting }: Lane): boolean => minting;

export class Life {
  readonly incarnation: number;
  readonly inside: Inside;
  readonly #host: LifeHost;
  /** None until the generator has made its minter. */
  lanes: readonly Lane[] = [];
  #turn = 0;
  readonly #closing = new AbortController();
  /** What rejects the sleeps that are under way. */
  readonly #sleeping = new Set<(reason: unknown) => void>();
  /** When it was killed. */
  diedAt: RunNs = Infinity;

  constructor(host: LifeHost) {
    this.#host = host;
    this.incarnation = host.incarnation;
    this.inside = host.inside;
  }

  /** Runs the generator's `create`. */
  async begin(create: ShellNode['create']): Promise<void> {
    const minter = await this.#made(create);
    const wrong = this.inside(minterProblem, minter);
    if (wrong !== undefined) this.#host.faulty(wrong);
    const encode = minter.encode?.bind(minter);
    this.lanes = [minter, ...(minter.moreLanes ?? [])].map(
      (one, number) => new Lane(this.#host, one, number, one.encode?.bind(one) ?? encode),
    );
    this.#host.onFree();
  }

  async #made(create: ShellNode['create']): Promise<Minter> {
    const env = this.#env();
    try {
      return await this.inside(async () => create(env));
    } catch (error) {
      // What the guard throws says itself what is wrong.
      if (error instanceof SnowglobeError) throw error;
      return this.#host.faulty(`create threw (${messageOf(error)})`);
    }
  }

  /** One that can take a call: each in its turn, as the shell asks them. */
  freeLane(): Lane | undefined {
    for (let tries = 0; tries < this.lanes.length; tries++) {
      const lane = this.lanes[this.#turn++ % this.lanes.length] as Lane;
      if (!lane.open) return lane;
    }
    return undefined;
  }

  /** Whether it was asked to end: it answers no client any more. */
  get closing(): boolean {
    return this.#closing.signal.aborted;
  }

  /** Ends what the generator does, as the shell does on SIGTERM; calls back when it may be killed. */
  close(done: () => void): void {
    this.#host.after(CLOSE_MS, done);
    this.#closing.abort();
    const { reason } = this.#closing.signal;
    for (const wake of this.#sleeping) wake(reason);
    void this.#giveBack().finally(done);
  }

  async #giveBack(): Promise<void> {
    try {
      await this.inside(async () => this.lanes[0]?.close());
    } catch {
      // What fails here would end a real process just as well.
    }
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.closing) return reject(this.#closing.signal.reason as Error);
      this.#sleeping.add(reject);
      this.#host.after(ms, () => {
        this.#sleeping.delete(reject);
        resolve();
      });
    });
  }

  #env(): GeneratorEnv {
    const host = this.#host;
    const originNs = BigInt(host.origin.monotonicNs);
    const random = host.rng.fork('random');
    const disk = host.rng.fork('disk');
    const onDisk = <T>(act: () => T): Promise<T> =>
      new Promise((resolve) => host.after(disk.real(DISK_MS.min, DISK_MS.max), () => resolve(act())));
    const reading = (): void => {
      if (this.lanes.some(isMinting)) host.onReading();
    };
    return {
      wallMs: () => {
        reading();
        return host.wallMs();
      },
      monotonicNs: () => {
        reading();
        return originNs + BigInt(Math.round(host.now()));
      },
      sleep: (ms) => this.#sleep(ms),
      random: () => random.next(),
      refusal,
      log: (message) => host.log(message),
      signal: this.#closing.signal,
      options: host.options,
      host: { name: host.name, index: host.nodeIndex, incarnation: host.incarnation, ...host.place },
      coordination: host.coordination,
      ranges: host.ranges,
      disk: {
        read: (name) => onDisk(() => host.disk.read(name)),
        write: (name, bytes) => {
          const copy = bytes.slice();
          return onDisk(() => host.disk.write(name, copy));
        },
      },
    };
  }
}
