/**
 * Launches a local cluster: a sandbox, pods in it, the coordinator, then the nodes.
 */
import { mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterSpec, Member } from '../../core/cluster.ts';
import { coordinatorKindOf, DEFAULT_COORDINATOR } from '../../core/coordinator-kind.ts';
import { membersBeside } from '../../core/coordinators.ts';
import type { LaunchContext } from '../../core/driver.ts';
import { badInput, EXIT, environmentLacks, messageOf, SnowglobeError } from '../../core/errors.ts';
import { idBitsOf } from '../../core/layout.ts';
import type { Places } from '../../core/template.ts';
import { NS_PER_MS, trueUnixMs, type Time } from '../../core/time.ts';
import type { SendOrder } from '../agent/agent-client.ts';
import { AgentCluster, AgentNode } from '../agent/agent-cluster.ts';
import { connectAll } from '../agent/coordinators.ts';
import { chooseClock, skewsClocks } from '../agent/clocks/choose-clock.ts';
import { clockProofBy, refuseUnskewed } from '../agent/clocks/clock-of-minters.ts';
import type { ClockBackend } from '../agent/clocks/clock-backend.ts';
import { type Program, programAt } from '../agent/clocks/program.ts';
import { delayFileIn } from '../agent/disks/slow-sync.ts';
import { etcdVersion, NO_ETCD, restorerOf } from '../agent/etcd-program.ts';
import { locator, networkControl } from '../agent/network-control.ts';
import { endInWords, generatorFault, lastWords } from '../agent/last-words.ts';
import { NodeClient } from '../agent/node-client.ts';
import { readClocks, runNs, startTime } from '../agent/real-time.ts';
import { nodeCommand, type NodeCommand, startsWithinMs } from '../agent/node-command.ts';
import { shellEntry } from '../agent/shell-entry.ts';
import {
  allOf,
  clockFile,
  diskFolder,
  logFile,
  NODE_PORT,
  nodeWorkload,
  onLoopback,
  placesOf,
  type Place,
  type Surroundings,
} from './members.ts';
import { proveClockIn } from './clock-proof.ts';
import { NO_POSTGRES_ON_TCP, sharedPortProblem } from './chosen-links.ts';
import { MEMBER_WORKLOADS } from './coordinators.ts';
import { findClockTools, findEtcd, SEARCH_PATH } from './programs.ts';
import { processControl } from './process-control.ts';
import { prove } from './proof.ts';
import { programVersions } from './readiness.ts';
import { Sandbox } from './sandbox.ts';
import { PLAIN } from './sandbox-protocol.ts';
import { tcpNetworkControl } from './tcp-network-control.ts';
import { beginTraces, recordSandbox, removeTraces } from './traces.ts';

/** On an idle machine etcd takes 0.5–2.5 s (its first election), nodes 0.5 s. */
const ETCD_SERVES_MS = 30_000;
const NODE_SERVES_MS = 20_000;
const HEALTH_MS = 500;
const POLL_MS = 20;
const LOG_TAIL_LINES = 5;
/** For the record: a run that says nothing of its links had network namespaces. */
const TCP_LINKS = 'TCP links in user space, on the loopback; no network namespaces';

/** Launches, or takes down what it had begun and says why it could not. */
export async function launch(spec: ClusterSpec, context: LaunchContext): Promise<AgentCluster> {
  const { mode, refusal, skews } = await prove();
  if (mode === undefined)
    throw environmentLacks(`Namespaces cannot be made here: ${refusal}.`, 'Run `snowglobe doctor` to see what to do.');
  if (mode === PLAIN && spec.coordinator === 'postgres')
    throw new SnowglobeError(EXIT.environment, [NO_POSTGRES_ON_TCP]);
  const shared = mode === PLAIN ? sharedPortProblem(context.generator.generator.node, spec.nodes) : undefined;
  if (shared !== undefined) throw new SnowglobeError(EXIT.environment, [shared]);
  const { tools, slowSync } = await findClockTools(skews);
  const shell = shellEntry();
  const commandIn = (places?: Places): NodeCommand =>
    nodeCommand(context.generator, {
      node: process.execPath,
      shell,
      generatorFile: context.generator.file === '' ? '' : realpathSync(context.generator.file),
      ...(places !== undefined && { places }),
    });
  const programs = commandIn().programs.map(programOrRefusal);
  const backend = chooseClock(programs, context.needs ?? new Set(), tools, spec.clockTool);
  const tool = tools.get(backend.name) as string;
  const around = makeFolders(
    spec,
    context,
    (settingFile) => backend.wrap(tool, settingFile),
    commandIn,
    context.needs?.has('coordinator.slow-disk') === true ? slowSync : undefined,
  );
  const traces = beginTraces(context.runId, context.owner, [around.memberData]);
  let sandbox: Sandbox | undefined;
  try {
    sandbox = await Sandbox.start(context.runId, mode, join(around.logs, 'supervisor.log'));
    recordSandbox(traces, sandbox.pid);
    return await fill(sandbox, spec, context, around, traces.sockets, backend);
  } catch (error) {
    await sandbox?.[Symbol.asyncDispose]();
    await removeTraces(context.runId);
    context.signal.throwIfAborted();
    if (error instanceof SnowglobeError) throw error;
    throw environmentLacks(`The local cluster did not come up: ${messageOf(error)}`, `Its logs are in ${around.logs}.`);
  }
}

