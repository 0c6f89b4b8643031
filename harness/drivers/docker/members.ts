/**
 * What runs in the pods: the command line, environment and mounts of generator nodes and etcd members. Pure.
 */
import { basename, dirname, join } from 'node:path';
import type { ClusterSpec } from '../../core/cluster.ts';
import { optionsOf } from '../../core/cluster.ts';
import { fillIn, type Places as TemplatePlaces } from '../../core/template.ts';
import { DEFAULT_COORDINATOR } from '../../core/coordinator-kind.ts';
import { coordinatorMembersOf, membersBeside } from '../../core/coordinators.ts';
import { restoreFile } from '../agent/coordinator.ts';
import { COORDINATOR_ACCESS, coordinatorVariables } from '../agent/coordinators.ts';
import { ETCD_ENVIRONMENT, ETCD_PORT, type EtcdPrograms, etcdCommand } from '../agent/etcd-arguments.ts';
import { namedEtcd, restorerOf } from '../agent/etcd-program.ts';
import { delayFileIn, type SlowSync } from '../agent/disks/slow-sync.ts';
import type { ClockBackend, ClockTools } from '../agent/clocks/clock-backend.ts';
import type { Program } from '../agent/clocks/program.ts';
import { CLOCK_PREFIX_VARIABLE, clockWords } from '../agent/node-command.ts';
import { placeVariables } from '../agent/place-variables.ts';
import { RESTORER } from './images.ts';
import type { Mount } from './mounts.ts';
import { mount } from './mounts.ts';
import { memberAddress, nodeAddress } from './networks.ts';
import type { ImageInPod, NodeParts } from './node-parts.ts';
import type { WorkloadSpec } from './workload.ts';

export const NODE_PORT = 8080;
/** Where a recorder serves: services like to listen at 8080, and share its network. */
export const RECORDER_PORT = 5107;

/** What every node of an image is. The engine is taken to run programs of this machine's kind. */
export const NODE_IN_IMAGE: Program = {
  name: 'node',
  linkage: 'glibc',
  isGo: false,
  isX64: process.arch === 'x64',
};

/** A member by its name and its address on the data network. */
export interface Place {
  readonly name: string;
  readonly address: string;
  readonly port: number;
}

export function nodePlaces(count: number, dataPrefix: string, port = NODE_PORT): readonly Place[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `n${index + 1}`,
    address: nodeAddress(dataPrefix, index),
    port,
  }));
}

export function coordinatorPlaces(
  cluster: Pick<ClusterSpec, 'coordinator' | 'coordinatorMembers' | 'coordinatorPerRegion' | 'zones'>,
  dataPrefix: string,
): readonly Place[] {
  const { port } = COORDINATOR_ACCESS[cluster.coordinator ?? DEFAULT_COORDINATOR];
  return coordinatorMembersOf(cluster).map((name, index) => ({
    name,
    address: memberAddress(dataPrefix, index),
    port,
  }));
}

/** The folders of a run that its containers see. */
export interface RunFolders {
  readonly taps: string;
  readonly clocks: string;
  readonly disks: string;
  readonly logs: string;
  readonly snapshots: string;
  /** Tools for images that have none. */
  readonly tools: string;
}

export function runFolders(folder: string): RunFolders {
  return {
    taps: join(folder, 'taps'),
    clocks: join(folder, 'clocks'),
    disks: join(folder, 'disks'),
    logs: join(folder, 'logs'),
    snapshots: join(folder, 'snapshots'),
    tools: join(folder, 'tools'),
  };
}

/** Where containers see them. */
const INSIDE = {
  taps: '/snowglobe/taps',
  clocks: '/snowglobe/clocks',
  disk: '/snowglobe/disk',
  snapshots: '/snowglobe/snapshots',
  etcd: '/snowglobe/etcd',
  tools: '/snowglobe/tools',
} as const;

/** What skews the clocks of a run, and where the tools are in its image. */
export interface ClockChoice {
  readonly backend: ClockBackend;
  readonly tools: ClockTools;
}

/** The parts of a node's container that make its clock and its tap work: the same for the probe that proves them. */
export function nodeSurroundings(
  name: string,
  folders: { readonly taps: string; readonly clocks: string },
  { backend, tools }: ClockChoice,
): {
  readonly prefix: readonly string[];
  /** For what it starts by itself. */
  readonly words: readonly string[];
  readonly environment: Record<string, string>;
  readonly mounts: readonly Mount[];
} {
  // The folder of the clocks, never one clock's file: a mounted file is not replaced when it is renamed over.
  const wrapping = backend.wrap(tools.get(backend.name) as string, clockFileInside(name));
  const { prefix, environment } = wrapping;
  return {
    prefix,
    words: clockWords(wrapping),
    environment: { ...environment, SNOWGLOBE_TAPS: INSIDE.taps },
    mounts: [mount(folders.taps, 'read-write', INSIDE.taps), mount(folders.clocks, 'read-only', INSIDE.clocks)],
  };
}

/** The file of a node's clock, as its processes have it. */
export const clockFileInside = (name: string): string => `${INSIDE.clocks}/${name}`;

/** What a node's containers are made of. */
export interface NodeRun {
  readonly name: string;
  readonly user: string;
  readonly index: number;
  readonly spec: ClusterSpec;
  readonly coordinator: readonly Place[];
  readonly folders: RunFolders;
  readonly clock: ClockChoice;
  readonly parts: Pick<NodeParts, 'command' | 'folders' | 'port' | 'inPod'>;
}

