/**
 * Launches a cluster in containers: networks, pods, then workloads in them, all members at once.
 */
import { realpathSync } from 'node:fs';
import { chmod, copyFile, mkdir } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { ClockControl, ClusterSpec, CoordinatorMember, Member, Zones } from '../../core/cluster.ts';
import { coordinatorKindOf, DEFAULT_COORDINATOR } from '../../core/coordinator-kind.ts';
import { membersBeside } from '../../core/coordinators.ts';
import type { LaunchContext } from '../../core/driver.ts';
import { idBitsOf } from '../../core/layout.ts';
import { trueUnixMs } from '../../core/time.ts';
import type { SendOrder } from '../agent/agent-client.ts';
import { deadlineOf } from '../agent/agent-client.ts';
import { AgentCluster, AgentNode } from '../agent/agent-cluster.ts';
import { connectAll, COORDINATOR_ACCESS } from '../agent/coordinators.ts';
import { etcdVersion, namedEtcd } from '../agent/etcd-program.ts';
import { delayFileIn } from '../agent/disks/slow-sync.ts';
import { chooseClock, skewsClocks } from '../agent/clocks/choose-clock.ts';
import { clockProofBy, refuseUnskewed } from '../agent/clocks/clock-of-minters.ts';
import { untouched } from '../agent/clocks/untouched.ts';
import type { ClockBackend } from '../agent/clocks/clock-backend.ts';
import { locator, networkControl } from '../agent/network-control.ts';
import { endInWords, lastWords } from '../agent/last-words.ts';
import { NodeClient } from '../agent/node-client.ts';
import { readClocks, runNs, startTime } from '../agent/real-time.ts';
import { startsWithinMs } from '../agent/node-command.ts';
import { shellEntry } from '../agent/shell-entry.ts';
import { MEMBER_SPECS } from './coordinators.ts';
import { type Engine, publishedOn } from './engine.ts';
import { ImageFiles } from './image-files.ts';
import type { Image } from './images.ts';
import { labelsOf } from './labels.ts';
import type { ClockChoice, Place, RunFolders } from './members.ts';
import { clockFileInside, coordinatorPlaces, nodePlaces, nodeSpec, runFolders } from './members.ts';
import { codeFolders, codeMounts, mount, outermost } from './mounts.ts';
import { createNetworks } from './networks.ts';
import { nodeParts, type NodeParts, type PartsContext } from './node-parts.ts';
import type { Pod, RunParts } from './pod.ts';
import { startPod } from './pod.ts';
import { prove } from './probe.ts';
import { sweep } from './sweep.ts';
import { untilUp } from './until-up.ts';
import type { WorkloadSpec } from './workload.ts';
import type { Workload } from './workload.ts';
import { startWorkload } from './workload.ts';

/** The fault agent: TypeScript in a checkout, compiled when installed, as this file is. */
const AGENT = join(import.meta.dirname, '..', 'agent', `agent${extname(import.meta.filename)}`);

const SERVES_MS = 30_000;
const HEALTH_MS = 500;