/** What a program is; refuses (exit 2) what no kernel of this machine runs. */
function programOrRefusal(path: string): Program {
  try {
    return programAt(path);
  } catch (error) {
    throw badInput(`cannot be run: ${messageOf(error)}.`, 'Give a program of 64-bit Linux, or a script of one.', path);
  }
}

/** Starts everything in a sandbox that is still empty. */
async function fill(
  sandbox: Sandbox,
  spec: ClusterSpec,
  { runId, signal, generator, needs = new Set() }: LaunchContext,
  around: Surroundings,
  sockets: string,
  backend: ClockBackend,
): Promise<AgentCluster> {
  const planned = placesOf(spec, sockets);
  const kind = spec.coordinator ?? DEFAULT_COORDINATOR;
  const idBits = idBitsOf(generator.generator.layout);
  const block = await sandbox.build(
    allOf(planned).map(({ name, address, serves = [] }) => ({ name, address, serves })),
  );
  signal.throwIfAborted();

  const places = block === undefined ? planned : onLoopback(planned, block);
  const all = allOf(places);
  const agentOf =
    ({ name }: Pick<Place, 'name'>): SendOrder =>
    (order) =>
      sandbox.agent(name, order);
  const control = (place: Place, workload: Parameters<typeof processControl>[1]): Member => {
    const locate = locator(all.map((each) => ({ ...each, address: each.addressFor(place.name) })));
    const network = networkControl(agentOf(place), locate, (name) => agentOf({ name }));
    return {
      name: place.name,
      process: processControl(sandbox, workload),
      network: block === undefined ? network : tcpNetworkControl(sandbox, place.name, network),
    };
  };
  const members = places.members.map((place) => {
    const beside = places.members.filter(({ name }) => membersBeside(spec, place.name).includes(name));
    return control(place, MEMBER_WORKLOADS[kind](place, beside, around));
  });
  await Promise.all(members.map((member) => member.process.start()));
  await Promise.all(
    places.members.map(({ name, addressFor, port, socket }) =>
      sandbox.agent(name, { do: 'forward', socket, address: addressFor(name), port }),
    ),
  );

  const agents = all.map(agentOf);
  const { time, origin } = await startTime(() => readClocks(agents[0] as SendOrder));
  const etcd = etcdOf(spec);
  const versions = { ...programVersions(), ...(etcd !== undefined && { etcd: etcdVersion(etcd) }) };
  const { coordinator, regional } = connectAll(
    spec,
    members.map((member, index) => ({ ...member, endpoint: `unix:${(places.members[index] as Place).socket}` })),
    {
      etcdVersion: versions.etcd ?? '',
      time,
      snapshots: around.snapshots,
      delayFile: around.slowSync?.delayFile,
    },
  );
  try {
    await Promise.all([
      coordinator.untilServing(ETCD_SERVES_MS, signal),
      proveClockIn(sandbox, (places.nodes[0] as Place).name, backend, needs, around),
    ]);
    const nodes = await Promise.all(
      places.nodes.map(async (place) => {
        const clock = backend.control(clockFile(place, around), () => trueUnixMs(origin, time.now()));
        const client = new NodeClient(
          { socketPath: place.socket },
          (monotonicNs) => runNs(origin, monotonicNs),
          idBits,
        );
        const member = control(place, nodeWorkload(place, places, spec, around));
        const minting = {
          workload: sandbox.labelOf(place.name),
          clock: { backend: backend.name, settingFile: clockFile(place, around) },
        };
        const node = new AgentNode(
          member,
          clock,
          client,
          async () => lastWords(endInWords(await sandbox.endOf(place.name)), logFile(place, around)),
          around.nodeCommand().mintsElsewhere === true ? clockProofBy(agentOf(place), minting) : undefined,
        );
        await node.process.start();
        if (around.nodeCommand().tcpOnly === true)
          await sandbox.agent(place.name, {
            do: 'forward',
            socket: place.socket,
            address: place.addressFor(place.name),
            port: NODE_PORT,
          });
        return node;
      }),
    );
    const servesMs = NODE_SERVES_MS + startsWithinMs(generator.generator.node);
    const until = time.now() + servesMs * NS_PER_MS;
    await Promise.all(
      nodes.map((node, index) =>
        untilItServes(node, until, time, signal, logFile(places.nodes[index] as Place, around), around.generator),
      ),
    );
    if (skewsClocks(needs)) await refuseUnskewed(nodes);
    return new AgentCluster({
      driver: 'local',
      time,
      origin,
      nodes,
      coordinator,
      ...(regional !== undefined && { regional }),
      agents,
      ...(block !== undefined && { healLinks: () => sandbox.link({ do: 'heal' }) }),
      tapFolder: around.taps,
      zones: spec.zones ?? {},
      versions: { ...versions, ...(block !== undefined && { links: TCP_LINKS }) },
      remove: async () => {
        await sandbox[Symbol.asyncDispose]();
        await removeTraces(runId);
      },
    });
  } catch (error) {
    coordinator.close();
    throw error;
  }
}