export function nodeSpec(node: NodeRun): WorkloadSpec {
  const { parts } = node;
  const variables = variablesOf(node);
  if (parts.inPod?.isNode === true) return imageSpec(node, parts.inPod, variables, ['taps']);
  const { prefix, words, environment, mounts } = nodeSurroundings(node.name, node.folders, node.clock);
  const { command, environment: own, folder } = parts.command(placesOf(node));
  return {
    // The prefix stands after the shell that redirects the output: nothing is preloaded into that.
    command: [...prefix, ...command],
    environment: { ...environment, ...variables, ...own, [CLOCK_PREFIX_VARIABLE]: JSON.stringify(words) },
    user: node.user,
    ...(folder !== undefined && { folder }),
    mounts: [
      ...parts.folders.map((each) => mount(each, 'read-only')),
      ...mounts,
      mount(join(node.folders.disks, node.name), 'read-write', INSIDE.disk),
    ],
    ...(parts.inPod !== undefined && { beside: imageSpec(node, parts.inPod, {}, []) }),
  };
}

/** By which a node is told its part (generators/PROTOCOL.md). */
function variablesOf(node: NodeRun): Record<string, string> {
  return {
    SNOWGLOBE_NODE: node.name,
    ...placeVariables(node.spec, node.name, node.index),
    SNOWGLOBE_TAPS: INSIDE.taps,
    SNOWGLOBE_DISK: INSIDE.disk,
    SNOWGLOBE_OPTIONS: JSON.stringify(optionsOf(node.spec, node.name)),
    ...coordinatorOf(node),
    SNOWGLOBE_LISTEN: `tcp:0.0.0.0:${node.parts.port}`,
  };
}

function coordinatorOf({ name, spec, coordinator }: NodeRun): Readonly<Record<string, string>> {
  const beside = coordinator.filter((member) => membersBeside(spec, name).includes(member.name));
  return coordinatorVariables(spec, beside);
}

/** What the templates of a node stand for. A service is to be found by its recorder alone, a node by everybody. */
function placesOf(node: NodeRun): TemplatePlaces {
  const { inPod, port } = node.parts;
  const listensAt = inPod?.isNode === false ? { host: '127.0.0.1', port: inPod.port } : { host: '0.0.0.0', port };
  const etcd = coordinatorOf(node)['SNOWGLOBE_ETCD']?.split(',') ?? [];
  const options = optionsOf(node.spec, node.name);
  return { node: node.name, index: node.index, ...listensAt, etcd, disk: INSIDE.disk, options };
}

/** An image of the user's: its own user and folder, its own environment but for what is added. */
function imageSpec(
  node: NodeRun,
  { image, command, environment }: ImageInPod,
  variables: Readonly<Record<string, string>>,
  sees: readonly 'taps'[],
): WorkloadSpec {
  const { backend, tools } = node.clock;
  const tool = tools.get(backend.name);
  const {
    preload,
    launcher = [],
    environment: clock,
  } = backend.wrap(tool === undefined ? '' : `${INSIDE.tools}/${basename(tool)}`, clockFileInside(node.name));
  const places = placesOf(node);
  const filled = Object.entries(environment).map(([name, text]) => [name, fillIn(text, places)] as const);
  return {
    image: image.reference,
    command: [...launcher, ...image.words, ...command.map((word) => fillIn(word, places))],
    environment: {
      ...clock,
      ...(preload !== undefined && { LD_PRELOAD: preload }),
      ...variables,
      ...Object.fromEntries(filled),
    },
    mounts: [
      ...sees.map((folder) => mount(node.folders[folder], 'read-write', INSIDE[folder])),
      mount(join(node.folders.disks, node.name), 'read-write', INSIDE.disk),
      mount(node.folders.clocks, 'read-only', INSIDE.clocks),
      mount(node.folders.tools, 'read-only', INSIDE.tools),
    ],
  };
}

/** What the members of a run's coordinator share. */
export interface MemberRun {
  readonly runId: string;
  readonly user: string;
  readonly snapshots: string;
  /** The launcher by which their disks are slowed, where the run slows them. */
  readonly slowSync: string | undefined;
}

/** The disk of a member, where the run slows it. The file is in the folder of snapshots, which all members see. */
export const slowSyncOf = ({ slowSync }: MemberRun): SlowSync | undefined =>
  slowSync === undefined ? undefined : { launcher: slowSync, delayFile: delayFileIn(INSIDE.snapshots) };

/** The folder of snapshots, as members see it. */
export const snapshotsMount = ({ snapshots }: MemberRun): Mount => mount(snapshots, 'read-write', INSIDE.snapshots);

export function etcdSpec(member: Place, members: readonly Place[], run: MemberRun): WorkloadSpec {
  const own = {
    runId: run.runId,
    // In the container's own layer: it survives a kill and a start, and goes with the container.
    dataFolder: '/tmp/etcd',
    listenOn: `http://0.0.0.0:${ETCD_PORT}`,
    restoreFrom: `${INSIDE.snapshots}/${restoreFile(member.name)}`,
    slowSync: slowSyncOf(run),
  };
  const { programs, mounts } = etcdPrograms();
  return {
    command: etcdCommand(programs, member, members, own),
    environment: ETCD_ENVIRONMENT,
    user: run.user,
    mounts: [...mounts, snapshotsMount(run)],
  };
}

/** Those of the image, or those that the user named, from the folder in which they lie. */
function etcdPrograms(): { readonly programs: EtcdPrograms; readonly mounts: readonly Mount[] } {
  const named = namedEtcd();
  if (named === undefined) return { programs: { etcd: 'etcd', restorer: RESTORER }, mounts: [] };
  const inside = (file: string): string => `${INSIDE.etcd}/${basename(file)}`;
  const restorer = restorerOf(named);
  return {
    programs: { etcd: inside(named), restorer: restorer && inside(restorer) },
    mounts: [mount(dirname(named), 'read-only', INSIDE.etcd)],
  };
}
