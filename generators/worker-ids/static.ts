/**
 * A worker ID that whoever sets up the node has given it, and no coordinator knows of.
 *
 * Nobody else has the ID, so no lease is needed; but a restart with the clock behind would mint times again. So the node
 * keeps the bound of `snowflake` on its own disk: time is reserved ahead there, and the next life begins above it.
 */
import type { GeneratorEnv, Holding, NodePlan } from '../../harness/core/generator.ts';
import type { Promise_ } from '../../harness/core/guarantee.ts';
import {
  END_MS,
  EXTEND_EVERY_MS,
  integerWithin,
  isOutOfRange,
  LAYOUT,
  settingsOf,
  SnowflakeMinter,
  WINDOW_MS,
} from '../snowflake.ts';
import type { Tenure } from '../snowflake.ts';

/** The file with the bound: Unix milliseconds as decimal digits. */
const FILE = 'bound';
/** Datacenter and worker, 5 bits each, are the two halves of the worker ID. */
const HALF = 2 ** 5;
const FOREVER_NS = 2n ** 62n;

export const STATIC_PROMISES = [
  { guarantee: 'unique' },
  { guarantee: 'increasing-per-node' },
  { guarantee: 'increasing-across-lives', scope: 'worker-id' },
  { guarantee: 'increasing-across-lives', scope: 'node' },
  { guarantee: 'owns-worker-id' },
  { guarantee: 'time-honest', pastMs: 1, futureMs: 0 },
  { guarantee: 'well-formed' },
  { guarantee: 'fails-closed' },
  { guarantee: 'faithful-encoding' },
  // A start (0.3 s), a file read and written, and the window (3 s) that a killed life had reserved. A clock that ran ahead
  // until the last heal adds its lead to it.
  { guarantee: 'recovers', withinMs: 5000 },
] as const satisfies readonly Promise_[];

export class StaticMinter extends SnowflakeMinter {
  readonly #workerId: number;

  constructor(env: GeneratorEnv) {
    super({ ...env, options: withoutWorkerId(env.options) });
    this.#workerId = staticWorkerId(env.options, env.host.index);
  }

  override holding(): Holding | undefined {
    return this.tenure && { workerId: this.tenure.workerId };
  }

  protected override async acquire(): Promise<Tenure> {
    const floorMs = await this.readBound();
    return {
      workerId: this.#workerId,
      lease: '0',
      ttlMs: 0,
      nonce: '',
      createRevision: '0',
      floorMs,
      limitMs: floorMs,
      fenceNs: FOREVER_NS,
      lost: false,
      settled: true,
      extending: false,
      extensionAskedNs: 0n,
    };
  }

  protected override async serve(tenure: Tenure): Promise<void> {
    while (!tenure.lost) {
      await this.extend(tenure);
      await this.env.sleep(EXTEND_EVERY_MS);
    }
  }

  /** There is nobody to hold the clock against: the first reading is believed, and a leap ahead never is. */
  protected override async extend(tenure: Tenure): Promise<boolean> {
    const now = this.env.wallMs();
    if (tenure.extending || isOutOfRange(now) || (this.isAhead(now) && tenure.limitMs > tenure.floorMs)) return true;
    this.believe(now);
    const to = Math.min(now + WINDOW_MS, END_MS);
    if (to <= tenure.limitMs) return true;
    tenure.extending = true;
    await this.writeBound(to);
    tenure.limitMs = to;
    tenure.extending = false;
    return true;
  }

  protected override async revoke(): Promise<void> {
    // There is no lease.
  }

  /** The time up to which an earlier life may have minted; 0 when there was none. */
  protected async readBound(): Promise<number> {
    const bytes = await this.env.disk.read(FILE);
    if (bytes === undefined) return 0;
    const text = new TextDecoder().decode(bytes);
    if (!/^\d{1,16}$/.test(text)) throw new Error(`the file ${FILE} holds ${JSON.stringify(text)}, which is no time`);
    return Number(text);
  }

  protected async writeBound(to: number): Promise<void> {
    await this.env.disk.write(FILE, new TextEncoder().encode(String(to)));
  }
}

/** `workerId`, or `datacenter` and `worker` of 5 bits each; left out, the node's place in the cluster. */
export function staticWorkerId(options: GeneratorEnv['options'], index: number): number {
  const { workerId, datacenter, worker } = options;
  if (datacenter !== undefined || worker !== undefined) {
    if (workerId !== undefined) throw new Error("give either option 'workerId' or 'datacenter' and 'worker'");
    return integerWithin('datacenter', datacenter, 0, HALF - 1) * HALF + integerWithin('worker', worker, 0, HALF - 1);
  }
  return integerWithin('workerId', workerId ?? index, 0, 2 ** LAYOUT.workerBits - 1);
}

/** What is left for `snowflake`: all options but those that say the worker ID. */
function withoutWorkerId(options: GeneratorEnv['options']): GeneratorEnv['options'] {
  const { workerId: _, datacenter: __, worker: ___, ...rest } = options;
  return rest;
}

/** As `Generator.refuses`: the options of each node have to be in range, and each worker ID is given once. */
export function refusesStatic(nodes: readonly NodePlan[]): string | undefined {
  const holders = new Map<number, string>();
  for (const { name, index, options } of nodes) {
    let workerId: number;
    try {
      workerId = staticWorkerId(options, index);
      settingsOf(withoutWorkerId(options));
    } catch (error) {
      return `${name}: ${(error as Error).message}`;
    }
    const other = holders.get(workerId);
    if (other !== undefined) return `${other} and ${name} are both given worker ID ${workerId}`;
    holders.set(workerId, name);
  }
  return undefined;
}
