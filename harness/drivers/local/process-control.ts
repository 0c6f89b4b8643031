/**
 * The controls of one process in a sandbox.
 */
import type { ProcessControl } from '../../core/cluster.ts';
import type { Sandbox } from './sandbox.ts';
import type { WorkloadSpec } from './sandbox-protocol.ts';

/** A process of the sandbox: the supervisor starts and kills it, its pod's agent stops it and lets it go on. */
export function processControl(sandbox: Sandbox, workload: WorkloadSpec): ProcessControl {
  const { name } = workload;
  const label = sandbox.labelOf(name);
  const signal = async (which: 'SIGSTOP' | 'SIGCONT'): Promise<void> => {
    await sandbox.agent(name, { do: 'signal', workload: label, signal: which });
  };
  return {
    async kill() {
      // What it forked dies with it, as with its machine; the supervisor waits for the end of the process itself.
      await sandbox.agent(name, { do: 'signal', workload: label, signal: 'SIGKILL' });
      await sandbox.killProcess(name);
    },
    start: () => sandbox.startProcess(workload),
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    terminate: (graceMs) => sandbox.terminateProcess(name, graceMs),
    async slow(percent) {
      await sandbox.agent(name, { do: 'slow', workload: label, percent });
    },
    async share(forMs) {
      return (await sandbox.agent(name, { do: 'share', workload: label, forMs })).percent;
    },
    async alive() {
      const { pids = [] } = await sandbox.agent(name, { do: 'find', workload: label });
      return pids.length > 0;
    },
    async identity() {
      return (await sandbox.agent(name, { do: 'find', workload: label })).identity;
    },
  };
}
