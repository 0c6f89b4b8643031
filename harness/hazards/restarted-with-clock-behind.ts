/**
 * A node that comes back with its clock behind true time, and no memory of what it minted before.
 */
import type { Hazard } from '../core/hazard.ts';
import { z } from '../core/schema.ts';

const options = z.strictObject({
  behindMs: z.number().positive().default(1000).describe('how far behind true time at least, in milliseconds'),
});

export default {
  name: 'restarted-with-clock-behind',
  summary: 'a node came back from a restart with its clock behind',
  options,

  reached({ journal }, given) {
    const { behindMs } = options.parse(given);
    const lives = new Map<string, number>();
    for (const entry of journal) {
      if (entry.kind !== 'health') continue;
      const { node, health, offsetMs } = entry;
      const life = lives.get(node);
      lives.set(node, health.incarnation);
      // The first reading of a later life: whatever the clock does afterwards is no restart.
      if (life === undefined || health.incarnation <= life || offsetMs > -behindMs) continue;
      return {
        at: health.at,
        detail: `Life ${health.incarnation} of ${node} began with its clock ${(-offsetMs / 1000).toFixed(1)} s behind.`,
      };
    }
    return undefined;
  },
} satisfies Hazard;
