/**
 * libfaketime: how a process is put under it, and how its clock is set while it runs. It needs no compiler, for
 * distributions carry it; a reading of the clock costs 4 µs, and it has no rates.
 */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { TRUE_CLOCK, type ClockControl, type ClockSetting } from '../../../core/cluster.ts';
import type { ClockBackend } from './clock-backend.ts';

/**
 * A setting in libfaketime's words: `-3.000 x1`, or a frozen moment such as `2026-01-31 23:59:59.250`.
 *
 * The rate is always written, because libfaketime keeps the last one it read; and it is always 1, because any other
 * also stretches the process's sleeps.
 */
export function faketimeText(setting: ClockSetting, trueUnixMs: number): string {
  if (setting.rate === 0)
    return new Date(trueUnixMs + setting.offsetMs).toISOString().replace('T', ' ').replace('Z', '');
  if (setting.rate !== 1) throw new RangeError(`libfaketime cannot let a clock run at the rate ${setting.rate}`);
  const sign = setting.offsetMs < 0 ? '-' : '+';
  return `${sign}${(Math.abs(setting.offsetMs) / 1000).toFixed(3)} x1`;
}

/** The wall clock of one process, set from outside through its setting file. */
export class FaketimeClock implements ClockControl {
  readonly backend = 'libfaketime';
  readonly #file: string;
  readonly #trueUnixMs: () => number;
  #setting = TRUE_CLOCK;

  /** `trueUnixMs` tells the true time. Makes the file, with the true clock in it: no process starts without one. */
  constructor(file: string, trueUnixMs: () => number) {
    this.#file = file;
    this.#trueUnixMs = trueUnixMs;
    mkdirSync(dirname(file), { recursive: true });
    this.#write(faketimeText(TRUE_CLOCK, trueUnixMs()));
  }

  /** Frozen twice alike is frozen once: the moment does not move on. */
  async set(setting: ClockSetting): Promise<void> {
    const same = this.#setting.rate === setting.rate && this.#setting.offsetMs === setting.offsetMs;
    if (!same) this.#write(faketimeText(setting, this.#trueUnixMs()));
    this.#setting = setting;
  }

  /** By rename: a reader that finds no file, or half of one, would show the true time for a moment. */
  #write(text: string): void {
    const fresh = `${this.#file}.new`;
    writeFileSync(fresh, `${text}\n`);
    renameSync(fresh, this.#file);
  }
}

export const libfaketime: ClockBackend = {
  name: 'libfaketime',
  abilities: new Set(['clock.step', 'clock.freeze']),
  remedy: 'Install libfaketime (apt-get install libfaketime).',

  refuses({ name, linkage, isGo }) {
    if (isGo) return 'is not asked by Go, which reads the clock past the C library';
    if (linkage !== 'glibc') return 'is loaded only by programs that are linked with glibc';
    // With a true monotonic clock, time.sleep of Python raises EINVAL, and the waits of Java return at once (0.9.10).
    return name === 'node' ? undefined : 'breaks the sleeps and waits of programs other than Node';
  },

  /**
   * The thread-safe library, since the plain one returns garbage to programs with threads. Only the wall clock is faked:
   * Node aborts when its monotonic clock goes back. Without the cache a setting takes force at the next reading.
   * FAKETIME_XRESET must stay out: with it, a running process ignores the offset of any setting that also has a rate.
   */
  wrap: (library, settingFile) => ({
    prefix: ['env', `LD_PRELOAD=${library}`],
    preload: library,
    environment: {
      FAKETIME_TIMESTAMP_FILE: settingFile,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      NO_FAKE_STAT: '1',
      TZ: 'UTC',
    },
  }),

  unseenIn({ loads, wasToldOf }, settingFile) {
    if (!loads(/\/libfaketimeMT\.so/)) return 'has not loaded libfaketime';
    return wasToldOf('FAKETIME_TIMESTAMP_FILE', settingFile) ? undefined : 'was started with another setting';
  },

  control: (settingFile, trueUnixMs) => new FaketimeClock(settingFile, trueUnixMs),
};
