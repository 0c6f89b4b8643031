/**
 * The docker driver: every node and coordinator member is a container in a pod of its own.
 */
import type { Ability } from '../../core/cluster.ts';
import { CONTROLS } from '../../core/cluster.ts';
import type { Driver, Readiness } from '../../core/driver.ts';
import type { Problem } from '../../core/errors.ts';
import { EXIT, SnowglobeError } from '../../core/errors.ts';
import { CLOCK_TOOLS_REMEDY } from '../agent/clocks/clock-tools.ts';
import type { Docker, Engine } from './engine.ts';
import type { Base, Image } from './images.ts';

export default {
  name: 'docker',
  summary: 'Containers on a Docker engine: each node and etcd member with a network, a clock and processes of its own.',
  rank: 3,
  callable: true,

  refuses(node) {
    if (node.kind !== 'service') return undefined;
    if (node.urls !== undefined) return 'Its nodes run elsewhere, and it starts nodes itself.';
    return node.image !== undefined && node.ask.over === 'maelstrom'
      ? 'It speaks over its standard input, which is its recorder to hold: give the command, not an image.'
      : undefined;
  },

  async readiness(): Promise<Readiness> {
    const engine = await findEngine();
    if (isProblems(engine)) return { problems: engine, abilities: new Set(), notes: [] };
    const base = await (await images()).chooseBase(engine.docker);
    const notes = [`Docker ${engine.version}, API ${engine.apiVersion}${engine.rootless ? ', rootless' : ''}`];
    if (isProblems(base)) return { problems: base, abilities: new Set(), notes };
    const { namedEtcd, namedEtcdProblems, restorerOf } = await import('../agent/etcd-program.ts');
    const problems = namedEtcdProblems();
    if (problems.length > 0) return { problems, abilities: new Set(), notes };
    const named = namedEtcd();
    const restores = named === undefined || restorerOf(named) !== undefined;
    const lacking = await lackingInImage(engine.docker, base);
    const clocks = await clocksOf(base);
    const { hasPostgres } = await images();
    const { NO_POSTGRES } = await import('../agent/postgres-program.ts');
    return {
      problems: [],
      abilities: new Set(
        CONTROLS.filter(
          (ability) =>
            !lacking.abilities.has(ability) &&
            (restores || ability !== 'coordinator.restore') &&
            (!ability.startsWith('clock.') || clocks.has(ability)),
        ),
      ),
      ...(!hasPostgres(base) && { lacksCoordinators: new Map([['postgres', NO_POSTGRES] as const]) }),
      notes: [
        ...notes,
        describeBase(base),
        ...lacking.notes,
        clocks.has('clock.drift')
          ? 'shim and vDSO launcher for clocks in the image'
          : `no clocks that drift. ${CLOCK_TOOLS_REMEDY}`,
        ...(restores ? [] : [`no etcdutl beside ${named}: no snapshot is restored`]),
      ],
    };
  },

  async prepare({ log, signal }) {
    await imageFor(orThrow(await findEngine()), log, signal);
  },

  async launch(spec, context) {
    const engine = orThrow(await findEngine());
    const { chooseBase, ensureImage } = await images();
    const image = await ensureImage(
      engine.docker,
      orThrow(await chooseBase(engine.docker)),
      context.log,
      context.signal,
    );
    const { launchCluster } = await import('./launch.ts');
    return launchCluster(engine, image, spec, context);
  },

  async leftovers() {
    const engine = await findEngine();
    return isProblems(engine) ? [] : (await import('./sweep.ts')).leftovers(engine.docker);
  },

  async sweep(runId) {
    const engine = await findEngine();
    return isProblems(engine) ? [] : (await import('./sweep.ts')).sweep(engine.docker, runId);
  },
} satisfies Driver;

/** Loaded when used: testcontainers takes half a second, and every command of snowglobe loads every driver. */
async function findEngine(): Promise<Engine | readonly Problem[]> {
  return (await import('./engine.ts')).findEngine();
}

/** What the engine's kernel cannot do to links and disks. It is tried in a container of the image, once there is one. */
async function lackingInImage(docker: Docker, base: Base): Promise<Lacking> {
  const { builtImage, slowSyncOn } = await images();
  const slowSync = slowSyncOn(base);
  const { SLOW_SYNC_MISSING, trialMissed } = await import('../agent/disks/slow-sync.ts');
  const built = await builtImage(docker, base);
  if (built === undefined)
    return together(NETEM_UNKNOWN, slowSync === undefined ? quickDisks(SLOW_SYNC_MISSING) : NOTHING);
  const [{ tryImage }, { lackingLinks }] = await Promise.all([
    import('./try-image.ts'),
    import('../agent/link-abilities.ts'),
  ]);
  const { links, disk } = await tryImage(docker, built, slowSync);
  const missed = slowSync === undefined ? SLOW_SYNC_MISSING : trialMissed(disk);
  return together(lackingLinks(links), missed === undefined ? NOTHING : quickDisks(missed));
}

interface Lacking {
  readonly abilities: ReadonlySet<Ability>;
  readonly notes: readonly string[];
}

const NOTHING: Lacking = { abilities: new Set(), notes: [] };

const NETEM_UNKNOWN: Lacking = {
  abilities: new Set(['network.delay']),
  notes: ['whether this kernel has netem is found out once the image is built, by a first run: until then no latency'],
};

const quickDisks = (why: string): Lacking => ({
  abilities: new Set(['coordinator.slow-disk']),
  notes: [`disks of the coordinator cannot be slowed: ${why}`],
});

const together = (one: Lacking, other: Lacking): Lacking => ({
  abilities: new Set([...one.abilities, ...other.abilities]),
  notes: [...one.notes, ...other.notes],
});

/** What the clocks of nodes on a base can do. */
async function clocksOf(base: Base): Promise<ReadonlySet<Ability>> {
  const [{ clockToolsOn }, { clockAbilities }, { NODE_IN_IMAGE }] = await Promise.all([
    images(),
    import('../agent/clocks/choose-clock.ts'),
    import('./members.ts'),
  ]);
  return clockAbilities(NODE_IN_IMAGE, clockToolsOn(base));
}

let image: Image | undefined;

/** Found or built once for each process: `prepare` comes before `launch`. */
async function imageFor(engine: Engine, log: (line: string) => void, signal: AbortSignal): Promise<Image> {
  const { chooseBase, ensureImage } = await images();
  image ??= await ensureImage(engine.docker, orThrow(await chooseBase(engine.docker)), log, signal);
  return image;
}

const images = (): Promise<typeof import('./images.ts')> => import('./images.ts');

function isProblems<Value>(result: Value | readonly Problem[]): result is readonly Problem[] {
  return Array.isArray(result);
}

function orThrow<Value>(result: Value | readonly Problem[]): Value {
  if (isProblems(result)) throw new SnowglobeError(EXIT.environment, result);
  return result;
}

function describeBase(base: Base): string {
  return `base image ${base.reference}: ${base.why}${base.here ? '' : ', to be fetched once'}`;
}
