/** npm `@sapphire/snowflake`: 42 bits of milliseconds since 2015, 5 of worker, 5 of process, 12 of increment. */
import type { Generator } from '../../harness/core/generator.ts';
import { ASKED_OF_ALL, type Published } from './programs/fleet.ts';

export default {
  name: 'sapphire-snowflake',
  summary: 'npm @sapphire/snowflake 3.5.5, DiscordSnowflake.generate()',
  promises: [{ guarantee: 'unique' }, ...ASKED_OF_ALL],
  layout: { timeBits: 42, workerBits: 10, sequenceBits: 12, tickMs: 1, epochMs: 1_420_070_400_000 },
  node: { kind: 'module', module: './programs/npm/sapphire-snowflake.ts', export: 'create', call: 'factory' },
} satisfies Generator;

export const published: Published = {
  what: { registry: 'npm', name: '@sapphire/snowflake', version: '3.5.5' },
  toolchain: 'npm',
  use: 'DiscordSnowflake.generate(), its workerId and processId being the two halves of the node’s worker ID, or as they come (scenario defaults)',
  documented: [
    {
      guarantee: 'unique',
      says: '@returns A unique snowflake',
      where: 'dist/esm/index.d.mts, line 101, of Snowflake.generate',
    },
  ],
  trials: [
    { scenario: 'plain-load' },
    {
      scenario: 'clock-still',
      breaks: ['unique'],
      note: 'Its increment goes round after 4,096 IDs whatever the time is: more than 4,096 IDs in one millisecond of the clock repeat.',
    },
    { scenario: 'clock-back' },
    { scenario: 'killed' },
    {
      scenario: 'killed-and-clock-back-busy',
      breaks: ['unique'],
      note: 'Its increment begins at 0 in each process, and it does not compare the clock with anything.',
    },
    {
      scenario: 'defaults',
      breaks: ['unique'],
      note: 'Every process has the worker ID 0 and the process ID 1 where they are not set; README.md shows DiscordSnowflake.generate() without setting them.',
    },
    { scenario: 'paused' },
  ],
};
