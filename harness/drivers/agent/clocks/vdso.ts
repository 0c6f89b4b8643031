/**
 * Our own launcher (`native/skew-launch.c`), which replaces the clock functions that the kernel maps into the program:
 * for Go and for static programs, into which nothing can be preloaded. A reading costs a system call, 0.3 µs.
 */
import type { ClockBackend } from './clock-backend.ts';
import { CLOCK_TOOLS_REMEDY } from './clock-tools.ts';
import { SkewClock } from './skew-clock.ts';

export const vdso: ClockBackend = {
  name: 'vdso',
  abilities: new Set(['clock.step', 'clock.freeze', 'clock.drift']),
  remedy: CLOCK_TOOLS_REMEDY,
  refuses: ({ isX64 }) => (isX64 ? undefined : 'patches x86-64 code only'),
  wrap: (launcher, settingFile) => ({ prefix: [launcher, settingFile], environment: {} }),
  control: (settingFile, trueUnixMs) => new SkewClock('vdso', settingFile, trueUnixMs),
};
