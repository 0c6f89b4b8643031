/** Go `github.com/bwmarrin/snowflake` v0.1.0, of 2019: before it went by the monotonic clock. A control: known to be bad. */
import type { Generator } from '../../harness/core/generator.ts';
import { ASKED_OF_ALL, builtProgram, type Published } from './programs/fleet.ts';
import { TWITTER_LAYOUT } from './programs/layouts.ts';

export default {
  name: 'bwmarrin-snowflake-v0-1-0',
  summary: 'Go github.com/bwmarrin/snowflake v0.1.0, whose successors mended what is shown here',
  promises: [{ guarantee: 'unique' }, { guarantee: 'well-formed' }, ...ASKED_OF_ALL],
  layout: TWITTER_LAYOUT,
  node: { kind: 'native', command: [builtProgram('bwmarrin-snowflake-v0.1.0')] },
} satisfies Generator;

export const published: Published = {
  what: { registry: 'Go module', name: 'github.com/bwmarrin/snowflake', version: 'v0.1.0' },
  toolchain: 'go',
  use: 'NewNode(the node’s worker ID).Generate(); a version of 2019, known to be bad: it is here as a control',
  documented: [
    {
      guarantee: 'unique',
      says: 'Generate creates and returns a unique snowflake ID',
      where: 'snowflake.go, the comment on Generate',
    },
    {
      guarantee: 'well-formed',
      says: 'The ID as a whole is a 63 bit integer stored in an int64 […] 10 bits are used to store a node id',
      where: 'README.md, ID Format',
    },
  ],
  trials: [
    { scenario: 'plain-load' },
    {
      scenario: 'clock-back',
      breaks: ['unique'],
      note: 'Mended in v0.2.0, which goes by the monotonic clock within a process.',
    },
    { scenario: 'killed-and-clock-back', breaks: ['unique'] },
  ],
};
