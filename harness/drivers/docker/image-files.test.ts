import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { unpack } from './image-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'snowglobe-test-'));
const copy = join(folder, 'copy');
const BIG = Buffer.alloc(200_000, 'snowglobe');
afterAll(() => rmSync(folder, { recursive: true }));

writeFileSync(join(folder, 'big'), BIG);
const archive = execFileSync('tar', ['-C', folder, '-c', 'big']);

test('an archive is unpacked by the time that it has come, however long the engine takes to end its answer', async () => {
  async function* slowly(): AsyncGenerator<Buffer> {
    yield archive;
    await sleep(300);
    yield Buffer.alloc(10_240);
  }
  await unpack(Readable.from(slowly()), copy);
  expect(readFileSync(copy).equals(BIG)).toBe(true);
});

test('one that was cut is no file', async () => {
  await expect(unpack(Readable.from([archive.subarray(0, 100_000)]), copy)).rejects.toThrow('tar does not unpack');
});
