/**
 * What runs in the pods: the command line, environment and mounts of generator nodes and etcd members. Pure.
 */
import { basename, dirname, join } from 'node:path';
import type { ClusterSpec } from '../../core/cluster.ts';
import { optionsOf } from '../../core/cluster.ts';
import { DEFAULT_COORDINATOR } from '../../core/coordinator-kind.ts';
import { coordinatorMembersOf, membersBeside } from '../../core/coordinators.ts';
import { restoreFile } from '../agent/coordinator.ts';
import { COORDINATOR_ACCESS, coordinatorVariables } from '../agent/coordinators.ts';
import { ETCD_ENVIRONMENT, ETCD_PORT, type EtcdPrograms, etcdCommand } from '../agent/etcd-arguments.ts';
import { namedEtcd, restorerOf } from '../agent/etcd-program.ts';
import { delayFileIn, type SlowSync } from '../agent/disks/slow-sync.ts';
import type { ClockBackend, ClockTools } from '../agent/clocks/clock-backend.ts';
import type { Program } from '../agent/clocks/program.ts';
import { placeVariables } from '../agent/place-variables.ts';
import { RESTORER } from './images.ts';
import type { Mount } from './mounts.ts';
import { mount } from './mounts.ts';
import { memberAddress, nodeAddress } from './networks.ts';
import type { WorkloadSpec } from './workload.ts';

export const NODE_PORT = 8080;

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

export function nodePlaces(count: number, dataPrefix: string): readonly Place[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `n${index + 1}`,
    address: nodeAddress(dataPrefix, index),
    port: NODE_PORT,
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
}

export function runFolders(folder: string): RunFolders {
  return {
    taps: join(folder, 'taps'),
    clocks: join(folder, 'clocks'),
    disks: join(folder, 'disks'),
    logs: join(folder, 'logs'),
    snapshots: join(folder, 'snapshots'),
  };
}

/** Where containers see them. */
const INSIDE = {
  taps: '/snowglobe/taps',
  clocks: '/snowglobe/clocks',
  disk: '/snowglobe/disk',
  snapshots: '/snowglobe/snapshots',
  etcd: '/snowglobe/etcd',
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
  readonly environment: Record<string, string>;
  readonly mounts: readonly Mount[];
} {
  // The folder of the clocks, never one clock's file: a mounted file is not replaced when it is renamed over.
  const { prefix, environment } = backend.wrap(tools.get(backend.name) as string, `${INSIDE.clocks}/${name}`);
  return {
    prefix,
    environment: { ...environment, SNOWGLOBE_TAPS: INSIDE.taps },
    mounts: [mount(folders.taps, 'read-write', INSIDE.taps), mount(folders.clocks, 'read-only', INSIDE.clocks)],
  };
}

export function nodeSpec(node: {
  readonly name: string;
  readonly user: string;
  readonly shellModule: string;
  readonly generatorFile: string;
  readonly index: number;
  readonly spec: ClusterSpec;
  readonly coordinator: readonly Place[];
  readonly folders: RunFolders;
  readonly code: readonly Mount[];
  readonly clock: ClockChoice;
}): WorkloadSpec {
  const { prefix, environment, mounts } = nodeSurroundings(node.name, node.folders, node.clock);
  return {
    // The prefix stands after the shell that redirects the output: nothing is preloaded into that.
    command: [...prefix, 'node', node.shellModule],
    environment: {
      ...environment,
      SNOWGLOBE_NODE: node.name,
      ...placeVariables(node.spec, node.name, node.index),
      SNOWGLOBE_DISK: INSIDE.disk,
      SNOWGLOBE_GENERATOR: node.generatorFile,
      SNOWGLOBE_OPTIONS: JSON.stringify(optionsOf(node.spec, node.name)),
      ...coordinatorVariables(
        node.spec,
        node.coordinator.filter(({ name }) => membersBeside(node.spec, node.name).includes(name)),
      ),
      SNOWGLOBE_LISTEN: `tcp:0.0.0.0:${NODE_PORT}`,
    },
    user: node.user,
    mounts: [...node.code, ...mounts, mount(join(node.folders.disks, node.name), 'read-write', INSIDE.disk)],
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
