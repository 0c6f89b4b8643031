/**
 * Matchers for vitest, by `import 'snowglobe/vitest'`: `expect(run).toPass()`, `.toKeep('unique')`, `.toMeet('latency')`.
 *
 * What is unknown satisfies neither a matcher nor its negation: `expect(run).not.toKeep('unique')` holds where the
 * guarantee was broken, and not where nobody knows.
 */
import { expect } from 'vitest';
import type { Guarantee } from './core/guarantee.ts';
import type { Run } from './core/run.ts';
import type { Answer } from './matchers.ts';
import { kept, met, passed } from './matchers.ts';

declare module 'vitest' {
  // Its type parameters have to be named as vitest names them.
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> {
    /** The run passed: every promise was kept, every SLO met, and nothing is in doubt. */
    toPass(): R;
    /** The generator promised this guarantee, and the run shows that it kept it. */
    toKeep(guarantee: Guarantee): R;
    /** The run met the SLO of this name, of its scenario or of those that were asked for. */
    toMeet(slo: string): R;
  }
}

expect.extend({
  toPass(received) {
    return result(passed(asRun(received, 'toPass')), this.isNot);
  },
  toKeep(received, guarantee: Guarantee) {
    return result(kept(asRun(received, 'toKeep'), guarantee), this.isNot);
  },
  toMeet(received, slo: string) {
    return result(met(asRun(received, 'toMeet'), slo), this.isNot);
  },
});

/** Vitest turns the result around where it is negated. */
function result(
  { verdict, story }: Answer,
  isNot: boolean,
): { readonly pass: boolean; readonly message: () => string } {
  return { pass: isNot ? verdict !== 'fail' : verdict === 'pass', message: () => story };
}

function asRun(received: unknown, matcher: string): Run {
  if (typeof received === 'object' && received !== null && 'findings' in received && 'verdict' in received)
    return received as Run;
  const given = received instanceof Promise ? 'a promise: await it' : typeof received;
  throw new TypeError(`${matcher} takes a run, as \`await snowglobe(…)\` returns it, and was given ${given}.`);
}
