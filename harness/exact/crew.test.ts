import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { EXIT, SnowglobeError } from '../core/errors.ts';
import { encodeId } from '../core/layout.ts';
import { startCrew } from './crew.ts';
import { exact, exactWithin } from './exact.ts';
import { bytesOf, FEW_WORKERS, Files, fold, inFoldsWords, TINY } from './input-fixture.ts';
import { type Limits, LIMITS } from './limits.ts';
import { cut } from './pieces.ts';
import { PieceReader } from './reader.ts';
import type { ExactOptions, Segment } from './segment.ts';

const files = new Files();
afterAll(() => files[Symbol.dispose]());

const layout = FEW_WORKERS[64];
const LINES = [0, 1, 2].map((workerId) => [
  Array.from({ length: 3000 }, (_, tick) =>
    encodeId(layout, { tick, workerId: tick === 2999 ? 0 : workerId, sequence: 0 }),
  ),
]);
/** Small pieces, so that each thread gets some, and threads however few IDs there are. */
const THREADED: Limits = { ...LIMITS, chunkIds: 50, pieceIds: 100, threadsFrom: 0, bucketIds: 500 };
const options: ExactOptions = { idBits: 64, layout, threads: 3, witnesses: 5 };

describe('threads', () => {
  test.each([
    ['certificate', 'auto', THREADED],
    ['fingerprints', 'partition', THREADED],
    ['partition', 'partition', { ...THREADED, alikeMax: -1 }],
  ] as const)('answer by %s as a fold does', async (expected, method, limits) => {
    const seen: bigint[][] = [];
    const onProgress = (done: bigint, total: bigint): void => void seen.push([done, total]);
    const segments = files.segments(LINES, 64);
    // Several passes.
    const result = await exactWithin(segments, { ...options, method, memoryBytes: 30_000, onProgress }, limits);
    expect(result.method).toBe(expected);
    expect(inFoldsWords(result, LINES)).toEqual(fold(LINES, 5));
    expect(seen.every(([done, total], k) => done! <= total! && done! > (seen[k - 1]?.[0] ?? 0n))).toBe(true);
    expect(seen.at(-1)![0]).toBeGreaterThanOrEqual(9000n);
  });

  test('an abort ends the check with its reason', async () => {
    const segments = files.segments(LINES, 64);
    const reason = new Error('enough');
    const abort = new AbortController();
    const checked = exactWithin(
      segments,
      { ...options, signal: abort.signal, onProgress: () => abort.abort(reason) },
      THREADED,
    );
    await expect(checked).rejects.toBe(reason);
    await expect(exactWithin(segments, { ...options, signal: abort.signal }, THREADED)).rejects.toBe(reason);
  });

  test('a thread that dies is an error with the file that it read', async () => {
    const segments = files.segments(LINES, 64);
    const pieces = cut(segments, 8, 100);
    const start = { words: 2, pieces, limits: THREADED, onRead: () => undefined } as const;
    await using crew = startCrew({ ...start, threads: 1 });
    await crew.run('scan', { stepsMax: 1 });
    // A task that makes no sense: the job throws what is no fault of the input.
    const broken = crew.run('find', undefined as never);
    await expect(broken).rejects.toThrow(
      /A thread of the exact check ended \(.*undefined.*\)\. The file that it read last: .*ids-/,
    );
  });
});

describe('files', () => {
  const segmentOf = (file: string, count: number): Segment => ({ file, byteOffset: 0, count, owner: 1, first: 0 });

  async function problemOf(work: Promise<unknown>): Promise<SnowglobeError> {
    const error: unknown = await work.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(SnowglobeError);
    return error as SnowglobeError;
  }

  test('a file that is shorter than was said is told before anything is read', async () => {
    const file = join(files.folder, 'short');
    writeFileSync(file, bytesOf([1n, 2n, 3n], 64));
    const error = await problemOf(exact([segmentOf(file, 4)], { idBits: 64 }));
    expect(error.exitCode).toBe(EXIT.badInput);
    expect(error.problems).toMatchObject([
      { where: file, what: 'The file has 24 bytes, where IDs up to byte 32 were expected.' },
    ]);
  });

  test('a file that is not there, and one that cannot be read, in a thread or not', async () => {
    const missing = join(files.folder, 'missing');
    expect((await problemOf(exact([segmentOf(missing, 1)], { idBits: 64 }))).problems[0]).toMatchObject({
      where: missing,
    });
    const folder = join(files.folder, 'folder');
    mkdirSync(folder);
    for (const threads of [0, 2]) {
      const error = await problemOf(exactWithin([segmentOf(folder, 1)], { idBits: 64, threads }, THREADED));
      expect(error.problems).toMatchObject([{ where: folder, what: expect.stringContaining('EISDIR') as string }]);
    }
  });

  test('a file that shrinks while it is read', () => {
    const file = join(files.folder, 'shrinks');
    writeFileSync(
      file,
      bytesOf(
        Array.from({ length: 10 }, (_, k) => BigInt(k)),
        64,
      ),
    );
    const [piece] = cut([segmentOf(file, 10)], 8, 100);
    const reader = new PieceReader(2, 4);
    expect(() => reader.read(piece!, (_, __, from) => from === 4 && truncateSync(file, 70))).toThrow(
      'The file ends at byte 70, where IDs up to byte 80 were expected.',
    );
    reader.close();
  });

  // The first read is for the order, the second for fingerprints, and so is the third where there is room for them.
  test.each([
    // By this seed, other IDs fall otherwise into passes. Of whole IDs, the passes to come see all or none of one ID.
    ['fingerprints', LIMITS.alikeMax, 2, Array.from({ length: 201 }, (_, k) => 1000n + BigInt(k))],
    ['the partition', -1, 3, Array<bigint>(201).fill(6n)],
  ] as const)('a file that changes between two passes of %s', async (_, alikeMax, changedAfter, changed) => {
    const segments = files.segments([[Array.from({ length: 200 }, (_, k) => BigInt(k))]], 64);
    let reads = 0;
    const onProgress = (): void => {
      if (++reads === changedAfter) writeFileSync(segments[0]!.file, bytesOf(changed, 64));
    };
    const limits = { ...LIMITS, alikeMax, bucketIds: 20, seed: 3 };
    const checked = exactWithin(segments, { ...options, method: 'partition', memoryBytes: 4000, onProgress }, limits);
    await expect(checked).rejects.toThrow(/Passes over the files saw \d+ IDs in place of 200\./);
  });

  test('two segments that claim one position of their owner are a mistake of the caller', async () => {
    const [first, second] = files.segments([[[1n, 2n], [3n]]], 64);
    await expect(exactWithin([first!, { ...second!, first: 1 }], { idBits: 64 }, TINY)).rejects.toThrow(RangeError);
  });
});
