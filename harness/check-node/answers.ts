/** What answers to requests for IDs say: their place in the tap and the IDs themselves. Pure. */
import { parseJsonObject } from './json-answer.ts';
import type { IdsExchange, Place, Reply } from './evidence.ts';

const SEQ = /^(\d{1,15})\/(\d{1,9})\/(\d{1,20})\/(\d{1,9})$/;

/** What the header `snowglobe-seq` of an answer says; undefined where it is missing or none. */
export function placeOf({ headers }: Pick<Reply, 'headers'>): Place | undefined {
  const header = headers['snowglobe-seq'];
  const parts = typeof header === 'string' ? SEQ.exec(header) : null;
  if (parts === null) return undefined;
  const [, incarnation, lane, firstSeq, count] = parts as unknown as [string, string, string, string, string];
  return { incarnation: Number(incarnation), lane: Number(lane), firstSeq: BigInt(firstSeq), count: Number(count) };
}

/** An answer that brought IDs. */
export type Answered = IdsExchange & { readonly reply: Reply };

export function answered(exchanges: readonly IdsExchange[]): readonly Answered[] {
  return exchanges.filter((exchange): exchange is Answered => exchange.reply?.status === 200);
}

/** Bytes of the IDs of an answer as they have to lie in the tap, or what is wrong with it. */
export function idBytes({ as, reply }: Answered, idBits: 64 | 128): Buffer | string {
  if (as === 'bytes') {
    const perId = idBits / 8;
    return reply.body.length % perId === 0
      ? reply.body
      : `a body of ${reply.body.length} bytes, which is no multiple of ${perId}`;
  }
  const ids = parseJsonObject(reply.body)?.['ids'];
  if (!Array.isArray(ids)) return `${textOf(reply.body)}, which is no JSON object with an array 'ids'`;
  const bytes = Buffer.alloc((ids.length * idBits) / 8);
  for (const [at, id] of (ids as unknown[]).entries()) {
    if (typeof id !== 'string' || !/^(0|[1-9]\d{0,38})$/.test(id))
      return `the ID ${JSON.stringify(id)}, which is no string of decimal digits`;
    const value = BigInt(id);
    if (value >= 1n << BigInt(idBits)) return `the ID "${id}", which has more than ${idBits} bits`;
    bytes.writeBigUInt64LE(BigInt.asUintN(64, value), (at * idBits) / 8);
    if (idBits === 128) bytes.writeBigUInt64LE(value >> 64n, at * 16 + 8);
  }
  return bytes;
}

const SHOWN_MAX = 80;

/** The beginning of a body, for a line. */
export function textOf(body: Buffer): string {
  const text = JSON.stringify(body.toString('utf8', 0, SHOWN_MAX));
  return body.length > SHOWN_MAX ? `${text}…` : text;
}
