/**
 * How the members of a run's etcd are started, whatever they run in: the coordinator must be the same one everywhere, or
 * its leases would end at other times.
 */

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

/** The command line of one member, without the program. `dataFolder` must survive a kill and a start. */
export function etcdArguments(
  member: EtcdPlace,
  members: readonly EtcdPlace[],
  own: { readonly runId: string; readonly dataFolder: string; readonly listenOn: string },
): readonly string[] {
  const flags = {
    name: member.name,
    'data-dir': own.dataFolder,
    'listen-peer-urls': peerUrl(member),
    'initial-advertise-peer-urls': peerUrl(member),
    'listen-client-urls': own.listenOn,
    'advertise-client-urls': etcdUrl(member),
    'initial-cluster': members.map((each) => `${each.name}=${peerUrl(each)}`).join(','),
    'initial-cluster-token': own.runId,
    'initial-cluster-state': 'new',
    'heartbeat-interval': '100',
    'election-timeout': '500',
  };
  // --pre-vote: a member that was cut off must not depose the leader, and so restart every lease, when it is back.
  return [...Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, value]), '--pre-vote'];
}

const peerUrl = ({ address }: EtcdPlace): string => `http://${address}:${PEER_PORT}`;
