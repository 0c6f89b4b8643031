import { expect, test } from 'vitest';
import { CoordinationTimeout } from '../harness/coordinators/coordination-errors.ts';
import { NO_COORDINATION } from '../harness/coordinators/not-offered.ts';
import type { GeneratorEnv, Minter, ShellGenerator } from '../harness/core/generator.ts';
import type { JsonObject } from '../harness/core/json.ts';
import handsOverTwice from './mutants/segment-hands-over-twice.ts';
import errorAsId from './mutants/segment-error-as-id.ts';
import resumes from './mutants/segment-resumes-its-range.ts';
import segment from './segment.ts';

/** A database that answers when it is told to, and a node beside it. */
class Bench {
  highest = 0n;
  asked = 0;
  isAway = false;
  readonly files = new Map<string, Uint8Array>();
  #answers: (() => void)[] = [];
  readonly #env: GeneratorEnv;

  constructor(options: JsonObject) {
    this.#env = {
      wallMs: () => 0,
      monotonicNs: () => 0n,
      // Whoever sleeps lets the rest happen.
      sleep: () => new Promise((resolve) => setImmediate(resolve)),
      random: () => 0.5,
      refusal: (reason) => new Error(reason),
      log: () => undefined,
      signal: new AbortController().signal,
      options,
      host: { name: 'n1', index: 0, incarnation: 1 },
      coordination: NO_COORDINATION,
      ranges: {
        next: (_key, step) => {
          this.asked++;
          if (this.isAway) return Promise.reject(new CoordinationTimeout('away'));
          return new Promise((resolve) => {
            this.#answers.push(() => {
              this.highest += BigInt(step);
              resolve({ from: this.highest - BigInt(step) + 1n, to: this.highest });
            });
          });
        },
        highest: async () => this.highest,
        setHighest: async (_key, to) => void (this.highest = to),
      },
      disk: {
        read: async (name) => this.files.get(name),
        write: async (name, bytes) => void this.files.set(name, bytes),
      },
    };
  }

  start(generator: ShellGenerator = segment): Promise<Minter> {
    return Promise.resolve(generator.node.create(this.#env));
  }

  /** The database answers what it was asked, and what comes of it happens. */
  async answer(): Promise<void> {
    const answers = this.#answers;
    this.#answers = [];
    for (const answer of answers) answer();
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
}

const mint = async (minter: Minter, count: number): Promise<bigint[] | string> => {
  const into = new BigUint64Array(count);
  try {
    return [...into.subarray(0, await minter.mint(into, count))];
  } catch (error) {
    return (error as Error).message;
  }
};

test('it hands out one range after the other, and takes the next while it uses the last', async () => {
  const bench = new Bench({ step: 10, prefetchAt: 0.5 });
  const minter = await bench.start();
  expect(minter.holding()).toBeUndefined();
  expect(await mint(minter, 3)).toBe('empty');
  await bench.answer();
  expect(minter.holding()).toEqual({});
  expect(await mint(minter, 4)).toEqual([1n, 2n, 3n, 4n]);
  expect(bench.asked).toBe(1);
  expect(await mint(minter, 1)).toEqual([5n]);
  expect(bench.asked).toBe(2);
  await bench.answer();
  expect(await mint(minter, 6)).toEqual([6n, 7n, 8n, 9n, 10n, 11n]);
});

test('a call gets what is left, and the next is refused while both buffers are empty', async () => {
  const bench = new Bench({ step: 3 });
  const minter = await bench.start();
  await bench.answer();
  expect(await mint(minter, 5)).toEqual([1n, 2n, 3n]);
  expect(minter.holding()).toBeUndefined();
  expect(await mint(minter, 5)).toBe('empty');
  await bench.answer();
  expect(await mint(minter, 5)).toEqual([4n, 5n, 6n]);
});

test('it asks for one range at a time, however often it is asked', async () => {
  const bench = new Bench({ step: 10, prefetchAt: 0 });
  const minter = await bench.start();
  for (let call = 0; call < 5; call++) await mint(minter, 1);
  expect(bench.asked).toBe(1);
});

test('while the database is away it goes on asking, and goes on minting when it is back', async () => {
  const bench = new Bench({ step: 5 });
  bench.isAway = true;
  const minter = await bench.start();
  await bench.answer();
  expect(bench.asked).toBeGreaterThan(2);
  expect(await mint(minter, 1)).toBe('empty');
  bench.isAway = false;
  await bench.answer();
  await bench.answer();
  expect(await mint(minter, 1)).toEqual([1n]);
});

test('a node that starts again leaves the rest of its range unused', async () => {
  const bench = new Bench({ step: 5 });
  await bench.start();
  await bench.answer();
  const next = await bench.start();
  await bench.answer();
  expect(await mint(next, 1)).toEqual([6n]);
});

test.each([{ step: 0 }, { step: 1.5 }, { prefetchAt: 2 }, { prefetchAt: 'half' }])(
  'options %j are refused',
  async (options) => {
    await expect(async () => new Bench(options).start()).rejects.toThrow(RangeError);
  },
);

// Each mutant in the one situation that tells it from the honest one.

test('segment-hands-over-twice uses a range that a call waited for twice', async () => {
  const bench = new Bench({ step: 2 });
  const minter = await bench.start(handsOverTwice);
  const waiting = mint(minter, 2);
  await bench.answer();
  expect(await waiting).toEqual([1n, 2n]);
  expect(await mint(minter, 2)).toEqual([1n, 2n]);
});

test('segment-error-as-id answers -3 when it has no ID', async () => {
  const bench = new Bench({ step: 2 });
  expect(await mint(await bench.start(errorAsId), 2)).toEqual([2n ** 64n - 3n]);
});

test('segment-resumes-its-range begins the range on its disk again', async () => {
  const bench = new Bench({ step: 5 });
  const minter = await bench.start(resumes);
  await bench.answer();
  expect(await mint(minter, 1)).toEqual([1n]);
  expect(await mint(await bench.start(resumes), 1)).toEqual([1n]);
});
