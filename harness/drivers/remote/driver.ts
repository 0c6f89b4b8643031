/**
 * The remote driver: nodes that somebody else started, each known by its URL. On this machine run only recorders, one a
 * node, through which all requests go: evidence is what came back to here.
 */
import type { Driver } from '../../core/driver.ts';
import { EXIT, problem, refuse } from '../../core/errors.ts';
import { payOwed } from './hooks.ts';
import { endTrace, listTraces, processesOf, traceOf } from './traces.ts';

const GONE_MS = 5000;
const POLL_MS = 10;

export default {
  name: 'remote',
  summary: 'Nodes that you started, by their URLs: no faults but by commands of your own, evidence of what came back.',
  rank: 0,
  callable: true,

  refuses: (node) =>
    node.kind === 'service' && node.urls !== undefined ? undefined : 'It starts no nodes: it asks those at URLs.',

  async readiness() {
    return {
      problems:
        process.platform === 'linux'
          ? []
          : [problem(`The remote driver needs Linux, and this is ${process.platform}.`, 'Run it in a container.')],
      abilities: new Set(['hook'] as const),
      notes: ['asks nodes by generator http:URL, disturbs them by the fault hook'],
    };
  },

  async prepare() {
    // Nothing to build.
  },

  async launch(spec, context) {
    refuse(EXIT.environment, (await this.readiness()).problems);
    const { launch } = await import('./launch.ts');
    return launch(spec, context);
  },

  leftovers: () => Promise.resolve(listTraces()),
  sweep,
} satisfies Driver;

/** First the recorders, which nobody needs any more. Where a hook cannot pay what it owes, its trace stays to be seen. */
export async function sweep(runId: string): Promise<readonly string[]> {
  const trace = traceOf(runId);
  if (trace === undefined) return [];
  const pids = processesOf(runId);
  for (const pid of pids) kill(pid);
  const giveUp = performance.now() + GONE_MS;
  while (processesOf(runId).length > 0) {
    if (performance.now() > giveUp) throw new Error(`Processes do not end: ${processesOf(runId).join(', ')}.`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  const paid = await payOwed(runId, trace.folder);
  endTrace(runId);
  return [...paid, ...pids.map((pid) => `process ${pid}`), `folder ${trace.folder}`];
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
