/**
 * A load that changes with time: constant, or in straight lines from point to point. What is asked for at any moment is a
 * multiple of `Load.idsPerSecond`, so the thinner load of the simulator rises and falls alike. Pure.
 */
import type { Load } from './scenario.ts';
import type { RunNs } from './time.ts';
import { msToNs } from './time.ts';

/** Time counts from the start of the load. */
export interface LoadRate {
  /** The highest multiple of the rate at the start. */
  readonly peak: number;
  /** What is due by a moment, as the time in which as much is due at the rate of the start: nanoseconds of even load. */
  even(at: RunNs): number;
  /** The moment by which so much is due: the inverse. */
  moment(even: number): RunNs;
}

/** A piece of the curve: from `at`, where `even` was due, at the multiple `rate`, which changes by `slope` each nanosecond. */
interface Piece {
  readonly at: RunNs;
  readonly even: number;
  readonly rate: number;
  readonly slope: number;
}

export function loadRate({ idsPerSecond, ramp = [] }: Pick<Load, 'idsPerSecond' | 'ramp'>): LoadRate {
  const points = [
    { at: 0, rate: 1 },
    ...ramp.map((point) => ({ at: msToNs(point.atMs), rate: point.idsPerSecond / idsPerSecond })),
  ];
  let even = 0;
  const pieces = points.map(({ at, rate }, i): Piece => {
    const next = points[i + 1];
    const piece = { at, even, rate, slope: next === undefined ? 0 : (next.rate - rate) / (next.at - at) };
    if (next !== undefined) even += ((rate + next.rate) / 2) * (next.at - at);
    return piece;
  });
  const last = (holds: (piece: Piece) => boolean): Piece => pieces.findLast(holds) ?? pieces[0]!;
  return {
    peak: Math.max(...points.map(({ rate }) => rate)),
    even(at) {
      const piece = last((one) => one.at <= at);
      const since = at - piece.at;
      return piece.even + (piece.rate + (piece.slope * since) / 2) * since;
    },
    moment(due) {
      const piece = last((one) => one.even <= due);
      const more = due - piece.even;
      // The root of rate × t + slope × t² / 2 = more, in a form that is exact where the slope is 0.
      return piece.at + (2 * more) / (piece.rate + Math.sqrt(piece.rate ** 2 + 2 * piece.slope * more));
    },
  };
}
