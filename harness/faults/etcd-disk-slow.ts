/**
 * The disks of all coordinator members are slow: whatever is written waits for them, and keep-alives, which are not, do
 * not. A client whose deadline is shorter learns nothing of what became of its writes.
 */
import type { Fault } from '../core/fault.ts';
import { z } from '../core/schema.ts';

/** Two measurements in a row have to fit into a second. */
const SLOW_MAX_MS = 800;
const LATE_MS = 400;

const options = z.strictObject({
  byMs: z.number().min(50).max(SLOW_MAX_MS).describe('how much longer each write takes, in milliseconds'),
});

export default {
  name: 'etcd-disk-slow',
  summary: 'each write to the disks of the coordinator takes longer',
  needs: ['coordinator.slow-disk'],
  disturbs: ['coordinator'],
  options,
  example: { byMs: 300 },

  touches: () => ['disk of etcd'],
  reach: (_options, { nodes }) => nodes,

  inject: ({ coordinator }, { byMs }) => coordinator.slowDisks(byMs),

  async observe({ coordinator }, { byMs }) {
    const tookMs = await coordinator.writeMs(byMs + LATE_MS).catch(() => undefined);
    return {
      took: tookMs === undefined ? undefined : tookMs >= byMs,
      measured: { askedMs: byMs, tookMs: tookMs ?? null },
    };
  },

  heal: ({ coordinator }) => coordinator.slowDisks(0),
} satisfies Fault<z.output<typeof options>>;
