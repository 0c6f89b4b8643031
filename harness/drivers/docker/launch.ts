/**
 * Launches a cluster in containers: networks, pods, then workloads in them, all members at once.
 */
import { realpathSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { ClockControl, ClusterSpec, CoordinatorMember, Member, Zones } from '../../core/cluster.ts';
import { coordinatorKindOf, DEFAULT_COORDINATOR } from '../../core/coordinator-kind.ts';
import { membersBeside } from '../../core/coordinators.ts';
import type { LaunchContext } from '../../core/driver.ts';
import { environmentLacks, messageOf } from '../../core/errors.ts';
import { idBitsOf } from '../../core/layout.ts';
import { trueUnixMs } from '../../core/time.ts';
import type { SendOrder } from '../agent/agent-client.ts';
import { deadlineOf } from '../agent/agent-client.ts';
import { AgentCluster, AgentNode } from '../agent/agent-cluster.ts';
import { connectAll, COORDINATOR_ACCESS } from '../agent/coordinators.ts';
import { etcdVersion, namedEtcd } from '../agent/etcd-program.ts';
import { delayFileIn } from '../agent/disks/slow-sync.ts';
import { chooseClock } from '../agent/clocks/choose-clock.ts';
import type { ClockBackend } from '../agent/clocks/clock-backend.ts';
import { locator, networkControl } from '../agent/network-control.ts';
import { endInWords, generatorFault, lastWords } from '../agent/last-words.ts';
import { NodeClient } from '../agent/node-client.ts';
import { readClocks, runNs, startTime } from '../agent/real-time.ts';
import { shellEntry } from '../agent/shell-entry.ts';
import { MEMBER_SPECS } from './coordinators.ts';
import { type Engine, publishedOn } from './engine.ts';
import type { Image } from './images.ts';
import { labelsOf } from './labels.ts';
import type { ClockChoice, Place, RunFolders } from './members.ts';
import { coordinatorPlaces, NODE_IN_IMAGE, nodePlaces, nodeSpec, runFolders } from './members.ts';
import { codeMounts } from './mounts.ts';
import { createNetworks } from './networks.ts';
import type { Pod, RunParts } from './pod.ts';
import { startPod } from './pod.ts';
import { prove } from './probe.ts';
import { sweep } from './sweep.ts';
import type { WorkloadSpec } from './workload.ts';
import type { Workload } from './workload.ts';
import { startWorkload } from './workload.ts';

/** The fault agent: TypeScript in a checkout, compiled when installed, as this file is. */
const AGENT = join(import.meta.dirname, '..', 'agent', `agent${extname(import.meta.filename)}`);

const SERVES_MS = 30_000;
const HEALTH_MS = 500;
const POLL_MS = 25;

/** Launches, or removes what it had begun and says why it could not. */
export async function launchCluster(
  engine: Engine,
  image: Image,
  spec: ClusterSpec,
  context: LaunchContext,
): Promise<AgentCluster> {
  const { docker } = engine;
  const { runId, folder } = context;
  const folders = await makeFolders(folder, spec.nodes);
  const labels = labelsOf(context);
  const user = containerUser(engine.rootless);
  const needs = context.needs ?? new Set();
  const backend = chooseClock([NODE_IN_IMAGE], needs, image.clockTools, spec.clockTool);
  const clock: ClockChoice = { backend, tools: image.clockTools };
  const clocks = new Clocks(folders.clocks, backend);
  const slowSync = needs.has('coordinator.slow-disk') ? image.slowSync : undefined;
  const named = namedEtcd();
  const files = {
    generator: realpathSync(context.generator.file),
    shell: realpathSync(shellEntry()),
    agent: realpathSync(AGENT),
  };
  const code = codeMounts(Object.values(files));
  try {
    // What the proof says comes first: where a mount does not hold, it knows the reason, and members only fail by it.
    const [versions, members] = await settled([
      prove({
        docker,
        image: image.reference,
        runId,
        labels,
        folder,
        code: { mounts: code, files: Object.values(files) },
        user,
        clock,
        needs,
        ownerUid: process.getuid?.(),
      }),
      startMembers(
        {
          docker,
          image: image.reference,
          runId,
          labels,
          user,
          folders,
          clock,
          slowSync,
          code,
          files,
          published: publishedOn(engine.host),
        },
        spec,
        context,
        clocks,
      ),
    ]);
    context.signal.throwIfAborted();
    const etcd = named === undefined ? versions.etcd : etcdVersion(named);
    return await assemble(members, clocks, folders, context.signal, {
      remove: () => sweep(docker, runId),
      zones: spec.zones ?? {},
      idBits: idBitsOf(context.generator.generator.layout),
      generator: context.generator.file,
      delayFile: slowSync === undefined ? undefined : delayFileIn(folders.snapshots),
      etcdVersion: etcd,
      versions: {
        docker: engine.version,
        image: image.reference,
        'base image': image.base,
        ...(coordinatorKindOf(spec) !== 'none' && { etcd }),
        'node in the image': versions.node,
      },
    });
  } catch (error) {
    await sweep(docker, runId);
    throw error;
  }
}

/** A workload in its pod. */
interface Running {
  readonly place: Place;
  readonly pod: Pod;
  readonly process: Workload;
}

interface Members {
  readonly spec: ClusterSpec;
  readonly coordinator: readonly Running[];
  readonly nodes: readonly Running[];
}

type RunBasics = Omit<RunParts, 'networks' | 'agentModule' | 'logFolder'> & {
  readonly files: { readonly generator: string; readonly shell: string; readonly agent: string };
  readonly user: string;
  readonly folders: RunFolders;
  readonly clock: ClockChoice;
  readonly slowSync: string | undefined;
};

/** Starts networks, pods and workloads: all members at once, each workload as soon as its pod is up. */
async function startMembers(
  basics: RunBasics,
  spec: ClusterSpec,
  context: LaunchContext,
  clocks: Clocks,
): Promise<Members> {
  const { docker, runId, labels, user, folders, clock, slowSync, code, files } = basics;
  const networks = await createNetworks(docker, runId, labels);
  context.signal.throwIfAborted();

  const run: RunParts = { ...basics, networks, agentModule: files.agent, logFolder: folders.logs };
  const kind = spec.coordinator ?? DEFAULT_COORDINATOR;
  const coordinatorPlaced = coordinatorPlaces(spec, networks.dataPrefix);
  const nodesPlaced = nodePlaces(spec.nodes, networks.dataPrefix);
  for (const { name } of nodesPlaced) clocks.of(name); // their files have to be there before the nodes
  const places = [...coordinatorPlaced, ...nodesPlaced];
  const start = async (place: Place, workload: WorkloadSpec): Promise<Running> => {
    const pod = await startPod(run, { ...place, index: places.indexOf(place) });
    return { place, pod, process: await startWorkload(run, pod, workload) };
  };
  const modules = { shellModule: files.shell, generatorFile: files.generator };
  const node = { user, ...modules, coordinator: coordinatorPlaced, folders, code, clock };
  const [coordinator, nodes] = await settled([
    settled(
      coordinatorPlaced.map((place) => {
        const beside = coordinatorPlaced.filter(({ name }) => membersBeside(spec, place.name).includes(name));
        return start(place, MEMBER_SPECS[kind](place, beside, { runId, user, snapshots: folders.snapshots, slowSync }));
      }),
    ),
    settled(nodesPlaced.map((place, index) => start(place, nodeSpec({ ...node, spec, name: place.name, index })))),
  ]);
  return { spec, coordinator, nodes };
}

/** Lays the run's axis, puts the controls together, and waits until every member answers. */
async function assemble(
  members: Members,
  clocks: Clocks,
  folders: RunFolders,
  signal: AbortSignal,
  facts: {
    readonly versions: Readonly<Record<string, string>>;
    /** That of the image, or of the one that the user named. */
    readonly etcdVersion: string;
    readonly remove: () => Promise<unknown>;
    readonly zones: Zones;
    readonly idBits: 64 | 128;
    /** Its file. */
    readonly generator: string;
    readonly delayFile: string | undefined;
  },
): Promise<AgentCluster> {
  const everyone = [...members.coordinator, ...members.nodes];
  const agents = everyone.map(({ pod }) => sendTo(pod));
  const { time, origin } = await startTime(() => readClocks(agents[0] as SendOrder));
  clocks.trueNow = () => trueUnixMs(origin, time.now());
  const locate = locator(everyone.map(({ place }) => place));
  const agentOf = (name: string): SendOrder =>
    sendTo((everyone.find(({ place }) => place.name === name) as Running).pod);
  const control = ({ place: { name }, pod, process }: Running): Member => ({
    name,
    process,
    network: networkControl(sendTo(pod), locate, agentOf),
  });
  const { scheme } = COORDINATOR_ACCESS[members.spec.coordinator ?? DEFAULT_COORDINATOR];
  const { coordinator, regional } = connectAll(
    members.spec,
    members.coordinator.map((member) => ({
      ...control(member),
      endpoint: `${scheme}://${member.pod.reach.host}:${member.pod.reach.port}`,
    })),
    { etcdVersion: facts.etcdVersion, time, snapshots: folders.snapshots, delayFile: facts.delayFile },
  );
  const nodes = members.nodes.map((node) => {
    const client = new NodeClient(node.pod.reach, (ns) => runNs(origin, ns), facts.idBits);
    return new AgentNode(control(node), clocks.of(node.place.name), client, async () =>
      lastWords(endInWords(await node.process.end()), join(folders.logs, `${node.place.name}.log`)),
    );
  });
  const { generator } = facts;
  const upContext = {
    generator,
    logFolder: folders.logs,
    sleep: (ms: number): Promise<void> => time.sleep(ms, signal),
  };
  await settled([
    ...coordinator.members.map((member) => untilUp(member, () => serves(member), upContext)),
    ...nodes.map((node) => untilUp(node, () => node.health(HEALTH_MS), upContext)),
  ]);
  await coordinator.untilServing(SERVES_MS, signal);
  return new AgentCluster({
    driver: 'docker',
    time,
    origin,
    nodes,
    coordinator,
    ...(regional !== undefined && { regional }),
    agents,
    tapFolder: folders.taps,
    zones: facts.zones,
    versions: facts.versions,
    remove: async () => {
      await facts.remove();
      // The pods are gone, and with them the other ends: this only lets go of the streams.
      await Promise.all(everyone.map(({ pod }) => pod.agent.close()));
    },
  });
}

const sendTo =
  ({ agent }: Pod): SendOrder =>
  (order) =>
    agent.send(order, deadlineOf(order));

/** The clocks of the nodes. They are set before any process reads them, and so before the run's axis is laid. */
class Clocks {
  /** The true time: the harness's own until the axis is laid. */
  trueNow = (): number => Date.now();
  readonly #folder: string;
  readonly #backend: ClockBackend;
  readonly #byNode = new Map<string, ClockControl>();

  constructor(folder: string, backend: ClockBackend) {
    this.#folder = folder;
    this.#backend = backend;
  }

  of(node: string): ClockControl {
    const known = this.#byNode.get(node);
    if (known !== undefined) return known;
    const clock = this.#backend.control(join(this.#folder, node), () => this.trueNow());
    this.#byNode.set(node, clock);
    return clock;
  }
}

/** As Promise.all, but rejects only when all have ended: nothing may still be started while the rest is being removed. */
async function settled<Values extends readonly unknown[]>(promises: {
  readonly [Index in keyof Values]: Promise<Values[Index]>;
}): Promise<Values> {
  await Promise.allSettled(promises);
  return await Promise.all(promises);
}

async function makeFolders(folder: string, nodes: number): Promise<RunFolders> {
  const folders = runFolders(folder);
  const disks = nodePlaces(nodes, '').map(({ name }) => join(folders.disks, name));
  await Promise.all(
    [folders.taps, folders.clocks, folders.logs, folders.snapshots, ...disks].map((each) =>
      mkdir(each, { recursive: true }),
    ),
  );
  return folders;
}

/** Whom workloads run as, so that taps belong to the caller. A rootless engine maps the caller to its user 0. */
function containerUser(rootless: boolean): string {
  if (rootless) return '0:0';
  return `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;
}

async function serves(member: CoordinatorMember): Promise<void> {
  const { serving } = await member.status(HEALTH_MS);
  if (!serving) throw new Error('it has no leader');
}

/** Asks until there is an answer. A process that ended will never answer, and its log says why. */
async function untilUp(
  { name, process }: Member,
  ask: () => Promise<unknown>,
  {
    generator,
    logFolder,
    sleep,
  }: { readonly generator: string; readonly logFolder: string; readonly sleep: (ms: number) => Promise<void> },
): Promise<void> {
  const giveUp = performance.now() + SERVES_MS;
  for (;;) {
    try {
      await ask();
      return;
    } catch (error) {
      const ended = !(await process.alive());
      if (ended || performance.now() > giveUp)
        throw (
          generatorFault(await readLog(logFolder, name), generator) ??
          environmentLacks(
            `${name} ${ended ? 'ended' : `does not answer (${messageOf(error)})`}: ${await lastLines(logFolder, name)}`,
            'Its whole log is in the file. If it is the generator that fails, try it with --driver sim.',
            join(logFolder, `${name}.log`),
          )
        );
    }
    await sleep(POLL_MS);
  }
}

async function lastLines(logFolder: string, name: string): Promise<string> {
  return (await readLog(logFolder, name)).trim().split('\n').slice(-8).join('\n');
}

const readLog = (logFolder: string, name: string): Promise<string> => readFile(join(logFolder, `${name}.log`), 'utf8');
