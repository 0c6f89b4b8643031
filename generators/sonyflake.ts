/**
 * Sonyflake as sony/sonyflake v1 does it: 39 bits of 10 ms, 8 bits of sequence, 16 bits of machine ID, in this order.
 *
 * When 256 IDs of a tick are used up, or the clock has gone back, it goes on with the tick that it had reached, takes the
 * next one when that is full too, and sleeps, holding its lock, until the clock should have come there. So it is
 * increasing in one process whatever the clock does, and a step back by S costs every caller a stall of S after 256 IDs.
 * Nothing of it outlives the process: a restart with the clock behind mints times again, so it promises neither `unique`
 * nor any order across lives; and as the stall has no limit, it does not promise to recover within a time.
 */
import type { Generator, GeneratorEnv, Holding, Minter, NodePlan } from '../harness/core/generator.ts';
import type { Layout } from '../harness/core/layout.ts';
import { Lock, withLanes } from './clocked/lanes.ts';
import type { Next } from './clocked/minter.ts';
import { ClockedMinter } from './clocked/minter.ts';
import { integerWithin } from './snowflake.ts';

export const LAYOUT = {
  timeBits: 39,
  workerBits: 16,
  sequenceBits: 8,
  tickMs: 10,
  epochMs: Date.UTC(2014, 8, 1),
  shifts: { time: 24, sequence: 16, worker: 0 },
} as const satisfies Layout;

/** Requests that may be under way at once. */
export const LANES = 4;
const SEQUENCE_MASK = 2 ** LAYOUT.sequenceBits - 1;
const TICKS = 2 ** LAYOUT.timeBits;

export class SonyflakeMinter extends ClockedMinter {
  readonly #machineId: number;
  protected tick = 0;
  protected sequence = SEQUENCE_MASK;
  /** It slept for the tick that it took ahead of the clock: the ID of that tick is due, whatever the clock shows now. */
  #owed = false;

  constructor(env: GeneratorEnv) {
    super(env, 1, Infinity);
    this.#machineId = machineIdOf(env.options, env.host.index);
  }

  holding(): Holding {
    return { workerId: this.#machineId };
  }

  protected next(): Next {
    if (this.#owed) {
      this.#owed = false;
      return this.compose();
    }
    const sinceEpochMs = this.readClock() - LAYOUT.epochMs;
    const current = Math.floor(sinceEpochMs / LAYOUT.tickMs);
    if (this.begins(current)) {
      this.tick = current;
      this.sequence = 0;
      return this.compose();
    }
    this.sequence = (this.sequence + 1) & SEQUENCE_MASK;
    if (this.sequence !== 0) return this.compose();
    this.tick++;
    this.#owed = true;
    return { waitMs: this.tick * LAYOUT.tickMs - sinceEpochMs };
  }

  protected readClock(): number {
    return this.env.wallMs();
  }

  /** Whether the tick of the clock is a new one. */
  protected begins(current: number): boolean {
    return this.tick < current;
  }

  protected compose(): Next {
    if (this.tick >= TICKS) return 'clock out of range';
    return (BigInt(this.tick) << 24n) | BigInt(this.sequence * 2 ** LAYOUT.workerBits + this.#machineId);
  }
}

/** Each request holds the lock from before it reads the clock until it has its IDs. */
function create(env: GeneratorEnv): Minter {
  const [minter, lock] = [new SonyflakeMinter(env), new Lock()];
  return withLanes(LANES, minter, (into, count) => lock.run(() => minter.mint(into, count)));
}

/** `machineId`; left out, the node's place in the cluster. */
function machineIdOf({ machineId, ...unknown }: GeneratorEnv['options'], index: number): number {
  const [stray] = Object.keys(unknown);
  if (stray !== undefined) throw new Error(`option '${stray}' is not known: use machineId`);
  return integerWithin('machineId', machineId ?? index, 0, 2 ** LAYOUT.workerBits - 1);
}

/** As `Generator.refuses`: each machine ID is given once. */
export function refusesMachineIds(nodes: readonly NodePlan[]): string | undefined {
  const holders = new Map<number, string>();
  for (const { name, index, options } of nodes)
    try {
      const machineId = machineIdOf(options, index);
      const other = holders.get(machineId);
      if (other !== undefined) return `${other} and ${name} are both given machine ID ${machineId}`;
      holders.set(machineId, name);
    } catch (error) {
      return `${name}: ${(error as Error).message}`;
    }
  return undefined;
}

export default {
  name: 'sonyflake',
  summary: '39/8/16 Sonyflake of 10 ms ticks on a given machine ID: increasing in one process, and nothing beyond.',
  coordinator: 'none',
  promises: [
    { guarantee: 'increasing-per-node' },
    { guarantee: 'owns-worker-id' },
    { guarantee: 'well-formed' },
    { guarantee: 'fails-closed' },
    { guarantee: 'faithful-encoding' },
  ],
  layout: LAYOUT,
  refuses: refusesMachineIds,
  node: { kind: 'shell', create },
} satisfies Generator;
