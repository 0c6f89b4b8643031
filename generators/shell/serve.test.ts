/** The node's HTTP, asked as the harness asks it: lanes of this process, no tap. */
import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { MintReply, Taking } from '../../harness/core/cluster.ts';
import type { Minter } from '../../harness/core/generator.ts';
import { IN_NUMBERS, receivedIds, throughNumber } from '../../harness/core/received-ids.ts';
import { NodeClient } from '../../harness/drivers/agent/node-client.ts';
import type { Lane } from './lane.ts';
import type { Served } from './serve.ts';
import { serve } from './serve.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'snowglobe-serve-'));
});
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
  rmSync(folder, { recursive: true, force: true });
});

/** Two words of 64 bits: two IDs, or one of 128. */
const WORDS = BigUint64Array.of(2n ** 62n + 1n, 2n ** 60n + 1n);

async function answers(idBits: 64 | 128, encode?: Minter['encode']): Promise<Record<'bytes' | 'json', MintReply>> {
  const socketPath = join(folder, 'n.sock');
  const lane = {
    mint: (_: number, done: Parameters<Lane['mint']>[1]) => done({ kind: 'minted', firstSeq: 7n, ids: WORDS }),
  };
  const served = {
    incarnation: 3,
    lanes: [lane],
    encoders: [encode],
    writers: [],
    idBits,
    onFirstRequest: () => undefined,
    metrics: { answered: () => undefined },
  } as unknown as Served;
  const servers: Server[] = await serve([{ path: socketPath }], served);
  const client = new NodeClient({ socketPath }, Number, idBits);
  closing.push(() => {
    client.close();
    for (const server of servers) server.close();
  });
  const ask = (taking: Taking) => new Promise<MintReply>((resolve) => client.mint(2, 2000, resolve, taking));
  return { bytes: await ask('bytes'), json: await ask('json') };
}

test.each([64, 128] as const)('IDs of %d bits come as they were minted, in either form', async (idBits) => {
  const received = receivedIds(WORDS, idBits === 64 ? 1 : 2);
  const place = { status: 'ok', incarnation: 3, lane: 0, firstSeq: 7, count: idBits === 64 ? 2 : 1 };
  const { bytes, json } = await answers(idBits);
  expect(bytes).toEqual({ ...place, received });
  expect(json).toEqual({ ...place, received });
});

test('what a generator makes of its IDs on their way is what clients get, in either form', async () => {
  const rounded = receivedIds(WORDS.map(throughNumber), 1);
  const { bytes, json } = await answers(64, (ids) => Array.from(ids, Number));
  expect(bytes.received).toEqual(rounded);
  // Which numbers these are depends on who reads them.
  expect(json.received).toEqual({ ...rounded, digest: IN_NUMBERS });
});

test('so it is with IDs of 128 bits', async () => {
  const id = (WORDS[1]! << 64n) | WORDS[0]!;
  const other = id ^ 1n;
  const { bytes, json } = await answers(128, () => [other]);
  const received = receivedIds(BigUint64Array.of(BigInt.asUintN(64, other), other >> 64n), 2);
  expect([bytes.received, json.received]).toEqual([received, received]);
});
