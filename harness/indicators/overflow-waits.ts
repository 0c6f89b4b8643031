/**
 * How often calls had to wait because all IDs of a tick were minted, by the nodes' own counts: a second of a node, over the
 * time between its answers. Nodes whose generator does not count are no samples.
 */
import type { Indicator } from '../core/indicator.ts';
import { z } from '../core/schema.ts';
import type { RunNs } from '../core/time.ts';
import { NS_PER_S } from '../core/time.ts';
import { isWithin } from './shared/counting.ts';

const options = z.strictObject({});

/** Where a life of a node had come to, by its latest answer. */
interface Count {
  readonly at: RunNs;
  readonly incarnation: number;
  readonly waits: bigint;
}

export default {
  name: 'overflow-waits',
  summary: 'how often calls waited because all IDs of a tick were minted, a second and node, by their own counts',
  unit: 'count',
  better: 'less',
  needsRealTime: true,
  options,
  example: {},
  what: () => 'waits for the next tick, a second and node',

  measure({ journal }, spans) {
    const latest = new Map<string, Count>();
    let [samples, waits, covered] = [0, 0n, 0];
    for (const { at, ...entry } of journal) {
      if (entry.kind !== 'health' || entry.health.overflowWaits === undefined) continue;
      const { incarnation } = entry.health;
      const before = latest.get(entry.node);
      const count: Count = { at, incarnation, waits: BigInt(entry.health.overflowWaits) };
      latest.set(entry.node, count);
      // What a life had counted before its first answer is of a time that nobody knows the length of.
      if (before?.incarnation !== incarnation || at <= before.at || !isWithin(spans, at)) continue;
      samples++;
      waits += count.waits - before.waits;
      covered += at - before.at;
    }
    return samples === 0 ? { samples } : { value: Number(waits) / (covered / NS_PER_S), samples };
  },
} satisfies Indicator<z.output<typeof options>>;
