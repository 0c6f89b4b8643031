/**
 * How the members of a run's etcd are started, whatever they run in: the coordinator must be the same one everywhere, or
 * its leases would end at other times.
 */
import { onDisk, type SlowSync } from './disks/slow-sync.ts';

/** The port for clients. */
export const ETCD_PORT = 2379;
const PEER_PORT = 2380;

/** A member on the network that nodes and members share. */
interface EtcdPlace {
  readonly name: string;
  readonly address: string;
}

/** etcd 3.4 refuses to run on ARM unless told that we know; on other machines it only warns of the variable. */
export const ETCD_ENVIRONMENT = { ETCD_UNSUPPORTED_ARCH: 'arm64' } as const;

/** Where clients on that network find a member. */
export const etcdUrl = ({ address }: EtcdPlace): string => `http://${address}:${ETCD_PORT}`;

/** What a member of a run has to itself. */
interface EtcdOwn {
  /** Its disk, where that is to be slowed. */
  readonly slowSync?: SlowSync | undefined;
  readonly runId: string;
  /** Must survive a kill and a start. */
  readonly dataFolder: string;
  readonly listenOn: string;
  /** Where its peers come in, if not at its address. */
  readonly listenForPeersAt?: string;
  /** A snapshot in this file takes the place of its data at the next start, and is removed. */
  readonly restoreFrom: string;
}

/** etcd, and the program that makes a data folder of a snapshot; undefined: there is none. */
export interface EtcdPrograms {
  readonly etcd: string;
  readonly restorer: string | undefined;
}

/**
 * Prepared beside the data folder and put in its place by a rename: killed at any moment, the next start finds the
 * snapshot still there and does it again.
 */
const RESTORE_AND_RUN = `
set -e
file=$1 data=$2 restorer=$3; shift 3
flags=; for each; do [ "$each" = -- ] && break; flags="$flags $each"; shift; done; shift
if [ -e "$file" ]; then
  rm -rf "$data.new"
  ETCDCTL_API=3 "$restorer" snapshot restore "$file" --data-dir "$data.new" $flags
  rm -rf "$data"
  mv "$data.new" "$data"
  rm "$file"
fi
exec "$@"
`;

/** The command of one member. */
export function etcdCommand(
  { etcd, restorer }: EtcdPrograms,
  member: EtcdPlace,
  members: readonly EtcdPlace[],
  own: EtcdOwn,
  more: readonly string[] = [],
): readonly string[] {
  const run = onDisk(own.slowSync, [etcd, ...etcdArguments(member, members, own), ...more]);
  if (restorer === undefined) return run;
  const restore = [
    ...['--name', member.name, '--initial-advertise-peer-urls', peerUrl(member)],
    ...['--initial-cluster', clusterOf(members), '--initial-cluster-token', own.runId],
  ];
  return ['sh', '-c', RESTORE_AND_RUN, 'etcd', own.restoreFrom, own.dataFolder, restorer, ...restore, '--', ...run];
}

/** The command line of one member, without the program. */
function etcdArguments(member: EtcdPlace, members: readonly EtcdPlace[], own: EtcdOwn): readonly string[] {
  const flags = {
    name: member.name,
    'data-dir': own.dataFolder,
    'listen-peer-urls': peerUrl({ ...member, address: own.listenForPeersAt ?? member.address }),
    'initial-advertise-peer-urls': peerUrl(member),
    'listen-client-urls': own.listenOn,
    'advertise-client-urls': etcdUrl(member),
    'initial-cluster': clusterOf(members),
    'initial-cluster-token': own.runId,
    'initial-cluster-state': 'new',
    'heartbeat-interval': '100',
    'election-timeout': '500',
  };
  // --pre-vote: a member that was cut off must not depose the leader, and so restart every lease, when it is back.
  return [...Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, value]), '--pre-vote'];
}

const clusterOf = (members: readonly EtcdPlace[]): string =>
  members.map((each) => `${each.name}=${peerUrl(each)}`).join(',');

const peerUrl = ({ address }: EtcdPlace): string => `http://${address}:${PEER_PORT}`;
