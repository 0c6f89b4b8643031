/**
 * Launches a cluster in containers: networks, pods, then workloads in them, all members at once.
 */
import { realpathSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { ClusterSpec, NetworkControl, ProcessControl } from '../../core/cluster.ts';
import type { LaunchContext } from '../../core/driver.ts';
import { environmentLacks, messageOf } from '../../core/errors.ts';
import { trueUnixMs } from '../../core/time.ts';
import { deadlineOf } from '../agent/agent-client.ts';
import { EtcdCoordinator } from '../agent/coordinator.ts';
import { agentEntry, shellEntry } from '../agent/entries.ts';
import { FaketimeClock } from '../agent/faketime.ts';
import { networkControl } from '../agent/network-control.ts';
import { NodeClient } from '../agent/node-client.ts';
import { runNs, startTime } from '../agent/real-time.ts';
import { DockerCluster, DockerNode } from './cluster.ts';
import type { Engine } from './engine.ts';
import type { Image } from './images.ts';
import { labelsOf } from './labels.ts';
import type { Place, RunFolders } from './members.ts';
import { etcdPlaces, etcdSpec, nodePlaces, nodeSpec, runFolders } from './members.ts';
import { codeMounts } from './mounts.ts';
import { createNetworks } from './networks.ts';
import type { Pod, RunParts } from './pod.ts';
import { startPod } from './pod.ts';
import { prove } from './probe.ts';
import { sweep } from './sweep.ts';
import type { WorkloadSpec } from './workload.ts';
import { startWorkload } from './workload.ts';

const SERVES_MS = 30_000;
const HEALTH_MS = 500;
const POLL_MS = 25;

/** A workload in its pod. */
interface Running {
  readonly pod: Pod;
  readonly process: ProcessControl;
}

/** Launches, or removes what it had begun and says why it could not. */
export async function launchCluster(
  engine: Engine,
  image: Image,
  spec: ClusterSpec,
  context: LaunchContext,
): Promise<DockerCluster> {
  try {
    return await build(engine, image, spec, context);
  } catch (error) {
    await sweep(engine.docker, context.runId);
    throw error;
  }
}

async function build(
  { docker, rootless, version }: Engine,
  image: Image,
  spec: ClusterSpec,
  context: LaunchContext,
): Promise<DockerCluster> {
  const { runId, folder, signal } = context;
  const folders = await makeFolders(folder, spec.nodes);
  const labels = labelsOf(context);
  const user = containerUser(rootless);
  const probe = prove({ docker, image: image.reference, runId, labels, folder, user, ownerUid: process.getuid?.() });
  // It is awaited further down, and something else may fail before.
  probe.catch(() => undefined);
  const networks = await createNetworks(docker, runId, labels);
  signal.throwIfAborted();

  const generatorFile = realpathSync(context.generator.file);
  const modules = { shell: realpathSync(shellEntry()), agent: realpathSync(agentEntry()) };
  const code = codeMounts([modules.shell, modules.agent, generatorFile]);
  const run: RunParts = {
    docker,
    image: image.reference,
    runId,
    labels,
    networks,
    code,
    agentModule: modules.agent,
    logFolder: folders.logs,
  };
  const etcd = etcdPlaces(spec.coordinatorMembers, networks.dataPrefix);
  const nodes = nodePlaces(spec.nodes, networks.dataPrefix);
  const clocks = new Map(
    nodes.map(({ name }) => [name, new FaketimeClock(join(folders.clocks, name), () => trueNow())]),
  );
  // The clocks are set before any process reads them; the true time is the harness's own until the axis is laid.
  let trueNow = (): number => Date.now();
  await Promise.all([...clocks.values()].map((clock) => clock.set({ offsetMs: 0, frozen: false })));

  const nodeWorkload = ({ name }: Place): WorkloadSpec =>
    nodeSpec({ name, user, shellModule: modules.shell, generatorFile, options: spec.options, etcd, folders, code });
  const [members, minters, versions] = await Promise.all([
    startAll(run, etcd, (place) => etcdSpec(place, etcd, { runId, user })),
    startAll(run, nodes, nodeWorkload),
    probe,
  ]);
  signal.throwIfAborted();

  const { time, origin } = await startTime(() => readClocks(members[0]?.pod as Pod));
  trueNow = () => trueUnixMs(origin, time.now());
  const locate = locator([...etcd, ...nodes]);
  const linksOf = ({ agent }: Pod): NetworkControl =>
    networkControl((order) => agent.send(order, deadlineOf(order)), locate);
  const coordinator = new EtcdCoordinator(
    members.map(({ pod, process }) => ({
      name: pod.name,
      endpoint: `http://127.0.0.1:${pod.publishedPort}`,
      process,
      network: linksOf(pod),
    })),
    versions.etcd,
    time,
  );
  const dockerNodes = minters.map(({ pod, process }) => {
    const client = new NodeClient({ host: '127.0.0.1', port: pod.publishedPort }, (ns) => runNs(origin, ns));
    const clock = clocks.get(pod.name) as FaketimeClock;
    return new DockerNode(pod.name, { process, network: linksOf(pod), clock }, client);
  });
  await Promise.all([
    coordinator.untilServing(SERVES_MS, signal),
    ...dockerNodes.map((node) => untilAnswering(node, folders, time.sleep.bind(time), signal)),
  ]);
  return new DockerCluster({
    time,
    origin,
    nodes: dockerNodes,
    coordinator,
    agents: [...members, ...minters].map(({ pod }) => pod.agent),
    tapFolder: folders.taps,
    versions: {
      docker: version,
      image: image.reference,
      'base image': image.base,
      etcd: versions.etcd,
      'node in the image': versions.node,
    },
    remove: () => sweep(docker, runId),
  });
}

/** Starts pods and workloads, each workload as soon as its pod is up. */
function startAll(
  run: RunParts,
  places: readonly Place[],
  workloadOf: (place: Place) => WorkloadSpec,
): Promise<readonly Running[]> {
  return Promise.all(
    places.map(async (place) => {
      const pod = await startPod(run, place.name, place.address, place.port);
      return { pod, process: await startWorkload(run, pod, workloadOf(place)) };
    }),
  );
}

async function makeFolders(folder: string, nodes: number): Promise<RunFolders> {
  const folders = runFolders(folder);
  const disks = nodePlaces(nodes, '').map(({ name }) => join(folders.disks, name));
  await Promise.all(
    [folders.taps, folders.clocks, folders.logs, ...disks].map((each) => mkdir(each, { recursive: true })),
  );
  return folders;
}

/** Whom workloads run as, so that taps belong to the caller. A rootless engine maps the caller to its user 0. */
function containerUser(rootless: boolean): string {
  if (rootless) return '0:0';
  return `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;
}

function locator(places: readonly Place[]): (peer: string) => Place {
  const byName = new Map(places.map((place) => [place.name, place]));
  return (peer) => {
    const place = byName.get(peer);
    if (place === undefined) throw new RangeError(`there is no member called ${peer}`);
    return place;
  };
}

async function readClocks(pod: Pod): Promise<{ monotonicNs: bigint; realtimeNs: bigint }> {
  const { monotonicNs = '', realtimeNs = '' } = await pod.agent.send({ do: 'clock' });
  return { monotonicNs: BigInt(monotonicNs), realtimeNs: BigInt(realtimeNs) };
}

/** Waits for the first answer of a node; one whose process ended will never answer, and its log says why. */
async function untilAnswering(
  node: DockerNode,
  folders: RunFolders,
  sleep: (ms: number, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const giveUp = performance.now() + SERVES_MS;
  for (;;) {
    try {
      await node.health(HEALTH_MS);
      return;
    } catch (error) {
      const ended = !(await node.process.alive());
      if (ended || performance.now() > giveUp)
        throw environmentLacks(
          `Node ${node.name} ${ended ? 'ended' : `does not answer (${messageOf(error)})`}: ${await lastLines(folders, node.name)}`,
          `See its log, and try the generator with --driver sim.`,
          join(folders.logs, `${node.name}.log`),
        );
    }
    await sleep(POLL_MS, signal);
  }
}

async function lastLines(folders: RunFolders, name: string): Promise<string> {
  const log = await readFile(join(folders.logs, `${name}.log`), 'utf8');
  return log.trim().split('\n').slice(-8).join('\n');
}
