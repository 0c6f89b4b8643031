/** What of a run's disturbances disturbed anything. Pure. */
import type { DisturbanceRecord } from './run.ts';

/**
 * Those that make something go wrong. A `noop` is measured in force and makes nothing go wrong: a pass in which there was
 * no other says no more than that a quiet cluster keeps its promises.
 */
export function disturbing<Each extends Pick<DisturbanceRecord, 'disturbs'>>(
  disturbances: readonly Each[],
): readonly Each[] {
  return disturbances.filter(({ disturbs }) => disturbs.length > 0);
}
