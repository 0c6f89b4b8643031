/**
 * Our own library, preloaded (`native/skew-preload.c`): for clocks that drift, crawl or stand still while sleeps and timers
 * stay true; for programs that read the clock for each ID (50 ns a reading, where libfaketime takes 4 µs); and for Java,
 * Python and Rust, of which libfaketime breaks the waits.
 */
import type { ClockBackend } from './clock-backend.ts';
import { CLOCK_TOOLS_REMEDY } from './clock-tools.ts';
import { SkewClock } from './skew-clock.ts';

export const shim: ClockBackend = {
  name: 'shim',
  abilities: new Set(['clock.step', 'clock.freeze', 'clock.drift']),
  remedy: CLOCK_TOOLS_REMEDY,

  refuses({ linkage, isGo }) {
    if (isGo) return 'is not asked by Go, which reads the clock past the C library';
    return linkage === 'glibc' ? undefined : 'is loaded only by programs that are linked with glibc';
  },

  wrap: (library, settingFile) => ({
    prefix: ['env', `LD_PRELOAD=${library}`],
    preload: library,
    environment: { SNOWGLOBE_CLOCK: settingFile },
  }),

  unseenIn({ loads, shared }, settingFile) {
    if (!loads(/\/libskew\.so/)) return 'has not loaded the shim';
    return shared(settingFile).length > 0 ? undefined : 'has not mapped the setting of its clock';
  },

  control: (settingFile, trueUnixMs) => new SkewClock('shim', settingFile, trueUnixMs),
};
