/**
 * The wall clock of one node stands still from inject to heal, as under a hypervisor that lost its time source. Timers
 * and the monotonic clock go on.
 */
import type { Fault } from '../core/fault.ts';
import { assertClockOfMinter, healthOf, nodeOf } from '../core/observe.ts';
import { z } from '../core/schema.ts';
import { nodeTarget } from '../core/targets.ts';
import { nsToMs } from '../core/time.ts';

/** Between the two readings: many times the clock's resolution of 1 ms, a quarter of the time between two probes. */
const APART_MS = 50;

const options = z.strictObject({ node: nodeTarget });

export default {
  name: 'clock-freeze',
  summary: 'the wall clock of a node stands still, and returns to true time at the heal',
  needs: ['clock.freeze'],
  disturbs: ['clock'],
  options,
  example: { node: 'n1' },

  touches: ({ node }) => [`clock of ${node}`],
  reach: ({ node }) => [node],

  async inject(cluster, { node }) {
    await nodeOf(cluster, node).clock.set({ offsetMs: 0, rate: 0 });
  },

  async observe(cluster, { node }) {
    const subject = nodeOf(cluster, node);
    const first = await healthOf(subject);
    await cluster.time.sleep(APART_MS);
    const second = await healthOf(subject);
    if (first === undefined || second === undefined)
      return { took: undefined, measured: { elapsedMs: null, advancedMs: null } };
    assertClockOfMinter(second);
    const elapsedMs = nsToMs(second.at - first.at);
    const advancedMs = second.wallMs - first.wallMs;
    // No tolerance: a clock that stands still reads the same twice.
    return { took: advancedMs === 0 && elapsedMs >= APART_MS / 2, measured: { elapsedMs, advancedMs } };
  },

  async heal(cluster, { node }) {
    await nodeOf(cluster, node).clock.set({ offsetMs: 0, rate: 1 });
  },
} satisfies Fault<z.output<typeof options>>;
