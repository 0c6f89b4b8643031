/** What k6 writes, line by line (load/requests.ts). Pure. */
import type { MintReply } from '../core/cluster.ts';

/** One request that k6 carried out. */
export interface K6Request {
  /** Index into the plan's nodes. */
  readonly node: number;
  /** Of this node's requests, in the order in which k6 began them, from 0. */
  readonly number: number;
  /** Unix microseconds. */
  readonly sentUs: number;
  readonly latencyUs: number;
  readonly reply: MintReply;
}

/** What k6 counted of one node. */
export interface K6Counts {
  /** Requests that were carried out to their end. */
  readonly iterations: number;
  /** Not begun, since as many as may be were open. */
  readonly dropped: number;
}

export type K6Line =
  | { readonly kind: 'begun' }
  | { readonly kind: 'request'; readonly request: K6Request }
  | { readonly kind: 'end'; readonly counts: readonly K6Counts[] }
  /** k6's own words: a warning, an error of the script. */
  | { readonly kind: 'said'; readonly text: string }
  /** It begins as one of the script's lines, and is none. */
  | { readonly kind: 'unreadable'; readonly text: string };

const REQUEST =
  /^@ (\d+) (\d+) (\d+) (\d+) ([oren]) (\S+) (?:-|(\d+)\/(\d+)\/(\d+)\/(\d+)) (?:- - -|(\d+) (\d+) ([0-9a-f]{16}))$/;
const STATUS = { o: 'ok', r: 'refused', e: 'error', n: 'no answer' } as const;

export function readK6Line(text: string): K6Line {
  if (!text.startsWith('@')) return { kind: 'said', text };
  if (text === '@begun') return { kind: 'begun' };
  if (text.startsWith('@end ')) return readEnd(text);
  const parts = REQUEST.exec(text);
  if (parts === null) return { kind: 'unreadable', text };
  const [, node, number, sentUs, latencyUs, status, reason, incarnation, lane, firstSeq, count, first, last, digest] =
    parts as unknown as string[];
  const told = STATUS[status as keyof typeof STATUS];
  if ((told === 'ok') !== (incarnation !== undefined)) return { kind: 'unreadable', text };
  const reply: MintReply =
    told === 'ok'
      ? {
          status: told,
          incarnation: Number(incarnation),
          lane: Number(lane),
          firstSeq: Number(firstSeq),
          count: Number(count),
          ...(digest !== undefined && {
            received: { first: BigInt(first!), last: BigInt(last!), digest: littleEndian(digest) },
          }),
        }
      : { status: told, reason: decodeURIComponent(reason!) };
  return {
    kind: 'request',
    request: {
      node: Number(node),
      number: Number(number),
      sentUs: Number(sentUs),
      latencyUs: Number(latencyUs),
      reply,
    },
  };
}

function readEnd(text: string): K6Line {
  try {
    const counts = JSON.parse(text.slice('@end '.length)) as readonly (readonly [unknown, unknown])[];
    return { kind: 'end', counts: counts.map(([iterations, dropped]) => counted(iterations, dropped)) };
  } catch {
    return { kind: 'unreadable', text };
  }
}

/** Throws where k6 did not count: a number that is missing is no 0. */
function counted(iterations: unknown, dropped: unknown): K6Counts {
  if (!Number.isInteger(iterations) || !Number.isInteger(dropped)) throw new TypeError('no counts');
  return { iterations: iterations as number, dropped: dropped as number };
}

/** As `digestOf`: the bytes are in hexadecimal, in their order. */
function littleEndian(hex: string): bigint {
  const digest = Buffer.from(hex, 'hex').readBigUInt64LE();
  return digest === 0n ? 1n : digest;
}
