/**
 * What a client received, in three numbers: enough to tell whether it is what was minted at that place, whoever the client
 * is. The digest is MD5 because everybody who takes part has it built in (Node, k6, ClickHouse); nobody here is an
 * adversary who looks for collisions.
 */
import { hash } from 'node:crypto';

/** First, last and digest of the IDs of an answer that are compared with those that were minted. */
export interface ReceivedIds {
  /** Of an ID with 128 bits its low 64. */
  readonly first: bigint;
  readonly last: bigint;
  /** See `digestOf`. */
  readonly digest: bigint;
}

/** In place of a digest, where nothing was received or nothing is compared. */
export const NOT_COMPARED = 0n;

/**
 * In place of a digest: an ID came as a number of JSON that is no safe integer, above 2^53 - 1. Who reads such a number
 * does not agree with everybody else on which one it is (RFC 8259, section 6): no answer with one is what was minted. That
 * a digest is this by chance is as rare as that two are equal.
 */
export const IN_NUMBERS = 2n;

/**
 * The first 8 bytes, little-endian, of the MD5 of IDs: little-endian too, 8 or 16 bytes each, in the order of the answer.
 * Never 0, which means `NOT_COMPARED`: that one becomes 1.
 */
export function digestOf(bytes: Uint8Array): bigint {
  // As text, since Node makes a string of it in a third of the time that a buffer takes.
  const digest = hash('md5', bytes, 'binary');
  for (let i = 0; i < EIGHT.length; i++) EIGHT[i] = digest.charCodeAt(i);
  return DIGEST[0] === NOT_COMPARED ? 1n : DIGEST[0]!;
}

const DIGEST = new BigUint64Array(1);
const EIGHT = new Uint8Array(DIGEST.buffer);

/** Of IDs in words of 64 bits, `perId` each, the low one first. At least one ID. */
export function receivedIds(words: BigUint64Array, perId: 1 | 2): ReceivedIds {
  return {
    first: words[0]!,
    last: words[words.length - perId]!,
    digest: digestOf(new Uint8Array(words.buffer, words.byteOffset, words.byteLength)),
  };
}

/** Of IDs as they travel in bytes. At least one ID. */
export function receivedBytes(bytes: Buffer, perId: 1 | 2): ReceivedIds {
  return {
    first: bytes.readBigUInt64LE(0),
    last: bytes.readBigUInt64LE(bytes.length - 8 * perId),
    digest: digestOf(bytes),
  };
}

/**
 * Of IDs as they travel in JSON, read as every client in JavaScript reads them: what is a number there has the digits that
 * a double-precision number holds, and where that is no safe integer, there is no digest. What is no ID at all is digested
 * as its text, so that it is never taken for one. At least one.
 */
export function receivedJson(ids: readonly unknown[], perId: 1 | 2): ReceivedIds {
  const words = new BigUint64Array(ids.length * perId);
  for (const [at, id] of ids.entries()) {
    const value = idOf(id);
    if (value === undefined || value >= 1n << BigInt(64 * perId))
      return { first: 0n, last: 0n, digest: digestOf(Buffer.from(JSON.stringify(ids))) };
    words[at * perId] = BigInt.asUintN(64, value);
    if (perId === 2) words[at * perId + 1] = value >> 64n;
  }
  const received = receivedIds(words, perId);
  return ids.some(isUnsafe) ? { ...received, digest: IN_NUMBERS } : received;
}

function isUnsafe(id: unknown): boolean {
  return typeof id === 'number' && !Number.isSafeInteger(id);
}

/** Undefined: it is none. */
function idOf(id: unknown): bigint | undefined {
  if (typeof id === 'number') return Number.isInteger(id) && id >= 0 ? BigInt(id) : undefined;
  return typeof id === 'string' && /^\d+$/.test(id) ? BigInt(id) : undefined;
}

/** What is left of an ID that was a JavaScript number on its way, in the low 64 bits. */
export function throughNumber(id: bigint): bigint {
  return BigInt.asUintN(64, BigInt(Number(id)));
}
