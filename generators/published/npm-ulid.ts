/** npm `ulid`, its monotonic factory: 48 bits of milliseconds, 80 random bits, the last ID plus one within a millisecond. */
import type { Generator } from '../../harness/core/generator.ts';
import { ASKED_OF_ALL, type Published } from './programs/fleet.ts';
import { ULID_LAYOUT } from './programs/layouts.ts';

export default {
  name: 'npm-ulid',
  summary: 'npm ulid 3.0.2, monotonicFactory()',
  promises: [{ guarantee: 'unique' }, { guarantee: 'increasing-per-node' }, ...ASKED_OF_ALL],
  layout: ULID_LAYOUT,
  node: { kind: 'module', module: './programs/npm/ulid.ts', export: 'create', call: 'factory', form: 'ulid' },
} satisfies Generator;

export const published: Published = {
  what: { registry: 'npm', name: 'ulid', version: '3.0.2' },
  toolchain: 'npm',
  use: 'monotonicFactory(), one in each process',
  documented: [
    {
      guarantee: 'unique',
      says: 'ULIDs are unique, sortable identifiers that work much in the same way as UUIDs, though with some improvements',
      where: 'README.md, line 16',
    },
    {
      guarantee: 'increasing-per-node',
      says: 'Even if a lower timestamp is passed (or generated), it will preserve sort order',
      where: 'README.md, line 92',
    },
  ],
  trials: [
    { scenario: 'plain-load' },
    { scenario: 'clock-still' },
    { scenario: 'clock-back' },
    { scenario: 'killed-and-clock-back' },
    { scenario: 'paused' },
  ],
};
