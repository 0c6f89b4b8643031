/**
 * Threads that share the last time and the sequence number in two words: the time is advanced by compare-and-swap, the
 * sequence number is set back to 0 in a second step, and between the two another thread counts on from the old number.
 */
import type { Generator } from '../../harness/core/generator.ts';
import { LAYOUT, SEQUENCE_MAX } from '../snowflake.ts';
import { lastOf, startThreads, threadBy, WORD } from '../snowflake-threads.ts';
import { refusesStatic, STATIC_PROMISES } from '../worker-ids/static.ts';

/** Runs in each thread. */
export const thread = threadBy((words, readMs) => {
  for (;;) {
    const last = Atomics.load(words, WORD.last);
    const now = readMs();
    if (now === undefined || now < last) return undefined;
    if (now === last) {
      const sequence = Atomics.add(words, WORD.spare, 1n) + 1n;
      return sequence > SEQUENCE_MAX ? undefined : lastOf(now, sequence);
    }
    if (Atomics.compareExchange(words, WORD.last, last, now) !== last) continue;
    Atomics.store(words, WORD.spare, 0n);
    return lastOf(now, 0n);
  }
});

export default {
  name: 'races-for-sequence',
  summary: 'Snowflake whose threads advance the time and set the sequence number back in two steps.',
  coordinator: 'none',
  promises: STATIC_PROMISES,
  layout: LAYOUT,
  refuses: refusesStatic,
  node: { kind: 'shell', create: (env) => startThreads(env, import.meta.url, thread) },
  mutant: {
    breaks: ['unique', 'increasing-per-node', 'increasing-across-lives'],
    because: 'threads raced for one sequence',
    shownBy: ['threads-at-full-load'],
    needsNoDisturbance: true,
    real: true,
  },
} satisfies Generator;
