/** Go `github.com/bwmarrin/snowflake` v0.3.0: Twitter's layout. */
import type { Generator } from '../../harness/core/generator.ts';
import { ASKED_OF_ALL, builtProgram, type Published } from './programs/fleet.ts';
import { TWITTER_LAYOUT } from './programs/layouts.ts';

export default {
  name: 'bwmarrin-snowflake',
  summary: 'Go github.com/bwmarrin/snowflake v0.3.0',
  promises: [{ guarantee: 'unique' }, { guarantee: 'well-formed' }, ...ASKED_OF_ALL],
  layout: TWITTER_LAYOUT,
  node: { kind: 'native', command: [builtProgram('bwmarrin-snowflake')] },
} satisfies Generator;

export const published: Published = {
  what: { registry: 'Go module', name: 'github.com/bwmarrin/snowflake', version: 'v0.3.0' },
  toolchain: 'go',
  use: 'NewNode(the node’s worker ID).Generate()',
  documented: [
    {
      guarantee: 'unique',
      says: 'Generate creates and returns a unique snowflake ID. To help guarantee uniqueness - Make sure your system is keeping accurate system time - Make sure you never have multiple nodes running with the same node ID',
      where: 'snowflake.go, lines 131 to 134',
    },
    {
      guarantee: 'well-formed',
      says: 'The ID as a whole is a 63 bit integer stored in an int64 […] 10 bits are used to store a node id',
      where: 'README.md, lines 21 to 23',
    },
  ],
  trials: [
    { scenario: 'plain-load' },
    { scenario: 'clock-still' },
    { scenario: 'clock-back' },
    { scenario: 'killed' },
    {
      scenario: 'killed-and-clock-back',
      breaks: ['unique'],
      outside: '“Make sure your system is keeping accurate system time” (snowflake.go, line 133).',
      note: 'Within a process it goes by the monotonic clock, and a process takes the wall clock as it finds it.',
    },
    { scenario: 'paused' },
    { scenario: 'callers-at-once' },
  ],
};
