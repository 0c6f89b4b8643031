/**
 * The local driver: every node and coordinator member is a plain process in a network namespace of its own, with root
 * or without, on Linux, without containers; or, where the user wants no namespaces, behind TCP links in user space.
 */
import type { Driver } from '../../core/driver.ts';
import { EXIT, refuse } from '../../core/errors.ts';
import { launch } from './launch.ts';
import { readiness } from './readiness.ts';
import { localRefuses } from './refuses.ts';
import { listTraces, removeTraces } from './traces.ts';

export default {
  name: 'local',
  summary: 'Plain processes in network namespaces, with root or without: Linux without Docker.',
  rank: 2,
  runsHere: true,
  refuses: localRefuses,
  readiness,
  /** Nothing has to be built. */
  prepare: () => Promise.resolve(),
  async launch(spec, context) {
    const { problems } = await readiness();
    refuse(EXIT.environment, problems);
    return launch(spec, context);
  },
  leftovers: () => Promise.resolve(listTraces()),
  sweep: removeTraces,
} satisfies Driver;
