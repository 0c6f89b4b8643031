/**
 * Nothing goes wrong. The smallest fault: read this first, then copy it.
 */
import type { Fault } from '../core/fault.ts';
import { z } from '../core/schema.ts';

export default {
  name: 'noop',
  summary: 'nothing goes wrong: what a run looks like without any disturbance',
  needs: [],
  disturbs: [],
  options: z.strictObject({}),
  example: {},

  touches: () => [],
  reach: () => [],

  async inject(_cluster, _options, context) {
    context.notes.set('injected', true);
  },

  async observe(_cluster, _options, context) {
    return { took: context.notes.has('injected'), measured: {} };
  },

  async heal(_cluster, _options, context) {
    context.notes.delete('injected');
  },
} satisfies Fault<Record<string, never>>;
