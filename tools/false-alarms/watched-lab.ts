/** A lab that counts the runs of honest generators, with the verdict of the run itself, whatever a slice makes of it. */
import type { Lab } from '../lab.ts';
import { type Counts, type IsHonest, NONE, plus } from './evidence.ts';

export interface WatchedLab extends Lab {
  /** So far. */
  readonly byDriver: ReadonlyMap<string, Counts>;
}

export function watchedLab(lab: Lab, isHonest: IsHonest): WatchedLab {
  const byDriver = new Map<string, Counts>();
  return {
    byDriver,
    run: async (request) => {
      const run = await lab.run(request);
      const { driver, generator } = request;
      if (isHonest(generator))
        byDriver.set(driver, plus(byDriver.get(driver) ?? NONE, { ...NONE, runs: 1, [run.verdict]: 1 }));
      return run;
    },
  };
}
