/**
 * A property of generators that promise `increasing-per-node`: whatever the clock does, IDs rise, and each has the time
 * that `sound` allows.
 */
import fc from 'fast-check';
import { expect } from 'vitest';
import type { ShellGenerator } from '../../harness/core/generator.ts';
import type { JsonObject } from '../../harness/core/json.ts';
import { decodeId } from '../../harness/core/layout.ts';
import { CrankedCluster } from './cranked-node.ts';

export interface Moment {
  /** The time inside the ID, and that of the ID before. */
  readonly unixMs: number;
  /** What the clock showed before and after the call. */
  readonly calledMs: number;
  readonly returnedMs: number;
}

export interface RisingOptions {
  readonly options?: JsonObject;
  /** The most that one call asks for. */
  readonly batchMax?: number;
  readonly sound?: (moment: Moment) => boolean;
}

const stepMs = fc.oneof(fc.integer({ min: -8, max: 8 }), fc.integer({ min: -3000, max: 3000 }));

export async function expectRising(
  generator: ShellGenerator,
  { options = {}, batchMax = 500, sound = () => true }: RisingOptions = {},
): Promise<void> {
  const action = fc.oneof(
    { weight: 4, arbitrary: fc.record({ mint: fc.integer({ min: 1, max: batchMax }) }) },
    { weight: 2, arbitrary: fc.record({ pass: fc.integer({ min: 0, max: 300 }) }) },
    { weight: 2, arbitrary: fc.record({ step: stepMs }) },
  );
  let all = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 15 }), async (actions) => {
      const cluster = new CrankedCluster();
      const node = await cluster.node(generator, options);
      let last = -1n;
      for (const act of actions) {
        if ('pass' in act) await cluster.crank.advance(act.pass);
        else if ('step' in act) node.offsetMs += act.step;
        else {
          const calledMs = node.wallMs;
          const minted = await node.mint(act.mint);
          if (typeof minted === 'string') continue;
          for (const id of minted) {
            const { unixMs } = decodeId(generator.layout, id);
            const moment = { unixMs, calledMs, returnedMs: node.wallMs };
            if (id <= last || !sound(moment)) throw new Error(`${id} after ${last}: ${JSON.stringify(moment)}`);
            last = id;
          }
          all += minted.length;
        }
      }
    }),
    { numRuns: 60 },
  );
  expect(all).toBeGreaterThan(1000);
}
