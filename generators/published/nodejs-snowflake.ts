/**
 * npm `nodejs-snowflake`: 42 bits of milliseconds, 12 of instance ID, 10 of sequence. Its epoch is the moment of its
 * construction unless it is told one, so the time in its IDs is the time of no clock: it is not judged.
 */
import type { Generator } from '../../harness/core/generator.ts';
import { ASKED_OF_ALL, type Published } from './programs/fleet.ts';

export default {
  name: 'nodejs-snowflake',
  summary: 'npm nodejs-snowflake 2.0.1, its epoch left to its default',
  promises: [{ guarantee: 'unique' }, ...ASKED_OF_ALL],
  layout: { timeBits: 42, workerBits: 12, sequenceBits: 10, tickMs: 1, epochMs: 0 },
  node: { kind: 'module', module: './programs/npm/nodejs-snowflake.ts', export: 'create', call: 'factory' },
} satisfies Generator;

export const published: Published = {
  what: { registry: 'npm', name: 'nodejs-snowflake', version: '2.0.1' },
  toolchain: 'npm',
  use: 'new Snowflake({ instance_id }).getUniqueID(), instance_id being the node’s worker ID; custom_epoch left to its default, which README.md, line 40, gives as the time of the call',
  documented: [
    {
      guarantee: 'unique',
      says: 'getUniqueID generates a 64 bit unique ID',
      where:
        'nodejs_snowflake.d.ts, line 21; README.md, line 10: “time sortable 64 bit ids written for distributed systems”',
    },
  ],
  trials: [
    { scenario: 'plain-load' },
    {
      scenario: 'killed',
      breaks: ['unique'],
      note: 'Each process counts its milliseconds from its own start, so a second life with the same instance_id repeats the IDs of the first. With custom_epoch set it does not.',
    },
    {
      scenario: 'clock-back',
      breaks: ['unique'],
      note: 'It does not compare the clock with the last time that it used.',
    },
    { scenario: 'paused' },
  ],
};
