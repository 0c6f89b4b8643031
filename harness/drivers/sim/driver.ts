/** The simulator: nodes are objects in this process, time is virtual, and one seed gives one history. */
import type { Ability } from '../../core/cluster.ts';
import type { Driver, LaunchContext } from '../../core/driver.ts';
import type { ClusterSpec } from '../../core/cluster.ts';
import { ABILITIES } from '../../core/cluster.ts';
import { SimCluster } from './cluster.ts';
import { Guard } from './guard.ts';
import { loadGuarded } from './guard-modules.ts';

export default {
  name: 'sim',
  summary: 'in this process, in virtual time; repeats a run exactly from its seed',
  rank: 1,
  inProcess: true,

  async readiness() {
    return { problems: [], abilities: new Set(Object.keys(ABILITIES) as Ability[]), notes: [] };
  },

  async prepare() {
    // Nothing to build.
  },

  async launch(spec: ClusterSpec, { generator, rng, log }: LaunchContext) {
    const guard = new Guard(generator.generator.name);
    try {
      return new SimCluster({
        spec,
        // A generator made by a test has no file: then only the globals are guarded.
        generator: generator.file === '' ? generator.generator : await loadGuarded(generator.file, guard),
        guard,
        rng: rng.fork('simulator'),
        log,
      });
    } catch (error) {
      guard[Symbol.dispose]();
      throw error;
    }
  },

  async leftovers() {
    return [];
  },

  async sweep() {
    return [];
  },
} satisfies Driver;
