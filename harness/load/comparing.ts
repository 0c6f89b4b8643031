/** Which answers are compared with what was minted, and in which form they are asked for. Pure. */
import type { Taking } from '../core/cluster.ts';
import { loadRate } from '../core/load-rate.ts';
import { grouped } from '../core/phrases.ts';
import type { Load } from '../core/scenario.ts';

/** Above this, all nodes together, a sample is compared: the store joins what is compared ID by ID. */
const COMPARED_IDS_PER_SECOND = 20_000;
/**
 * Of those compared, every so many is asked for as JSON, and the rest as bytes. Odd: what a node does at every other request
 * (two back ends that take turns) would else be seen never, or always.
 */
export const JSON_EVERY = 7;

export interface Comparing {
  /** Every so many requests of a node, counted from the first. */
  readonly every: number;
  /** In words; absent: all of them. */
  readonly sample?: string;
}

/** By the highest rate that the load comes to. */
export function comparing(load: Load, simulated: boolean, nodes: number): Comparing {
  const { batchesPerSecond, batch } = load.simulated;
  const idsPerSecond = (simulated ? batchesPerSecond * batch.mean : load.idsPerSecond) * loadRate(load).peak * nodes;
  const every = Math.max(1, Math.ceil(idsPerSecond / COMPARED_IDS_PER_SECOND));
  if (every === 1) return { every };
  return {
    every,
    sample: `one request in ${every} of each node, by arrival: up to ${grouped(Math.round(idsPerSecond))} IDs a second are asked for, and above ${grouped(COMPARED_IDS_PER_SECOND)} not all are compared`,
  };
}

/** How the request of a node with this number, counted from 0, takes its IDs. */
export function takingOf(number: number, every: number): Taking {
  if (number % every !== 0) return 'count only';
  return (number / every) % JSON_EVERY === JSON_EVERY - 1 ? 'json' : 'bytes';
}
