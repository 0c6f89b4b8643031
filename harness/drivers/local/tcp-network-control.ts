/** The links of one member of a run without namespaces: disturbed by the supervisor, measured by the agents. */
import type { NetworkControl } from '../../core/cluster.ts';
import type { Sandbox } from './sandbox.ts';

/** `measured`: the control whose measurements go over these links. */
export function tcpNetworkControl(sandbox: Sandbox, at: string, measured: NetworkControl): NetworkControl {
  return {
    ...measured,
    async cut(key, peers) {
      await sandbox.link({ do: 'trouble', at, key, peers, trouble: { what: 'drop' } });
    },
    async trouble(key, peers, trouble) {
      await sandbox.link({ do: 'trouble', at, key, peers, trouble });
    },
    async mend(key) {
      await sandbox.link({ do: 'mend', at, key });
    },
    async talks(peer) {
      return (await sandbox.link({ do: 'talks', at, peer })) === true;
    },
  };
}
