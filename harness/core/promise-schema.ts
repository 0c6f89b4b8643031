/**
 * The schema of promises. Strict: a bound that is missing, or is no number, compares as false with everything and would
 * let every ID pass.
 */
import { ASSUMPTIONS } from './guarantee.ts';
import type { Assumption, Promise_ } from './guarantee.ts';
import { z } from './schema.ts';

const assumption = z.enum(Object.keys(ASSUMPTIONS) as [Assumption, ...Assumption[]]);
const assuming = z.array(assumption).readonly().exactOptional();
const boundMs = z.number().nonnegative();

const promiseSchema = z.discriminatedUnion('guarantee', [
  z.strictObject({
    guarantee: z.enum([
      'unique',
      'increasing-per-node',
      'owns-worker-id',
      'well-formed',
      'fails-closed',
      'faithful-encoding',
    ]),
    assuming,
  }),
  z.strictObject({
    guarantee: z.literal('increasing-across-lives'),
    scope: z.enum(['worker-id', 'node']),
    assuming,
  }),
  z.strictObject({ guarantee: z.literal('time-honest'), pastMs: boundMs, futureMs: boundMs, assuming }),
  z.strictObject({ guarantee: z.literal('recovers'), withinMs: boundMs, assuming }),
]);

/** The promises of one generator, each made once. */
export const promisesSchema = z
  .array(promiseSchema)
  .superRefine((promises, context) => {
    const subjects = promises.map(subjectOf);
    for (const [index, subject] of subjects.entries())
      if (subjects.indexOf(subject) < index)
        context.addIssue({ code: 'custom', path: [index], message: `${subject} is promised twice` });
  })
  .readonly();

function subjectOf(promise: Promise_): string {
  return 'scope' in promise ? `${promise.guarantee} (${promise.scope})` : promise.guarantee;
}
