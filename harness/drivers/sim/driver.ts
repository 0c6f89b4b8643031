/** The simulator: nodes are objects in this process, time is virtual, and one seed gives one history. */
import type { Driver, LaunchContext } from '../../core/driver.ts';
import type { NodeKind, ShellGenerator } from '../../core/generator.ts';
import type { ClusterSpec } from '../../core/cluster.ts';
import { CONTROLS } from '../../core/cluster.ts';
import { SimCluster } from './cluster.ts';
import { Guard } from './guard.ts';
import { loadGuarded } from './guard-modules.ts';

export default {
  name: 'sim',
  summary: 'in this process, in virtual time; repeats a run exactly from its seed',
  rank: 1,
  inProcess: true,

  refuses: ({ kind }: NodeKind) =>
    kind === 'shell'
      ? undefined
      : 'It runs generators that are written for snowglobe; this one is a program of its own.',

  async readiness() {
    return {
      problems: [],
      abilities: new Set(CONTROLS),
      notes: [],
    };
  },

  async prepare() {
    // Nothing to build.
  },

  async launch(spec: ClusterSpec, { generator, rng, log }: LaunchContext) {
    const guard = new Guard(generator.generator.name);
    try {
      // A generator made by a test has no file: then only the globals are guarded, and all lives share it.
      const load = (): Promise<ShellGenerator> =>
        generator.file === ''
          ? Promise.resolve(generator.generator as ShellGenerator)
          : loadGuarded(generator.file, guard);
      // One that cannot be loaded is told of here. The first life gets this instance, each later one its own.
      const first = await load();
      let spare: ShellGenerator | undefined = first;
      return new SimCluster({
        spec,
        generator: first,
        load: () => {
          const instance = spare === undefined ? load() : Promise.resolve(spare);
          spare = undefined;
          return instance;
        },
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
