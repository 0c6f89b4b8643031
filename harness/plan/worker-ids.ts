/**
 * How many worker IDs a number of nodes takes, those among them that nobody can use: the lease of a life that is gone
 * keeps its worker ID until it ends, and its successor waits before it mints.
 */
import type { HandOver } from './plan-input.ts';

export interface Reserve {
  readonly restartsPerHour: number;
  /** Worker IDs out of use at any moment, in the mean: restarts an hour × (TTL + wait) / 3600 s. */
  readonly betweenHands: number;
  /** Nodes that may go at one moment; each successor takes another worker ID. */
  readonly atOnce: number;
  /** Worker IDs to keep beside those of the nodes: both, rounded up. */
  readonly ids: number;
}

/** What 0.1 × 30 is above 3 is no worker ID. */
const ROUNDING = 1e-9;

/** The next whole number, but for what the binary digits of a product have made of a whole one. */
export function roundUp(value: number): number {
  return Math.ceil(value * (1 - ROUNDING));
}

export function reserveOf(
  nodes: number,
  { restartsPerNodePerDay, ttlSeconds, waitSeconds, shareAtOnce }: HandOver,
): Reserve {
  const restartsPerHour = (nodes * restartsPerNodePerDay) / 24;
  const betweenHands = (restartsPerHour * (ttlSeconds + waitSeconds)) / 3600;
  const atOnce = roundUp(nodes * shareAtOnce);
  return { restartsPerHour, betweenHands, atOnce, ids: roundUp(betweenHands) + atOnce };
}

/** The most nodes that fit into so many worker IDs with their reserve. */
export function roomOf(workerIds: number, handOver: HandOver): number {
  const fits = (nodes: number): boolean => nodes + reserveOf(nodes, handOver).ids <= workerIds;
  let [least, most] = [0, workerIds];
  while (least < most) {
    const middle = Math.ceil((least + most) / 2);
    if (fits(middle)) least = middle;
    else most = middle - 1;
  }
  return least;
}
