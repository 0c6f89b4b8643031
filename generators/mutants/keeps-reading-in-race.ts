/**
 * Reads the clock, and compares it with the last time, before its compare-and-swap loop: a thread that another one was
 * faster than tries again with the reading and the conclusion that it had, and begins the millisecond a second time.
 */
import type { Generator } from '../../harness/core/generator.ts';
import { LAYOUT } from '../snowflake.ts';
import { lastOf, sameTick, startThreads, threadBy, timeOf, WORD } from '../snowflake-threads.ts';
import { refusesStatic, STATIC_PROMISES } from '../worker-ids/static.ts';

/** Runs in each thread. */
export const thread = threadBy((words, readMs) => {
  let last = Atomics.load(words, WORD.last);
  const now = readMs();
  if (now === undefined || now < timeOf(last)) return undefined;
  const isLater = now > timeOf(last);
  for (;;) {
    const next = isLater ? lastOf(now, 0n) : sameTick(last);
    if (next === undefined) return undefined;
    const found = Atomics.compareExchange(words, WORD.last, last, next);
    if (found === last) return next;
    last = found;
  }
});

export default {
  name: 'keeps-reading-in-race',
  summary: 'Snowflake whose threads read the clock once, however often they lose the race for the next ID.',
  coordinator: 'none',
  promises: STATIC_PROMISES,
  layout: LAYOUT,
  refuses: refusesStatic,
  node: { kind: 'shell', create: (env) => startThreads(env, import.meta.url, thread) },
  mutant: {
    // What took a stale time back is counted on from by others, whose calls began later.
    breaks: ['unique', 'increasing-per-node', 'increasing-across-lives', 'time-honest'],
    because: 'threads raced for one sequence',
    shownBy: ['threads-at-full-load'],
    needsNoDisturbance: true,
    real: true,
  },
} satisfies Generator;
