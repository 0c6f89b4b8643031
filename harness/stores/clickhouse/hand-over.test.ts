import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { HandOver } from './hand-over.ts';
import { temporaryFolder } from './store-fixture.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);

test('a file holds exactly the pieces, also after longer ones, for as long as it is lent', async () => {
  using folder = temporaryFolder();
  const handOver = new HandOver(folder.path);
  const lent: string[] = [];
  const read = (file: string): Promise<string> => {
    lent.push(file);
    return Promise.resolve(readFileSync(file, 'utf8'));
  };
  const many = Array.from({ length: 3000 }, (_, k) => bytes(`${k},`));
  expect(await handOver.lend(many, read)).toBe(Array.from({ length: 3000 }, (_, k) => `${k},`).join(''));
  expect(await handOver.lend([bytes('short'), bytes(''), bytes('er')], read)).toBe('shorter');
  expect(new Set(lent).size).toBe(1);
  handOver.close();
  expect(existsSync(lent[0]!)).toBe(false);
});

test('two that are lent at once are two files, and one whose use failed is lent again', async () => {
  using folder = temporaryFolder();
  const handOver = new HandOver(folder.path);
  const [one, other] = await Promise.all(
    ['one', 'other'].map((text) =>
      handOver.lend([bytes(text)], async (file) => {
        await Promise.resolve();
        return [file, readFileSync(file, 'utf8')] as const;
      }),
    ),
  );
  expect([one![1], other![1]]).toEqual(['one', 'other']);
  await expect(handOver.lend([bytes('x')], () => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
  const [file] = await handOver.lend([bytes('y')], (lent) => Promise.resolve([lent]));
  expect([one![0], other![0]]).toContain(file);
  handOver.close();
});
