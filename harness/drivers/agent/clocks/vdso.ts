/**
 * Our own launcher (`native/skew-launch.c`), which replaces the clock functions that the kernel maps into the program:
 * for Go and for static programs, into which nothing can be preloaded. A reading costs a system call, 0.3 µs.
 */
import type { ClockBackend } from './clock-backend.ts';
import { CLOCK_TOOLS_REMEDY } from './clock-tools.ts';
import { SkewClock } from './skew-clock.ts';

/** Of `native/skew-launch.c`. */
const PAGE_BYTES = 4096n;
const FUNCTIONS = 3;

export const vdso: ClockBackend = {
  name: 'vdso',
  abilities: new Set(['clock.step', 'clock.freeze', 'clock.drift']),
  remedy: CLOCK_TOOLS_REMEDY,

  refuses({ isX64, after }) {
    if (!isX64) return 'patches x86-64 code only';
    return after === undefined ? undefined : `does not outlive that ${after} replaces itself by the program`;
  },

  wrap: (launcher, settingFile) => ({
    prefix: [launcher, settingFile],
    launcher: [launcher, settingFile],
    environment: {},
  }),

  /** The code lies in the page behind the setting (`native/skew-launch.c`), and all three functions jump there. */
  unseenIn({ shared, jumpsOfVdso }, settingFile) {
    const settings = shared(settingFile);
    if (settings.length === 0) return 'has not mapped the setting of its clock: it replaced the program that had';
    const jumps = jumpsOfVdso();
    if (jumps === undefined) return undefined;
    const into = jumps.filter((to) => settings.some(({ to: code }) => to >= code && to < code + PAGE_BYTES));
    return into.length >= FUNCTIONS ? undefined : 'reads the clock by a vDSO that nobody patched';
  },

  control: (settingFile, trueUnixMs) => new SkewClock('vdso', settingFile, trueUnixMs),
};
