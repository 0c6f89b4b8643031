/**
 * crates.io `rs-snowflake` 0.6.0, SnowflakeIdGenerator::real_time_generate: 42 bits of milliseconds since 1970, 5 of machine, 5 of
 * node, 12 of index.
 */
import type { Generator } from '../../harness/core/generator.ts';
import { ASKED_OF_ALL, builtProgram, type Published } from './programs/fleet.ts';

export default {
  name: 'rs-snowflake',
  summary: 'crates.io rs-snowflake 0.6.0, SnowflakeIdGenerator::real_time_generate, in a Maelstrom node',
  promises: [{ guarantee: 'unique' }, ...ASKED_OF_ALL],
  layout: { timeBits: 42, workerBits: 10, sequenceBits: 12, tickMs: 1, epochMs: 0 },
  node: {
    kind: 'service',
    command: [builtProgram('rs-snowflake'), 'real-time', '{worker}'],
    ask: { over: 'maelstrom' },
  },
} satisfies Generator;

export const published: Published = {
  what: { registry: 'crates.io', name: 'rs-snowflake', version: '0.6.0' },
  toolchain: 'rust',
  use: 'SnowflakeIdGenerator::new(machine_id, node_id).real_time_generate(), behind a lock, in a node made with the crate maelstrom-node 0.1.6',
  documented: [
    {
      guarantee: 'unique',
      says: 'A crate for quick generating distributed-ids.',
      where: 'README.md, line 4; Cargo.toml, keywords: “uniqueness”, “auto-increment”',
    },
  ],
  trials: [
    { scenario: 'plain-load' },
    { scenario: 'clock-still' },
    {
      scenario: 'clock-back',
      breaks: ['unique'],
      note: "src/lib.rs, line 92, has the comment “supplement code for 'clock is moving backwards situation'.”; what follows takes any other millisecond, an earlier one too, for a new one.",
    },
    { scenario: 'killed' },
    { scenario: 'killed-and-clock-back', breaks: ['unique'] },
    { scenario: 'paused' },
  ],
};
