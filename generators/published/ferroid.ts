/** crates.io `ferroid` 2.0.0, AtomicSnowflakeGenerator with Twitter's layout, as a service over HTTP. */
import type { Generator } from '../../harness/core/generator.ts';
import { ASKED_OF_ALL, builtProgram, type Published } from './programs/fleet.ts';
import { TWITTER_LAYOUT } from './programs/layouts.ts';

export default {
  name: 'ferroid',
  summary: 'crates.io ferroid 2.0.0, AtomicSnowflakeGenerator, as a service over HTTP',
  promises: [{ guarantee: 'unique' }, { guarantee: 'increasing-per-node' }, ...ASKED_OF_ALL],
  layout: TWITTER_LAYOUT,
  node: {
    kind: 'service',
    command: [builtProgram('ferroid'), '{host}', '{port}', '{worker}'],
    ask: { over: 'http', health: '/health', path: '/ids?count={count}', ids: 'text' },
  },
} satisfies Generator;

export const published: Published = {
  what: { registry: 'crates.io', name: 'ferroid', version: '2.0.0' },
  toolchain: 'rust',
  use: 'AtomicSnowflakeGenerator::new(worker ID, MonotonicClock::with_epoch(TWITTER_EPOCH)).next_id, from several threads',
  documented: [
    {
      guarantee: 'unique',
      says: 'Unique, monotonic, and lexicographically sortable IDs optimized for low-latency services and async workloads.',
      where: 'Cargo.toml, description',
    },
    {
      guarantee: 'increasing-per-node',
      says: 'AtomicSnowflakeGenerator: Monotonic ✅, Thread-Safe ✅',
      where:
        'README.md, line 88; src/time/mono_clock.rs, line 125: “ensures that time never goes backward, even if the system clock is adjusted externally”',
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
      note: 'Its clock takes the wall clock when the process starts (src/time/mono_clock.rs, line 19); its documentation says nothing of restarts.',
    },
    { scenario: 'paused' },
    { scenario: 'callers-at-once' },
  ],
};
