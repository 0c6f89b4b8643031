/**
 * What clients received, kept in the run's folder beside the taps: a store that is lost, or damaged, is made anew from
 * both, and judged again the run is whole.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { endianness } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { RequestColumns } from '../core/history.ts';

/** One column after another, little-endian, behind their length; then a checksum of all before it. */
export const REQUESTS_FILE = 'requests.bin';

const MAGIC = Buffer.from('SGREQ001');
const HEAD_BYTES = MAGIC.length + 8;
const CHECKSUM_BYTES = 4;

const COLUMNS = [
  ['node', Uint16Array],
  ['sent', Float64Array],
  ['received', Float64Array],
  ['status', Uint8Array],
  ['incarnation', Uint32Array],
  ['lane', Uint16Array],
  ['firstSeq', Float64Array],
  ['count', Uint32Array],
  ['first', BigUint64Array],
  ['last', BigUint64Array],
  ['digest', BigUint64Array],
] as const satisfies readonly (readonly [keyof Omit<RequestColumns, 'length'>, unknown])[];

const ROW_BYTES = COLUMNS.reduce((sum, [, { BYTES_PER_ELEMENT }]) => sum + BYTES_PER_ELEMENT, 0);

/** Whole or not at all: a reader never meets half a file. */
export function keepRequests(folder: string, requests: RequestColumns): void {
  const head = Buffer.alloc(HEAD_BYTES);
  MAGIC.copy(head);
  head.writeBigUInt64LE(BigInt(requests.length), MAGIC.length);
  const columns = COLUMNS.map(([name]) => {
    const { buffer, byteOffset, BYTES_PER_ELEMENT } = requests[name];
    return Buffer.from(buffer, byteOffset, requests.length * BYTES_PER_ELEMENT);
  });
  const bytes = Buffer.concat([head, ...columns, Buffer.alloc(CHECKSUM_BYTES)]);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, -CHECKSUM_BYTES)), bytes.length - CHECKSUM_BYTES);
  const file = join(folder, REQUESTS_FILE);
  writeFileSync(`${file}.part`, bytes);
  renameSync(`${file}.part`, file);
}

/** Undefined: there are none, or not as they were written. */
export function readKeptRequests(folder: string): RequestColumns | undefined {
  const file = join(folder, REQUESTS_FILE);
  if (!existsSync(file) || endianness() !== 'LE') return undefined;
  const bytes = readFileSync(file);
  if (bytes.length < HEAD_BYTES + CHECKSUM_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const end = bytes.length - CHECKSUM_BYTES;
  const length = Number(bytes.readBigUInt64LE(MAGIC.length));
  if (end !== HEAD_BYTES + length * ROW_BYTES || bytes.readUInt32LE(end) !== crc32(bytes.subarray(0, end)))
    return undefined;
  let at = HEAD_BYTES;
  const columns = COLUMNS.map(([name, Kind]) => {
    const size = length * Kind.BYTES_PER_ELEMENT;
    // A copy of its own: a typed array begins at a multiple of its elements' size.
    const column = new Kind(new Uint8Array(bytes.subarray(at, at + size)).buffer);
    at += size;
    return [name, column];
  });
  return { length, ...Object.fromEntries(columns) };
}
