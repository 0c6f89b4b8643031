/**
 * crates.io `rs-snowflake` 0.6.0, SnowflakeIdBucket::get_id: 42 bits of milliseconds since 1970, 5 of machine, 5 of
 * node, 12 of index.
 */
import type { Generator } from '../../harness/core/generator.ts';
import { ASKED_OF_ALL, builtProgram, type Published } from './programs/fleet.ts';

export default {
  name: 'rs-snowflake-bucket',
  summary: 'crates.io rs-snowflake 0.6.0, SnowflakeIdBucket::get_id, in a Maelstrom node',
  promises: [{ guarantee: 'unique' }, { guarantee: 'increasing-per-node' }, ...ASKED_OF_ALL],
  layout: { timeBits: 42, workerBits: 10, sequenceBits: 12, tickMs: 1, epochMs: 0 },
  node: {
    kind: 'service',
    command: [builtProgram('rs-snowflake'), 'bucket', '{worker}'],
    ask: { over: 'maelstrom' },
  },
} satisfies Generator;

export const published: Published = {
  what: { registry: 'crates.io', name: 'rs-snowflake', version: '0.6.0' },
  toolchain: 'rust',
  use: 'SnowflakeIdBucket::new(machine_id, node_id).get_id(), behind a lock, in a node made with the crate maelstrom-node 0.1.6',
  documented: [
    {
      guarantee: 'unique',
      says: 'A crate for quick generating distributed-ids.',
      where: 'README.md, line 4; Cargo.toml, keywords: “uniqueness”, “auto-increment”',
    },
    {
      guarantee: 'increasing-per-node',
      says: 'auto-increment',
      where: 'Cargo.toml, keywords: a word and no sentence; the documentation says nothing else of order',
    },
  ],
  trials: [
    {
      scenario: 'plain-load',
      breaks: ['increasing-per-node'],
      outside: 'A keyword is no sentence: its documentation promises no order.',
      note: 'get_id takes IDs from the end of a vector that was filled in rising order (src/lib.rs, lines 239 and 252): each is lower than the one before, until it is filled again.',
    },
  ],
};
