/** PyPI `python-ulid` 4.1.0, by its constructor. Needs Python 3.11 or later. */
import type { Generator } from '../../harness/core/generator.ts';
import { ASKED_OF_ALL, FLEET, type Published } from './programs/fleet.ts';
import { ULID_LAYOUT } from './programs/layouts.ts';

export default {
  name: 'python-ulid',
  summary: 'PyPI python-ulid 4.1.0, ULID()',
  promises: [{ guarantee: 'unique' }, { guarantee: 'increasing-per-node' }, ...ASKED_OF_ALL],
  layout: ULID_LAYOUT,
  node: {
    kind: 'native',
    command: ['python3', 'python_ulid.py'],
    folder: './programs/python',
    environment: { PYTHONPATH: `${FLEET}/python`, PYTHONDONTWRITEBYTECODE: '1' },
  },
} satisfies Generator;

/** Where threads meet seldom, this shows seldom. */
const THREADS = 'Requests are served by threads, as far as they come at once: see callers-at-once.';

export const published: Published = {
  what: { registry: 'PyPI', name: 'python-ulid', version: '4.1.0' },
  toolchain: 'python',
  use: 'ULID(), from several threads',
  documented: [
    {
      guarantee: 'unique',
      says: 'A ULID is a universally unique lexicographically sortable identifier.',
      where: 'README.rst, line 3',
    },
    {
      guarantee: 'increasing-per-node',
      says: 'identifiers generated within the same millisecond are monotonically increasing. Generation is guarded by a lock and is safe to share across threads.',
      where:
        'ulid/__init__.py, lines 159 to 161, of ULIDGenerator; README.rst, “Monotonic Support”: “If r₁ and r₂ are the randomness values of two ULIDs with the same timestamp, then r₂ = r₁ + 1”',
    },
  ],
  trials: [
    { scenario: 'plain-load', mayBreak: ['increasing-per-node'], note: THREADS },
    { scenario: 'clock-still', mayBreak: ['increasing-per-node'], note: THREADS },
    {
      scenario: 'callers-at-once',
      breaks: ['increasing-per-node'],
      note: 'generate() reads the clock before it takes the lock (ulid/__init__.py, lines 211 and 213): a thread that waited there with an older millisecond resets the state, and the next ULID of the newer millisecond starts anew.',
    },
    {
      scenario: 'clock-back',
      breaks: ['increasing-per-node'],
      outside: 'Order is promised within a millisecond, and a clock that goes back is not spoken of.',
    },
    { scenario: 'killed-and-clock-back', mayBreak: ['increasing-per-node'], note: THREADS },
    { scenario: 'paused', mayBreak: ['increasing-per-node'], note: THREADS },
  ],
};
