/**
 * No tool at all: for programs whose clock nothing can skew, in runs that do not ask for it.
 */
import { TRUE_CLOCK } from '../../../core/cluster.ts';
import type { ClockBackend } from './clock-backend.ts';

export const untouched: ClockBackend = {
  name: 'none',
  abilities: new Set(),
  remedy: 'Take the faults of the clock out of the scenario.',
  refuses: () => undefined,
  wrap: () => ({ prefix: ['env'], environment: {} }),
  unseenIn: () => 'runs under no tool',
  control: () => ({
    backend: 'none',
    async set({ offsetMs, rate }) {
      if (offsetMs !== TRUE_CLOCK.offsetMs || rate !== TRUE_CLOCK.rate)
        throw new RangeError('this clock runs true, and nothing can skew it');
    },
  }),
};
