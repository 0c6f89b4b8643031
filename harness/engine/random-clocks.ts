/**
 * What random schedules do to clocks. Pure.
 */
import type { JsonObject } from '../core/json.ts';
import type { Rng } from '../core/random.ts';
import type { Disturbance } from '../core/scenario.ts';

/** How the options of a fault are drawn, how often, and how long it may last, in milliseconds. */
export interface Draw {
  readonly weight: number;
  readonly options: (rng: Rng, nodes: readonly string[], members: readonly string[]) => JsonObject;
  readonly forMs: readonly [number, number];
}

const HOUR_MS = 3_600_000;
/** The furthest ahead that a generator is asked to believe, and that a schedule leaves it time to catch up with. */
const LEAD_MAX_MS = 15_000;

const either = (rng: Rng, ms: number): number => (rng.chance(0.5) ? ms : -ms);

export const CLOCK_DRAWS: { readonly [fault: string]: Draw } = {
  'clock-step': {
    weight: 4,
    forMs: [300, 15_000],
    options: (rng, nodes) => {
      const upToMs = rng.pick([10, 3000, 3000, LEAD_MAX_MS, LEAD_MAX_MS, LEAD_MAX_MS, HOUR_MS]);
      // A step between the longest lead and an hour might be believed, and there is no time to wait for it.
      const byMs = upToMs === HOUR_MS ? HOUR_MS : rng.int(1, upToMs);
      return { node: rng.pick(nodes), byMs: either(rng, byMs) };
    },
  },
  'clock-freeze': { weight: 1, forMs: [300, 8000], options: (rng, nodes) => ({ node: rng.pick(nodes) }) },
  'clock-drift': {
    weight: 2,
    forMs: [1500, 10_000],
    options: (rng, nodes) =>
      rng.chance(0.5)
        ? { node: rng.pick(nodes), rate: rng.pick([0.1, 0.5, 0.9, 1.1, 1.5, 2]) }
        : { node: rng.pick(nodes), ppm: either(rng, rng.int(5000, 50_000)) },
  },
  'clock-slew': {
    weight: 1,
    forMs: [1500, 10_000],
    options: (rng, nodes) => {
      const side = either(rng, 1);
      return { node: rng.pick(nodes), fromMs: side * rng.int(300, 900), toMs: side * rng.int(3, 200) };
    },
  },
  'clock-strobe': {
    weight: 1,
    forMs: [1000, 8000],
    options: (rng, nodes) => ({
      node: rng.pick(nodes),
      byMs: either(rng, rng.int(3, rng.pick([20, 3000, LEAD_MAX_MS]))),
      everyMs: rng.int(20, 200),
    }),
  },
  'clock-before-epoch': {
    weight: 1,
    forMs: [300, 8000],
    options: (rng, nodes) => ({ node: rng.pick(nodes), epoch: '@epoch', beforeMs: rng.int(1, HOUR_MS) }),
  },
  'clock-near-end': {
    weight: 1,
    forMs: [300, 8000],
    options: (rng, nodes) => ({ node: rng.pick(nodes), end: '@end', beforeMs: rng.int(0, 5000) }),
  },
};

/** How much future a disturbance of a clock may have used up when everything is healed, in milliseconds. */
export function leadMs({ options: { byMs, fromMs, rate }, forMs }: Disturbance): number {
  const jumpMs = Math.max(0, ...[byMs, fromMs].filter((ms) => typeof ms === 'number'));
  const ranMs = typeof rate === 'number' ? Math.max(0, rate - 1) * forMs : 0;
  return jumpMs > LEAD_MAX_MS ? 0 : jumpMs + ranMs;
}