/** Waits for a node's first word; a node that has ended will not speak, and its log says why. */
async function untilItServes(
  node: AgentNode,
  until: number,
  time: Time,
  signal: AbortSignal,
  log: string,
  generator: string,
): Promise<void> {
  for (;;) {
    const why = await node.health(HEALTH_MS).then(() => undefined, messageOf);
    if (why === undefined) return;
    if (!(await node.process.alive()))
      throw (
        generatorFault(readFileSync(log, 'utf8'), generator) ??
        new Error(`${node.name} ended as it began: ${tail(log)}`)
      );
    if (time.now() > until) throw new Error(`${node.name} does not answer (${why}): ${tail(log)}`);
    await time.sleep(POLL_MS, signal);
  }
}

function makeFolders(
  spec: ClusterSpec,
  { folder, runId, generator }: LaunchContext,
  wrap: Surroundings['wrap'],
  nodeCommand: Surroundings['nodeCommand'],
  slowSync: string | undefined,
): Surroundings {
  const root = mkRealFolder(folder);
  for (const hidden of ['/run/', '/dev/shm/'])
    if (root.startsWith(hidden))
      throw environmentLacks(
        `${folder} lies in ${hidden}, which the sandbox of the local driver covers.`,
        'Run in another folder.',
      );
  const etcd = etcdOf(spec);
  const below = (name: string): string => mkRealFolder(join(root, name));
  const snapshots = below('snapshots');
  const around: Surroundings = {
    runId,
    taps: below('taps'),
    clocks: below('clocks'),
    disks: below('disks'),
    memberData: below('members'),
    snapshots,
    logs: below('logs'),
    path: SEARCH_PATH,
    wrap,
    slowSync: slowSync === undefined ? undefined : { launcher: slowSync, delayFile: delayFileIn(snapshots) },
    programs: etcd === undefined ? undefined : { etcd: realpathSync(etcd), restorer: restorerOf(etcd) },
    nodeCommand,
    generator: generator.file === '' ? generator.generator.name : generator.file,
  };
  for (const node of placesOf(spec, '').nodes) mkRealFolder(diskFolder(node, around));
  return around;
}

/** The program, where it is the coordinator. */
function etcdOf(spec: ClusterSpec): string | undefined {
  if (coordinatorKindOf(spec) !== 'etcd') return undefined;
  const etcd = findEtcd();
  if (etcd === undefined) throw new SnowglobeError(EXIT.environment, [NO_ETCD]);
  return etcd;
}

function mkRealFolder(path: string): string {
  mkdirSync(path, { recursive: true });
  return realpathSync(path);
}

function tail(log: string): string {
  return readFileSync(log, 'utf8').trim().split('\n').slice(-LOG_TAIL_LINES).join('\n');
}
