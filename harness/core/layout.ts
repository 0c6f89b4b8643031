/**
 * Bit layouts of 64-bit IDs: how to read time, worker and sequence out of an ID and how to put them in.
 *
 * IDs are `bigint` or raw bytes, never a JS number: 2^53 < 2^63.
 */
export interface Layout {
  /** Bits of the timestamp; it is the most significant field below the sign bit, so order by ID is order by time. */
  readonly timeBits: number;
  readonly workerBits: number;
  readonly sequenceBits: number;
  /** Milliseconds of one tick of the timestamp. */
  readonly tickMs: number;
  /** Unix milliseconds of tick 0. */
  readonly epochMs: number;
}

export interface DecodedId {
  /** Unix milliseconds at which the embedded tick begins. */
  readonly unixMs: number;
  readonly tick: number;
  readonly workerId: number;
  readonly sequence: number;
}

/** The fields of an ID (its 64 bits taken as unsigned). */
export function decodeId(layout: Layout, id: bigint): DecodedId {
  const unsigned = BigInt.asUintN(64, id);
  const sequence = Number(unsigned & mask(layout.sequenceBits));
  const workerId = Number((unsigned >> BigInt(layout.sequenceBits)) & mask(layout.workerBits));
  const tick = Number(unsigned >> BigInt(layout.sequenceBits + layout.workerBits));
  return { unixMs: layout.epochMs + tick * layout.tickMs, tick, workerId, sequence };
}

/** The ID with these fields; throws a RangeError when one does not fit. */
export function encodeId(layout: Layout, fields: { tick: number; workerId: number; sequence: number }): bigint {
  fits('tick', fields.tick, layout.timeBits);
  fits('workerId', fields.workerId, layout.workerBits);
  fits('sequence', fields.sequence, layout.sequenceBits);
  return (
    (BigInt(fields.tick) << BigInt(layout.workerBits + layout.sequenceBits)) |
    (BigInt(fields.workerId) << BigInt(layout.sequenceBits)) |
    BigInt(fields.sequence)
  );
}

function mask(bits: number): bigint {
  return (1n << BigInt(bits)) - 1n;
}

function fits(field: string, value: number, bits: number): void {
  if (!Number.isInteger(value) || value < 0 || value >= 2 ** bits)
    throw new RangeError(`${field} ${value} does not fit in ${bits} bits`);
}
