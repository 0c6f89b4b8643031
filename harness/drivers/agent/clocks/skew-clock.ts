/**
 * The wall clock of one process under our own tools (`native/`), set from outside through a file of one page that the
 * process maps. A setting takes force at the next reading, in the middle of whatever the process does.
 */
import { closeSync, mkdirSync, openSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { TRUE_CLOCK, type ClockControl, type ClockSetting } from '../../../core/cluster.ts';

/** The layout is that of `native/skew.h`: a selector, then two slots of which it names the one in force. */
const PAGE_BYTES = 4096;
const SLOT_BYTES = 64;
const NS_PER_MS = 1_000_000;
const PARTS_PER_BILLION = 1e9;
/** Beyond it the arithmetic of the tools, in 64 bits, would overflow within a second. */
const RATE_MAX = 8;

export class SkewClock implements ClockControl {
  readonly backend: string;
  readonly #file: string;
  readonly #trueUnixMs: () => number;
  #setting = TRUE_CLOCK;
  #selector = 0n;

  /** `trueUnixMs` tells the true time. Makes the file, with the true clock in it: no process starts without one. */
  constructor(backend: string, file: string, trueUnixMs: () => number) {
    this.backend = backend;
    this.#file = file;
    this.#trueUnixMs = trueUnixMs;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.new`, Buffer.alloc(PAGE_BYTES));
    renameSync(`${file}.new`, file);
  }

  async set(setting: ClockSetting): Promise<void> {
    const same = this.#setting.rate === setting.rate && this.#setting.offsetMs === setting.offsetMs;
    if (!same) this.#write(slotOf(setting, this.#trueUnixMs()));
    this.#setting = setting;
  }

  /** The idle slot first, then the selector: whoever reads meanwhile reads the old setting, as if a moment earlier. */
  #write(slot: Buffer): void {
    const next = this.#selector + 1n;
    const selector = Buffer.alloc(8);
    selector.writeBigUInt64LE(next);
    const file = openSync(this.#file, 'r+');
    try {
      writeSync(file, slot, 0, slot.length, SLOT_BYTES * (1 + Number(next & 1n)));
      writeSync(file, selector, 0, selector.length, 0);
    } finally {
      closeSync(file);
    }
    this.#selector = next;
  }
}

/** Anchor and offset in nanoseconds, then what the clock gains in a second, in nanoseconds. */
export function slotOf({ offsetMs, rate }: ClockSetting, trueUnixMs: number): Buffer {
  if (!(rate >= 0 && rate <= RATE_MAX))
    throw new RangeError(`a clock can run at a rate from 0 to ${RATE_MAX}, not ${rate}`);
  const slot = Buffer.alloc(24);
  slot.writeBigInt64LE(BigInt(Math.round(trueUnixMs * 1000)) * 1000n, 0);
  slot.writeBigInt64LE(BigInt(Math.round(offsetMs * NS_PER_MS)), 8);
  slot.writeBigInt64LE(BigInt(Math.round((rate - 1) * PARTS_PER_BILLION)), 16);
  return slot;
}
