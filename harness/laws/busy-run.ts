/**
 * For tests of runs on real drivers. A machine so busy that the harness or nodes stand still, or the load cannot be
 * offered, earns nobody a pass: then a run must say so, and accuse nobody. Whether it passes on a quiet machine, always, is
 * what `npm run torture` shows.
 */
import { expect } from 'vitest';
import type { Run } from '../core/run.ts';
import type { UnknownReason } from '../core/verdict.ts';

const BUSY = /the machine is busy|(were not sent|had no answer) in time while nothing disturbed it/;

/** What a busy machine alone is enough for. */
export const OF_A_BUSY_MACHINE: ReadonlySet<string> = new Set<UnknownReason['reason']>([
  'load not achieved',
  'harness stalled',
]);

/** Fails unless the run passed, or its machine was busy and it says so. Gives whether it passed. */
export function passedUnlessBusy(what: string, { verdict, exitCode, reasons, findings }: Run): boolean {
  if (verdict === 'unknown' && reasons.some((reason) => BUSY.test(reason))) {
    process.stderr.write(`${what}: unknown on a busy machine:\n  ${reasons.join('\n  ')}\n`);
    expect(exitCode).toBe(12);
    expect(findings.filter((finding) => finding.promised && finding.verdict === 'fail')).toEqual([]);
    return false;
  }
  // Told where it fails: the run is gone by then.
  expect({ exitCode, verdict, why: verdict === 'pass' ? [] : reasons }).toEqual({
    exitCode: 0,
    verdict: 'pass',
    why: [],
  });
  return true;
}
