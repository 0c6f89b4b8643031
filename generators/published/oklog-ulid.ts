/** Go `github.com/oklog/ulid/v2` v2.1.2, by its function Make. */
import type { Generator } from '../../harness/core/generator.ts';
import { ASKED_OF_ALL, builtProgram, type Published } from './programs/fleet.ts';
import { ULID_LAYOUT } from './programs/layouts.ts';

export default {
  name: 'oklog-ulid',
  summary: 'Go github.com/oklog/ulid/v2 v2.1.2, Make()',
  promises: [{ guarantee: 'unique' }, { guarantee: 'increasing-per-node' }, ...ASKED_OF_ALL],
  layout: ULID_LAYOUT,
  node: { kind: 'native', command: [builtProgram('oklog-ulid')] },
} satisfies Generator;

export const published: Published = {
  what: { registry: 'Go module', name: 'github.com/oklog/ulid/v2', version: 'v2.1.2' },
  toolchain: 'go',
  use: 'Make()',
  documented: [
    {
      guarantee: 'unique',
      says: '1.21e+24 unique ULIDs per millisecond',
      where: 'README.md, line 24',
    },
    {
      guarantee: 'increasing-per-node',
      says: 'Make returns a ULID with the current time in Unix milliseconds and monotonically increasing entropy for the same millisecond. It is safe for concurrent use',
      where:
        'ulid.go, lines 146 to 148; README.md, line 30: “Monotonic sort order (correctly detects and handles the same millisecond)”',
    },
  ],
  trials: [
    { scenario: 'plain-load' },
    {
      scenario: 'clock-still',
      mayBreak: ['increasing-per-node'],
      note: 'When the clock is stopped it may go back by some milliseconds: see clock-back.',
    },
    {
      scenario: 'callers-at-once',
      breaks: ['increasing-per-node'],
      note: 'Make reads the clock before it takes the lock of its entropy: a goroutine that waited there with an older millisecond resets it, and the next ULID of the newer millisecond starts anew.',
    },
    {
      scenario: 'clock-back',
      breaks: ['increasing-per-node'],
      outside:
        'README.md, line 95: “ULIDs are automatically monotonic, but only to millisecond precision.” Order is promised within a millisecond, and a clock that goes back is not spoken of.',
    },
    { scenario: 'killed-and-clock-back' },
    {
      scenario: 'still-through-restarts',
      breaks: ['unique'],
      mayBreak: ['increasing-per-node'],
      note: 'The default entropy is seeded with the clock’s nanoseconds at the start of the process (ulid.go, line 136): two processes that start at one reading of the clock return the same ULIDs.',
    },
    { scenario: 'paused' },
  ],
};
