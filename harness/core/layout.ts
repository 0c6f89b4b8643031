/**
 * Bit layouts of IDs: how to read time, worker and sequence out of an ID and how to put them in.
 *
 * IDs are `bigint` or raw bytes, never a JS number: 2^53 < 2^63.
 */
export interface Layout {
  /** How long an ID is; 64 when left out. */
  readonly idBits?: 64 | 128;
  /**
   * Bits of the timestamp; it is the most significant field, so order by ID is order by time. Bits above it are 0: fields
   * of 63 bits leave the sign bit clear, and where they take all 64, IDs use it. 0: IDs carry no time, and bits from
   * `shifts.time` on are 0.
   */
  readonly timeBits: number;
  /** 0: IDs carry no worker ID. */
  readonly workerBits: number;
  /**
   * Bits of each field that the worker ID is made of, the most significant first, where it is several (a datacenter and a
   * worker): which of them a number is for that a node was handed, nobody but the node knows.
   */
  readonly workerParts?: readonly number[];
  readonly sequenceBits: number;
  /** Milliseconds of one tick of the timestamp. */
  readonly tickMs: number;
  /** Unix milliseconds of tick 0. */
  readonly epochMs: number;
  /** The lowest bit of each field. Left out: the sequence at bit 0, the worker ID above it, the time above both. */
  readonly shifts?: { readonly time: number; readonly worker: number; readonly sequence: number };
  /** Fields of the same value in every ID, such as the version of a UUID. Bits of no field are random. */
  readonly fixed?: readonly { readonly shift: number; readonly bits: number; readonly value: number }[];
}

/** The most bits of a time or a fixed field, which are read as numbers; and of a worker ID, an i32 in the tap. */
export const NUMBER_BITS_MAX = 53;
export const WORKER_BITS_MAX = 31;

/** IDs of which no bit is known: nothing is read out of them. `shifts.time`: no bit above it, which would have to be 0. */
export const OPAQUE_64: Layout = {
  timeBits: 0,
  workerBits: 0,
  sequenceBits: 0,
  tickMs: 1,
  epochMs: 0,
  shifts: { time: 64, worker: 0, sequence: 0 },
};
export const OPAQUE_128: Layout = { ...OPAQUE_64, idBits: 128, shifts: { time: 128, worker: 0, sequence: 0 } };

/** Whether no field of it is known and any bits at all make an ID. */
export function isOpaque(layout: Layout): boolean {
  const { timeBits, workerBits, sequenceBits, fixed = [] } = layout;
  return timeBits + workerBits + sequenceBits + fixed.length === 0 && shiftsOf(layout).time >= idBitsOf(layout);
}

/** Whether IDs use their highest bit: where it is set, that is no fault of 64-bit IDs. */
export function usesAllBits(layout: Layout): boolean {
  return shiftsOf(layout).time + layout.timeBits >= idBitsOf(layout);
}

export interface DecodedId {
  /** Unix milliseconds at which the embedded tick begins. */
  readonly unixMs: number;
  readonly tick: number;
  readonly workerId: number;
  readonly sequence: bigint;
}

/** Whether a worker ID that a node was handed is the one that its IDs carry, all of it. */
export function carriesOneWorkerId({ workerBits, workerParts }: Layout): boolean {
  return workerBits > 0 && workerParts === undefined;
}

export function idBitsOf({ idBits = 64 }: Layout): 64 | 128 {
  return idBits;
}

/** 64-bit words of an ID in a `BigUint64Array`; the low one comes first. */
export function wordsPerId(layout: Layout): 1 | 2 {
  return idBitsOf(layout) === 64 ? 1 : 2;
}

export function shiftsOf({ shifts, workerBits, sequenceBits }: Layout): NonNullable<Layout['shifts']> {
  return shifts ?? { time: workerBits + sequenceBits, worker: sequenceBits, sequence: 0 };
}

/** The fields of an ID (its bits taken as unsigned). What lies above the time counts as time. */
export function decodeId(layout: Layout, id: bigint): DecodedId {
  const unsigned = BigInt.asUintN(idBitsOf(layout), id);
  const shifts = shiftsOf(layout);
  const tick = Number(unsigned >> BigInt(shifts.time));
  const workerId = Number((unsigned >> BigInt(shifts.worker)) & mask(layout.workerBits));
  const sequence = (unsigned >> BigInt(shifts.sequence)) & mask(layout.sequenceBits);
  return { unixMs: layout.epochMs + tick * layout.tickMs, tick, workerId, sequence };
}

/** The ID with these fields, its random bits 0; throws a RangeError when one does not fit. */
export function encodeId(
  layout: Layout,
  fields: { readonly tick: number; readonly workerId: number; readonly sequence: number | bigint },
): bigint {
  const shifts = shiftsOf(layout);
  const placed = [
    { field: 'tick', value: fields.tick, bits: layout.timeBits, shift: shifts.time },
    { field: 'workerId', value: fields.workerId, bits: layout.workerBits, shift: shifts.worker },
    { field: 'sequence', value: fields.sequence, bits: layout.sequenceBits, shift: shifts.sequence },
    ...(layout.fixed ?? []).map((fixed) => ({ ...fixed, field: 'a fixed field' })),
  ];
  return placed.reduce((id, { field, value, bits, shift }) => id | (fitting(field, value, bits) << BigInt(shift)), 0n);
}

/** What is wrong with a layout that has to be read by the harness, as a sentence each. */
export function layoutProblems(layout: Layout): readonly string[] {
  const shifts = shiftsOf(layout);
  const fields = [
    { name: 'time', shift: shifts.time, bits: layout.timeBits },
    { name: 'worker', shift: shifts.worker, bits: layout.workerBits },
    { name: 'sequence', shift: shifts.sequence, bits: layout.sequenceBits },
    ...(layout.fixed ?? []).map(({ shift, bits }) => ({ name: `fixed field at bit ${shift}`, shift, bits })),
  ].filter(({ bits }) => bits > 0);
  const top = (field: { readonly shift: number; readonly bits: number }): number => field.shift + field.bits;
  return [
    ...fields
      .filter((field) => top(field) > idBitsOf(layout))
      .map(({ name }) => `the ${name} ends above bit ${idBitsOf(layout)}`),
    ...fields.flatMap((field, index) =>
      fields
        .slice(0, index)
        .filter((other) => field.shift < top(other) && other.shift < top(field))
        .map((other) => `${other.name} and ${field.name} share bits`),
    ),
    ...fields
      .filter(({ name, shift }) => name !== 'time' && shift > shifts.time)
      .map(({ name }) => `the ${name} lies above the time`),
  ];
}

function mask(bits: number): bigint {
  return (1n << BigInt(bits)) - 1n;
}

function fitting(field: string, value: number | bigint, bits: number): bigint {
  if ((typeof value === 'number' && !Number.isInteger(value)) || value < 0 || BigInt(value) > mask(bits))
    throw new RangeError(`${field} ${value} does not fit in ${bits} bits`);
  return BigInt(value);
}