/** Launches, or removes what it had begun and says why it could not. */
export async function launchCluster(
  engine: Engine,
  image: Image,
  spec: ClusterSpec,
  context: LaunchContext,
): Promise<AgentCluster> {
  const { docker } = engine;
  const { runId, folder, log, signal, generator: source } = context;
  const labels = labelsOf(context);
  const user = containerUser(engine.rootless);
  const needs = context.needs ?? new Set();
  const slowSync = needs.has('coordinator.slow-disk') ? image.slowSync : undefined;
  const named = namedEtcd();
  const files = { shell: realpathSync(shellEntry()), agent: realpathSync(AGENT) };
  const code = codeMounts(Object.values(files));
  try {
    const look = { engine, image: image.reference, shell: files.shell, source, labels, folder, log, signal };
    const parts = await nodeParts(look);
    // An image of the user's is left as it is where nothing is asked of its clock.
    const isLeft = parts.inPod !== undefined && !skewsClocks(needs) && spec.clockTool === undefined;
    const backend = isLeft ? untouched : chooseClock(parts.programs, needs, image.clockTools, spec.clockTool);
    const clock: ClockChoice = { backend, tools: image.clockTools };
    const folders = await makeFolders(folder, spec.nodes, parts.inPod !== undefined);
    const clocks = new Clocks(folders.clocks, backend);
    if (parts.inPod !== undefined) await handTool(clock, folders.tools, look);
    // What the proof says comes first: where a mount does not hold, it knows the reason, and members only fail by it.
    const [versions, members] = await settled([
      prove({
        docker,
        image: image.reference,
        runId,
        labels,
        folder,
        code: {
          mounts: outermost([...codeFolders(Object.values(files)), ...parts.folders]).map((each) =>
            mount(each, 'read-only'),
          ),
          files: [...Object.values(files), ...parts.files],
        },
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
          parts,
          agentModule: files.agent,
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
      parts,
      skewsClocks: skewsClocks(needs),
      startsWithinMs: startsWithinMs(source.generator.node),
      remove: () => sweep(docker, runId),
      zones: spec.zones ?? {},
      idBits: idBitsOf(context.generator.generator.layout),
      generator: source.file === '' ? source.generator.name : source.file,
      isCode: 'create' in source.generator.node,
      delayFile: slowSync === undefined ? undefined : delayFileIn(folders.snapshots),
      etcdVersion: etcd,
      versions: {
        docker: engine.version,
        image: image.reference,
        'base image': image.base,
        ...(coordinatorKindOf(spec) !== 'none' && { etcd }),
        'node in the image': versions.node,
        ...(parts.inPod !== undefined && {
          'image of the generator': `${parts.inPod.image.reference} (${parts.inPod.image.id})`,
        }),
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

type RunBasics = Omit<RunParts, 'networks' | 'logFolder'> & {
  readonly parts: NodeParts;
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
  const { docker, runId, labels, user, folders, clock, slowSync, parts } = basics;
  const networks = await createNetworks(docker, runId, labels);
  context.signal.throwIfAborted();

  const run: RunParts = { ...basics, networks, logFolder: folders.logs };
  const kind = spec.coordinator ?? DEFAULT_COORDINATOR;
  const coordinatorPlaced = coordinatorPlaces(spec, networks.dataPrefix);
  const nodesPlaced = nodePlaces(spec.nodes, networks.dataPrefix, parts.port);
  for (const { name } of nodesPlaced) clocks.of(name); // their files have to be there before the nodes
  const places = [...coordinatorPlaced, ...nodesPlaced];
  const start = async (place: Place, workload: WorkloadSpec): Promise<Running> => {
    const pod = await startPod(run, { ...place, index: places.indexOf(place) });
    return { place, pod, process: await startWorkload(run, pod, workload) };
  };
  const node = { user, coordinator: coordinatorPlaced, folders, clock, parts };
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
    readonly parts: NodeParts;
    readonly skewsClocks: boolean;
    /** As `startsWithinMs` says of its node. */
    readonly startsWithinMs: number;
    readonly versions: Readonly<Record<string, string>>;
    /** That of the image, or of the one that the user named. */
    readonly etcdVersion: string;
    readonly remove: () => Promise<unknown>;
    readonly zones: Zones;
    readonly idBits: 64 | 128;
    /** Its file. */
    readonly generator: string;
    readonly isCode: boolean;
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
    const { name } = node.place;
    const minting = { workload: name, clock: { backend: clocks.of(name).backend, settingFile: clockFileInside(name) } };
    return new AgentNode(
      control(node),
      clocks.of(name),
      client,
      async () => lastWords(endInWords(await node.process.end()), join(folders.logs, `${name}.log`)),
      facts.parts.mintsElsewhere ? clockProofBy(sendTo(node.pod), minting) : undefined,
    );
  });
  const { generator, isCode } = facts;
  const upContext = {
    withinMs: SERVES_MS + facts.startsWithinMs,
    generator,
    isCode,
    image: facts.parts.inPod?.image.reference,
    logFolder: folders.logs,
    sleep: (ms: number): Promise<void> => time.sleep(ms, signal),
  };
  await settled([
    ...coordinator.members.map((member) => untilUp(member, () => serves(member), upContext)),
    ...nodes.map((node) => untilUp(node, () => node.health(HEALTH_MS), upContext)),
  ]);
  await coordinator.untilServing(SERVES_MS, signal);
  if (facts.skewsClocks) await refuseUnskewed(nodes);
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

/** The tool of a clock, out of the run's own image, for containers of images that have none. */
async function handTool(
  { backend, tools }: ClockChoice,
  folder: string,
  { engine, image, labels }: PartsContext,
): Promise<void> {
  const tool = tools.get(backend.name);
  if (tool === undefined) return;
  await using files = await ImageFiles.of(engine.docker, image, labels, folder);
  const copy = await files.copyOf(tool);
  // An image in which it could not be built has none: the trial of the clock says so.
  if (copy === undefined) return;
  await copyFile(copy, join(folder, basename(tool)));
  await chmod(join(folder, basename(tool)), 0o755);
}

/** `forStrangers`: users of an image of the user's write there, too. */
async function makeFolders(folder: string, nodes: number, forStrangers: boolean): Promise<RunFolders> {
  const folders = runFolders(folder);
  const disks = nodePlaces(nodes, '').map(({ name }) => join(folders.disks, name));
  await Promise.all(
    [folders.taps, folders.clocks, folders.logs, folders.snapshots, folders.tools, ...disks].map((each) =>
      mkdir(each, { recursive: true }),
    ),
  );
  if (forStrangers) await Promise.all([folders.taps, ...disks].map((each) => chmod(each, 0o777)));
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
