/**
 * Pods as plain processes on the loopback of this machine, with TCP links between them. Nothing but this process keeps
 * them together: the kernel kills what it started when it ends (`setpriv --pdeathsig`), and it ends by itself whatever
 * carries the label of its run.
 */
import type { Ground } from './ground.ts';
import { loopbackAddress } from './loopback.ts';
import { endProcesses, processesOf, removeSharedMemory } from './run-processes.ts';
import { TcpLinks } from './tcp-links.ts';

export function plainProcesses(runId: string): Ground {
  let links: TcpLinks | undefined;
  const numbers = new Map<string, number>();
  const theLinks = (): TcpLinks => {
    if (links === undefined) throw new Error('there are no pods yet');
    return links;
  };
  return {
    async build(pods) {
      pods.forEach(({ name }, index) => numbers.set(name, index + 1));
      links = await TcpLinks.open(runId, pods);
      return { block: links.block };
    },
    into: () => ['setpriv', '--pdeathsig', 'KILL', '--'],
    agentArguments(pod) {
      const number = numbers.get(pod);
      return number === undefined ? [] : [loopbackAddress(theLinks().block, number, number)];
    },
    async link(order) {
      const talks = theLinks().carryOut(order);
      return talks === undefined ? {} : { talks };
    },
    ended: removeSharedMemory,
    async end() {
      links?.close();
      await endProcesses(() => processesOf(runId).filter((pid) => pid !== process.pid));
    },
  };
}
