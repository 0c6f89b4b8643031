/**
 * IDs from ranges of a database, as Meituan's Leaf (segment mode) and Didi's tinyid take them: no clock, no worker ID.
 *
 * A node takes a range of `step` numbers in one statement and hands them out one by one. While it does, it takes the next
 * range into a second buffer, so that a slow database is not noticed. What keeps IDs apart:
 *
 * - the database gives no number to two takers, and a range whose answer was lost is left out;
 * - a buffer has one owner: what is taken goes either to the end of the numbers in use or into the spare buffer, in one
 *   step of the program;
 * - a node that starts takes a new range and leaves the rest of the earlier one unused.
 *
 * The price: it mints nothing while both buffers are empty, and IDs of different nodes are in no order.
 */
import type { Generator, GeneratorEnv, Holding, Minter } from '../harness/core/generator.ts';
import type { Layout } from '../harness/core/layout.ts';
import type { Promise_ } from '../harness/core/guarantee.ts';
import type { Range } from '../harness/core/ranges.ts';

/** A plain counter below the sign bit. */
export const LAYOUT = { timeBits: 0, workerBits: 0, sequenceBits: 63, tickMs: 1, epochMs: 0 } as const satisfies Layout;

/** The row of the database. */
export const KEY = 'ids';
/** Deadline of each request to the database. */
export const ATTEMPT_MS = 400;
/** Pause after a request that failed. */
export const RETRY_MS = 50;

export const PROMISES = [
  { guarantee: 'unique', assuming: ['coordinator never rolls back'] },
  { guarantee: 'increasing-per-node', assuming: ['coordinator never rolls back'] },
  { guarantee: 'increasing-across-lives', scope: 'node', assuming: ['coordinator never rolls back'] },
  { guarantee: 'well-formed' },
  { guarantee: 'fails-closed' },
  { guarantee: 'faithful-encoding' },
  // A database that replays its log (2 s), an attempt that hangs (0.4 s), the next one.
  { guarantee: 'recovers', withinMs: 5000 },
] as const satisfies readonly Promise_[];

/** The generator's options, validated. */
export interface Settings {
  /** Numbers that a range has. */
  readonly step: number;
  /** The share of a range that is used up when the next one is taken: from 0 to 1. */
  readonly prefetchAt: number;
}

/** What is left of a range: `next` … `to`. */
export interface Rest {
  next: bigint;
  readonly to: bigint;
}

export class SegmentMinter implements Minter {
  protected readonly env: GeneratorEnv;
  protected readonly settings: Settings;
  /** Numbers in use. */
  protected current: Rest | undefined;
  protected spare: Range | undefined;
  #isFilling = false;

  constructor(env: GeneratorEnv) {
    this.env = env;
    this.settings = settingsOf(env.options);
  }

  /** Takes the first range; nobody waits for it. */
  start(): this {
    this.prefetch();
    return this;
  }

  mint(into: BigUint64Array, count: number): number | Promise<number> {
    const minted = this.handOut(into, count);
    this.prefetch();
    if (minted === 0) throw this.env.refusal('empty');
    return minted;
  }

  holding(): Holding | undefined {
    return this.current !== undefined || this.spare !== undefined ? {} : undefined;
  }

  async close(): Promise<void> {
    // The rest of the ranges is left unused: whoever starts next takes new ones.
  }

  /** Writes what the buffers have, up to `count`; how many. */
  protected handOut(into: BigUint64Array, count: number): number {
    let minted = 0;
    while (minted < count) {
      this.swap();
      const buffer = this.current;
      if (buffer === undefined) break;
      while (minted < count && buffer.next <= buffer.to) into[minted++] = buffer.next++;
      if (buffer.next > buffer.to) this.current = undefined;
    }
    return minted;
  }

  /** The spare buffer takes the place of one that is used up, and is spare no longer. */
  protected swap(): void {
    if (this.current !== undefined || this.spare === undefined) return;
    this.current = { next: this.spare.from, to: this.spare.to };
    this.spare = undefined;
  }

  /** Fills the spare buffer when that is due, one request at a time, for as long as it takes. */
  protected prefetch(): void {
    if (this.#isFilling || this.spare !== undefined || !this.isDue()) return;
    this.#isFilling = true;
    this.fill().then(
      () => (this.#isFilling = false),
      (error: unknown) => {
        // Sleeping ends so when the node closes.
        if (!this.env.signal.aborted) throw error;
      },
    );
  }

  protected isDue(): boolean {
    if (this.current === undefined) return true;
    const left = Number(this.current.to - this.current.next + 1n);
    return 1 - left / this.settings.step >= this.settings.prefetchAt;
  }

  protected async fill(): Promise<void> {
    for (;;) {
      try {
        this.filled(await this.take());
        return;
      } catch (error) {
        if (!isOutage(error)) throw error;
        await this.env.sleep(RETRY_MS);
      }
    }
  }

  protected filled(range: Range): void {
    this.spare = range;
  }

  /** A range that nobody else has. After a failure it is asked for anew: what the failed request took is left out. */
  protected take(): Promise<Range> {
    return this.env.ranges.next(KEY, this.settings.step, ATTEMPT_MS);
  }
}

/** The database did not answer, or refused. */
export function isOutage(error: unknown): boolean {
  return error instanceof Error && (error.name === 'CoordinationTimeout' || error.name === 'CoordinationRefused');
}

function settingsOf(options: GeneratorEnv['options']): Settings {
  const { step = 10_000, prefetchAt = 0.1 } = options;
  if (typeof step !== 'number' || !Number.isInteger(step) || step < 1)
    throw new RangeError(`option step must be a whole number from 1 on, not ${JSON.stringify(step)}`);
  if (typeof prefetchAt !== 'number' || !(prefetchAt >= 0 && prefetchAt <= 1))
    throw new RangeError(`option prefetchAt must be from 0 to 1, not ${JSON.stringify(prefetchAt)}`);
  return { step, prefetchAt };
}

export default {
  name: 'segment',
  summary: 'Double-buffered ranges from a database: no clock, no worker ID (Leaf segment, tinyid).',
  coordinator: 'postgres',
  promises: PROMISES,
  layout: LAYOUT,
  node: { kind: 'shell', create: (env) => new SegmentMinter(env).start() },
} satisfies Generator;
