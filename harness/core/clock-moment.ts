/**
 * For faults that put a wall clock to a moment, whatever true time is: it runs on truly from there.
 */
import { described, isAt, readClock } from './clock-reading.ts';
import { TRUE_CLOCK } from './cluster.ts';
import type { Fault } from './fault.ts';
import type { JsonObject } from './json.ts';
import { nodeOf } from './observe.ts';
import { z } from './schema.ts';
import { trueUnixMs } from './time.ts';

/** The first moment that an ID of the generator can carry, and the first that none can: resolved before an inject. */
export const MOMENTS = ['@epoch', '@end'] as const;

/** An option that names a moment. */
export const momentTarget = z
  .union([z.int(), z.enum(MOMENTS)], `must be Unix milliseconds, or one of ${MOMENTS.join(', ')}`)
  .describe('Unix time in milliseconds, or @epoch (the first that an ID can carry), or @end (the first that none can)');

/** The note of the offset that puts the clock to its moment. */
const OFFSET = 'offset';

/** A fault that puts the clock of `node` to a moment: to which, for which options, is all that its file has to say. */
export function momentFault<Options extends JsonObject & { readonly node: string }>({
  momentMs,
  ...told
}: Pick<Fault<Options>, 'name' | 'summary' | 'options' | 'example'> & {
  /** Unix milliseconds at the inject. */
  readonly momentMs: (options: Options) => number;
}): Fault<Options> {
  return {
    ...told,
    needs: ['clock.step'],
    disturbs: ['clock'],
    touches: ({ node }) => [`clock of ${node}`],
    reach: ({ node }) => [node],

    async inject(cluster, options, { notes }) {
      const offsetMs = Math.round(momentMs(options) - trueUnixMs(cluster.origin, cluster.time.now()));
      notes.set(OFFSET, offsetMs);
      await nodeOf(cluster, options.node).clock.set({ offsetMs, rate: 1 });
    },

    async observe(cluster, { node }, { notes }) {
      const askedMs = notes.get(OFFSET);
      const seen = await readClock(cluster, node);
      const measured = { askedMs: askedMs ?? null, ...described(seen) };
      if (typeof askedMs !== 'number') return { took: false, measured };
      return { took: seen && isAt(cluster.origin, seen, { lowMs: askedMs, highMs: askedMs }), measured };
    },

    async heal(cluster, { node }, { notes }) {
      await nodeOf(cluster, node).clock.set(TRUE_CLOCK);
      notes.delete(OFFSET);
    },
  };
}

/** A moment as a number; one that was not resolved is a mistake of the caller. */
export function resolvedMs(moment: z.output<typeof momentTarget>): number {
  if (typeof moment === 'number') return moment;
  throw new Error(`${moment} was not resolved`);
}
