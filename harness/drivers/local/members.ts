/**
 * What runs in the pods: names, addresses, command lines and environments of nodes and etcd members. Pure.
 */
import { join } from 'node:path';
import type { ClusterSpec } from '../../core/cluster.ts';
import { optionsOf } from '../../core/cluster.ts';
import { DEFAULT_COORDINATOR } from '../../core/coordinator-kind.ts';
import { coordinatorMembersOf, membersBeside } from '../../core/coordinators.ts';
import type { Places as TemplatePlaces } from '../../core/template.ts';
import { CLOCK_PREFIX_VARIABLE, clockWords, HOST_VARIABLE, type NodeCommand } from '../agent/node-command.ts';
import { placeVariables } from '../agent/place-variables.ts';
import { restoreFile } from '../agent/coordinator.ts';
import { COORDINATOR_ACCESS, coordinatorVariables } from '../agent/coordinators.ts';
import { ETCD_ENVIRONMENT, type EtcdPrograms, etcdCommand, etcdUrl } from '../agent/etcd-arguments.ts';
import type { Wrapping } from '../agent/clocks/clock-backend.ts';
import type { SlowSync } from '../agent/disks/slow-sync.ts';
import { loopbackAddress, SOCKS_PORT } from './loopback.ts';
import type { PodSpec, WorkloadSpec } from './sandbox-protocol.ts';

/** Nothing listens there: a node serves on a UNIX socket. A refusal shows just as well that the link is whole. */
const NODE_PROBE_PORT = 1;
/** Where a node listens that serves on TCP only; its agent brings it to the node's socket. */
export const NODE_PORT = 8080;

/** A node or etcd member, its pod, and how it is reached. */
export interface Place extends PodSpec {
  /** The TCP port by which other pods probe it. */
  readonly port: number;
  /** The UNIX socket by which the harness reaches it: no fault of the network cuts that. */
  readonly socket: string;
  /** The address at which a member finds it; for itself, that at which it listens. */
  readonly addressFor: (member: string) => string;
  /** The proxy over which it has to call others; without one it calls them directly. */
  readonly proxy?: string;
}

export interface Places {
  readonly nodes: readonly Place[];
  readonly members: readonly Place[];
}

/** Files and folders that processes of a run share. */
export interface Surroundings {
  readonly runId: string;
  readonly taps: string;
  readonly clocks: string;
  readonly disks: string;
  /** Where members keep their data. */
  readonly memberData: string;
  readonly logs: string;
  readonly path: string;
  readonly snapshots: string;
  /** Undefined where etcd is not the coordinator. */
  readonly programs: EtcdPrograms | undefined;
  /** The disk of all coordinator members, where the run slows it. */
  readonly slowSync: SlowSync | undefined;
  /** How a process is started under the clock of a setting's file. */
  readonly wrap: (settingFile: string) => Wrapping;
  /** How the process of a node is started: by what its generator is. */
  readonly nodeCommand: (places?: TemplatePlaces) => NodeCommand;
  /** The generator, for messages. */
  readonly generator: string;
}

export function placesOf(spec: ClusterSpec, sockets: string): Places {
  const place = (name: string, address: string, port: number): Place => ({
    name,
    address,
    port,
    socket: join(sockets, `${name}.sock`),
    addressFor: () => address,
  });
  return {
    nodes: numbers(spec.nodes).map((k) => place(`n${k}`, `198.18.1.${k}`, NODE_PROBE_PORT)),
    members: coordinatorMembersOf(spec).map((name, index) => {
      const { port } = COORDINATOR_ACCESS[spec.coordinator ?? DEFAULT_COORDINATOR];
      return { ...place(name, `198.18.2.${index + 1}`, port), serves: [port] };
    }),
  };
}

/** Everybody, in the order in which their pods are made. */
export const allOf = ({ nodes, members }: Places): readonly Place[] => [...members, ...nodes];

