/**
 * The wall clock of one node jumps to an offset and is led from there to another over the whole length of the
 * disturbance, by running too fast or too slow, as time services do that dare not step.
 */
import { offsetsBy } from '../core/clock-orders.ts';
import type { Offsets } from '../core/clock-reading.ts';
import { described, isAt, readClock, rounded } from '../core/clock-reading.ts';
import { TRUE_CLOCK } from '../core/cluster.ts';
import type { Fault } from '../core/fault.ts';
import { nodeOf } from '../core/observe.ts';
import { z } from '../core/schema.ts';
import { nodeTarget } from '../core/targets.ts';

/** Nearer to true time it could not be told from a clock that runs true. */
const OFFSET_MIN_MS = 2;
/** The note of the order: its setting, and when it took force. */
const ORDER = 'order';

const offset = z
  .int()
  .refine((ms) => Math.abs(ms) >= OFFSET_MIN_MS, `must be at least ${OFFSET_MIN_MS} ms forward or back`);
const options = z
  .strictObject({
    node: nodeTarget,
    fromMs: offset.describe('offset from true time at the inject, in milliseconds'),
    toMs: offset.describe('offset at the heal, in milliseconds, on the same side of true time'),
  })
  .refine(({ fromMs, toMs }) => fromMs > 0 === toMs > 0, 'both must be ahead of true time, or both behind it');

type Options = z.output<typeof options>;

const rateOf = ({ fromMs, toMs }: Options, plannedMs: number): number => 1 + (toMs - fromMs) / plannedMs;

export default {
  name: 'clock-slew',
  summary: 'the wall clock of a node jumps, and is led to another offset by its rate until the heal',
  needs: ['clock.drift'],
  disturbs: ['clock'],
  options,
  example: { node: 'n1', fromMs: 500, toMs: 100 },

  touches: ({ node }) => [`clock of ${node}`],
  refuses: (asked, _cluster, plannedMs) =>
    rateOf(asked, plannedMs) > 0
      ? undefined
      : `A clock that is led by ${asked.toMs - asked.fromMs} ms within ${plannedMs} ms runs backwards; a slew never does.`,
  reach: ({ node }) => [node],

  async inject(cluster, asked, { notes, plannedMs }) {
    const setting = { offsetMs: asked.fromMs, rate: rateOf(asked, plannedMs) };
    const from = cluster.time.now();
    await nodeOf(cluster, asked.node).clock.set(setting);
    // Injected again, it goes on as it began.
    if (!notes.has(ORDER)) notes.set(ORDER, { ...setting, from, to: cluster.time.now() });
  },

  async observe(cluster, { node }, { notes }) {
    const order = notes.get(ORDER) as Parameters<typeof offsetsBy>[0] | undefined;
    const seen = await readClock(cluster, node, 1.5);
    if (seen === undefined || order === undefined)
      return { took: seen && false, measured: { askedMs: null, ...described(seen) } };
    const asked = hull(offsetsBy(order, seen.from), offsetsBy(order, seen.to));
    const askedMs = rounded((asked.lowMs + asked.highMs) / 2);
    return { took: isAt(cluster.origin, seen, asked), measured: { askedMs, ...described(seen) } };
  },

  async heal(cluster, { node }, { notes }) {
    await nodeOf(cluster, node).clock.set(TRUE_CLOCK);
    notes.delete(ORDER);
  },
} satisfies Fault<Options>;

function hull(one: Offsets, other: Offsets): Offsets {
  return { lowMs: Math.min(one.lowMs, other.lowMs), highMs: Math.max(one.highMs, other.highMs) };
}
