/** What k6 is told to do, and how: the contract between `k6.ts` and the script in `load/requests.ts`. Pure. */
import { loadRate } from '../core/load-rate.ts';
import type { Rng } from '../core/random.ts';
import type { Load } from '../core/scenario.ts';
import { batchSizes } from './batch-sizes.ts';
import { comparing, JSON_EVERY } from './comparing.ts';
import type { LoadedNode } from './contract.ts';

/** The environment variable in which the script finds its plan, as JSON. */
export const K6_PLAN = 'SNOWGLOBE_LOAD';

export interface K6Plan {
  readonly nodes: readonly { readonly name: string; readonly url: string }[];
  readonly timeoutMs: number;
  /** 64-bit words of an ID. */
  readonly perId: 1 | 2;
  /** IDs that the requests of a node ask for, in turn, over and over. */
  readonly sizes: readonly number[];
  /** As in `Comparing`, and which of those compared come as JSON. */
  readonly comparedEvery: number;
  readonly jsonEvery: number;
  /** Requests to each node a minute: of the start, and of the points that the rate goes to in straight lines. */
  readonly perMinute: number;
  readonly stages: readonly { readonly durationMs: number; readonly perMinute: number }[];
  readonly durationMs: number;
  /** Requests that may be open to each node: k6 has a virtual user for each from the start. */
  readonly openMax: number;
}

/** Enough for the mean of all that are drawn to be that of the scenario, within a hundredth or two. */
const SIZES = 2048;

export interface K6Asked {
  readonly nodes: readonly Pick<LoadedNode, 'name' | 'http' | 'openMax'>[];
  readonly load: Load;
  readonly idBits: 64 | 128;
  readonly rng: Rng;
  readonly durationMs: number;
}

export function k6Plan({ nodes, load, idBits, rng, durationMs }: K6Asked): K6Plan {
  const nextSize = batchSizes(load.batch, rng.fork('sizes'));
  const perMinute = (idsPerSecond: number): number => Math.max(1, Math.round((60 * idsPerSecond) / load.batch.mean));
  const points = [{ atMs: 0, idsPerSecond: load.idsPerSecond }, ...(load.ramp ?? [])].filter(
    ({ atMs }) => atMs < durationMs,
  );
  const peakPerSecond = (load.idsPerSecond * loadRate(load).peak) / load.batch.mean;
  // Twice what timeouts allow, as with the built-in client.
  const openMax = Math.ceil((2 * peakPerSecond * load.timeoutMs) / 1000) + 16;
  return {
    nodes: nodes.map(({ name, http }) => {
      if (http === undefined) throw new Error(`${name} listens at no address that k6 can call`);
      return { name, url: `${http}/ids?count=` };
    }),
    timeoutMs: load.timeoutMs,
    perId: idBits === 64 ? 1 : 2,
    sizes: Array.from({ length: SIZES }, nextSize),
    comparedEvery: comparing(load, false, nodes.length).every,
    jsonEvery: JSON_EVERY,
    perMinute: perMinute(load.idsPerSecond),
    stages: points.slice(1).map(({ atMs, idsPerSecond }, i) => ({
      durationMs: atMs - points[i]!.atMs,
      perMinute: perMinute(idsPerSecond),
    })),
    durationMs,
    openMax: Math.min(openMax, ...nodes.map((node) => node.openMax ?? Infinity)),
  };
}