/** The same places where there are no namespaces, but a block of loopback addresses. */
export function onLoopback(places: Places, block: number): Places {
  const names = allOf(places).map(({ name }) => name);
  const number = (name: string): number => names.indexOf(name) + 1;
  const moved = (place: Place): Place => {
    const addressFor = (member: string): string => loopbackAddress(block, number(member), number(place.name));
    return { ...place, addressFor, proxy: `socks5://${addressFor(place.name)}:${SOCKS_PORT}` };
  };
  return { nodes: places.nodes.map(moved), members: places.members.map(moved) };
}

/** A node, under a clock of its own. */
export function nodeWorkload(
  node: Place,
  { nodes, members }: Places,
  spec: ClusterSpec,
  around: Surroundings,
): WorkloadSpec {
  const wrapping = around.wrap(clockFile(node, around));
  const options = optionsOf(spec, node.name);
  const index = nodes.indexOf(node);
  const beside = members
    .filter(({ name }) => membersBeside(spec, node.name).includes(name))
    .map(({ name, addressFor }) => ({ name, address: addressFor(node.name) }));
  const coordinator = coordinatorVariables(spec, beside);
  const disk = diskFolder(node, around);
  const listensAt = { host: node.addressFor(node.name), port: NODE_PORT };
  const etcd = coordinator['SNOWGLOBE_ETCD']?.split(',') ?? [];
  const started = around.nodeCommand({ node: node.name, index, ...listensAt, etcd, disk, options });
  return {
    name: node.name,
    command: [...wrapping.prefix, ...started.command],
    environment: {
      PATH: around.path,
      ...(process.env['HOME'] !== undefined && { HOME: process.env['HOME'] }),
      ...wrapping.environment,
      ...started.environment,
      [CLOCK_PREFIX_VARIABLE]: JSON.stringify(clockWords(wrapping)),
      ...(node.proxy !== undefined && { [HOST_VARIABLE]: listensAt.host }),
      SNOWGLOBE_NODE: node.name,
      ...placeVariables(spec, node.name, index),
      SNOWGLOBE_TAPS: around.taps,
      SNOWGLOBE_DISK: disk,
      SNOWGLOBE_OPTIONS: JSON.stringify(options),
      ...coordinator,
      SNOWGLOBE_LISTEN: started.tcpOnly === true ? `tcp:${listensAt.host}:${listensAt.port}` : `unix:${node.socket}`,
    },
    ...(started.folder !== undefined && { folder: started.folder }),
    log: logFile(node, around),
  };
}

/** An etcd member, with all `members` of its coordinator. Started again, it finds its data and takes up where it was. */
export function etcdWorkload(member: Place, members: readonly Place[], around: Surroundings): WorkloadSpec {
  const listensAt = member.addressFor(member.name);
  const own = {
    runId: around.runId,
    dataFolder: join(around.memberData, member.name),
    listenOn: etcdUrl({ ...member, address: listensAt }),
    listenForPeersAt: listensAt,
    restoreFrom: join(around.snapshots, restoreFile(member.name)),
    slowSync: around.slowSync,
  };
  const logging = ['--logger', 'zap', '--log-outputs', 'stderr'];
  return {
    name: member.name,
    command: etcdCommand(around.programs as EtcdPrograms, member, members, own, logging),
    environment: {
      PATH: around.path,
      ...ETCD_ENVIRONMENT,
      // etcd takes it for its peers, and for no loopback address: so the addresses of peers are others.
      ...(member.proxy !== undefined && { HTTP_PROXY: member.proxy }),
    },
    log: logFile(member, around),
  };
}

export const clockFile = (node: Place, { clocks }: Surroundings): string => join(clocks, node.name);
export const diskFolder = (node: Place, { disks }: Surroundings): string => join(disks, node.name);
export const logFile = (place: Place, { logs }: Surroundings): string => join(logs, `${place.name}.log`);

/** 1 … count. */
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
