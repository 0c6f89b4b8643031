import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import type { RequestColumns } from '../core/history.ts';
import { NO_REQUESTS } from '../core/history.ts';
import { keepRequests, readKeptRequests, REQUESTS_FILE } from './kept-requests.ts';

const folder = mkdtempSync(join(tmpdir(), 'snowglobe-requests-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const row = fc.record({
  small: fc.nat(65_535),
  count: fc.nat(2 ** 32 - 1),
  status: fc.nat(4),
  time: fc.maxSafeInteger(),
  id: fc.bigInt(0n, 2n ** 64n - 1n),
});

const columnsOf = (rows: readonly (typeof row extends fc.Arbitrary<infer Row> ? Row : never)[]): RequestColumns => ({
  length: rows.length,
  node: Uint16Array.from(rows, ({ small }) => small),
  sent: Float64Array.from(rows, ({ time }) => time),
  received: Float64Array.from(rows, ({ time }) => -time),
  status: Uint8Array.from(rows, ({ status }) => status),
  incarnation: Uint32Array.from(rows, ({ count }) => count),
  lane: Uint16Array.from(rows, ({ small }) => small),
  firstSeq: Float64Array.from(rows, ({ time }) => time),
  count: Uint32Array.from(rows, ({ count }) => count),
  first: BigUint64Array.from(rows, ({ id }) => id),
  last: BigUint64Array.from(rows, ({ id }) => ~id & (2n ** 64n - 1n)),
  digest: BigUint64Array.from(rows, ({ id }) => id ^ 5n),
});

test('what is kept is read as it was, none at all included', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 40 }), (rows) => {
      keepRequests(folder, columnsOf(rows));
      expect(readKeptRequests(folder)).toEqual(columnsOf(rows));
    }),
  );
  keepRequests(folder, NO_REQUESTS);
  expect(readKeptRequests(folder)).toEqual(NO_REQUESTS);
});

test('only the rows that are there are kept of columns that have room for more', () => {
  const columns = columnsOf([{ small: 1, count: 2, status: 0, time: 3, id: 4n }]);
  keepRequests(folder, { ...columns, node: Uint16Array.of(1, 9, 9) });
  expect(readKeptRequests(folder)).toEqual(columns);
});

test('a file that was cut, or changed in one bit, is none', () => {
  keepRequests(
    folder,
    columnsOf(Array.from({ length: 2 }, () => ({ small: 1, count: 2, status: 0, time: 3, id: 4n }))),
  );
  const file = join(folder, REQUESTS_FILE);
  const bytes = readFileSync(file);
  for (let at = 0; at < bytes.length; at++) {
    bytes[at]! ^= 1;
    writeFileSync(file, bytes);
    expect(readKeptRequests(folder)).toBeUndefined();
    bytes[at]! ^= 1;
  }
  writeFileSync(file, bytes);
  expect(readKeptRequests(folder)?.length).toBe(2);
  for (const size of [0, 7, 16, bytes.length - 1]) {
    truncateSync(file, size);
    expect(readKeptRequests(folder)).toBeUndefined();
    writeFileSync(file, bytes);
  }
  rmSync(file);
  expect(readKeptRequests(folder)).toBeUndefined();
});
