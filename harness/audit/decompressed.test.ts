import { constants, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decompressed } from './decompressed.ts';

const TEXT = Buffer.from(Array.from({ length: 20_000 }, (_, index) => `${index}\n`).join(''));
const NONE = Buffer.alloc(0);

const compress = {
  gzip: (bytes: Buffer): Buffer => gzipSync(bytes),
  zstd: (bytes: Buffer): Buffer => zstdCompressSync(bytes, { params: { [constants.ZSTD_c_checksumFlag]: 1 } }),
};

/** A skippable frame of zstd: as parallel compressors write them. */
const SKIPPED = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);

async function read(bytes: Buffer, compression: 'gzip' | 'zstd', chunkBytes: number): Promise<Buffer> {
  async function* source(): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
  }
  const pieces: Buffer[] = [];
  for await (const piece of decompressed(source(), compression)) pieces.push(piece);
  return Buffer.concat(pieces);
}

describe.each(['gzip', 'zstd'] as const)('%s', (compression) => {
  const whole = compress[compression](TEXT);
  /** So that a piece ends where the first member does, and before and behind. */
  const chunks = [whole.length - 1, whole.length, whole.length + 1, 1000, 1 << 20];

  test.each(chunks)('members one after the other are all read, in pieces of %i bytes', async (chunkBytes) => {
    const parts = [whole, compress[compression](NONE), whole, compress[compression](TEXT.subarray(0, 7))];
    const bytes = Buffer.concat(compression === 'zstd' ? [...parts, SKIPPED, whole] : [...parts, whole]);
    const expected = Buffer.concat([TEXT, TEXT, TEXT.subarray(0, 7), TEXT]);
    expect((await read(bytes, compression, chunkBytes)).equals(expected)).toBe(true);
  });

  test.each(chunks)('what is cut, or is something else, is an error, in pieces of %i bytes', async (chunkBytes) => {
    for (const end of [1, 3, 4, 5, 9, whole.length >> 1, whole.length - 1]) {
      const cut = read(Buffer.concat([whole, whole.subarray(0, end)]), compression, chunkBytes);
      await expect(cut, `cut after ${end}`).rejects.toMatchObject({ code: expect.any(String) });
    }
    for (const other of [Buffer.from('7\n'), Buffer.concat([Buffer.alloc(100), whole])]) {
      const goesOn = read(Buffer.concat([whole, other]), compression, chunkBytes);
      await expect(goesOn).rejects.toMatchObject({ code: expect.any(String) });
    }
  });
});

test.each([1000, 1 << 20])('zeros behind gzip are padding, in pieces of %i bytes', async (chunkBytes) => {
  const padded = Buffer.concat([compress.gzip(TEXT), Buffer.alloc(10_000)]);
  expect((await read(padded, 'gzip', chunkBytes)).equals(TEXT)).toBe(true);
});

test('an error of the source is one of what is read', async () => {
  async function* source(): AsyncGenerator<Buffer> {
    yield compress.gzip(TEXT).subarray(0, 100);
    await Promise.reject(Object.assign(new Error('gone'), { code: 'EIO' }));
  }
  const reading = async (): Promise<void> => {
    for await (const _ of decompressed(source(), 'gzip'));
  };
  await expect(reading()).rejects.toThrow('gone');
});
