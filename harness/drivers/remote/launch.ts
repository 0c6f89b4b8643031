/** Starts a recorder beside the harness for each URL, and waits until each has found its node. */
import { mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { ClockControl, Cluster, ClusterSpec, NetworkControl } from '../../core/cluster.ts';
import { optionsOf } from '../../core/cluster.ts';
import type { LaunchContext } from '../../core/driver.ts';
import { badInput, environmentLacks, messageOf, SnowglobeError } from '../../core/errors.ts';
import { idBitsOf } from '../../core/layout.ts';
import { NO_COORDINATOR } from '../../core/no-coordinator.ts';
import type { ServiceNode } from '../../core/node-program.ts';
import { NS_PER_MS, type Time } from '../../core/time.ts';
import { AgentNode } from '../agent/agent-cluster.ts';
import { freePort } from '../agent/free-port.ts';
import { generatorFault, lastLine } from '../agent/last-words.ts';
import { NodeClient } from '../agent/node-client.ts';
import { SERVICE_VARIABLE } from '../agent/node-command.ts';
import { placeVariables } from '../agent/place-variables.ts';
import { readOwnClocks, runNs, startTime } from '../agent/real-time.ts';
import { shellEntry } from '../agent/shell-entry.ts';
import { sweep } from './driver.ts';
import { hooksOf } from './hooks.ts';
import { RecorderProcess } from './recorder-process.ts';
import { beginTrace, RUN_VARIABLE } from './traces.ts';

const LOOPBACK = '127.0.0.1';
/** Beyond what a service may take to serve. */
const SERVES_MS = 5000;
const HEALTH_MS = 500;
const POLL_MS = 20;

const ELSEWHERE = 'the node runs elsewhere: snowglobe did not start it and has no control over it';
const nobody = (): Promise<never> => Promise.reject(new Error(ELSEWHERE));
const NO_NETWORK: NetworkControl = {
  cut: nobody,
  trouble: nobody,
  mend: () => Promise.resolve(),
  reaches: nobody,
  handshake: nobody,
  probe: nobody,
  talks: nobody,
};
const ITS_OWN_CLOCK: ClockControl = {
  backend: 'none',
  set: ({ offsetMs, rate }) => (offsetMs === 0 && rate === 1 ? Promise.resolve() : nobody()),
};

export async function launch(spec: ClusterSpec, context: LaunchContext): Promise<Cluster> {
  const { generator, runId, owner, signal } = context;
  const node = generator.generator.node as ServiceNode;
  const urls = node.urls ?? [];
  if (urls.length !== spec.nodes)
    throw badInput(
      `There are ${urls.length} URLs, and the cluster has ${spec.nodes} nodes.`,
      `Give a URL for each node, or set cluster.nodes to ${urls.length}.`,
      '--generator http:',
    );
  const taps = folderIn(context.folder, 'taps');
  const logs = folderIn(context.folder, 'logs');
  const trace = beginTrace(runId, owner);
  try {
    const { time, origin } = await startTime(readOwnClocks);
    const nodes = await Promise.all(
      urls.map(async (url, index) => {
        const name = `n${index + 1}`;
        const port = await freePort(LOOPBACK);
        const log = join(logs, `${name}.log`);
        const { name: generatorName, layout } = generator.generator;
        const recorder = new RecorderProcess(shellEntry(), log, {
          [RUN_VARIABLE]: runId,
          SNOWGLOBE_NODE: name,
          ...placeVariables(spec, name, index),
          SNOWGLOBE_TAPS: taps,
          SNOWGLOBE_DISK: folderIn(context.folder, join('disks', name)),
          SNOWGLOBE_OPTIONS: JSON.stringify(optionsOf(spec, name)),
          SNOWGLOBE_LISTEN: `tcp:${LOOPBACK}:${port}`,
          [SERVICE_VARIABLE]: JSON.stringify({ name: generatorName, layout, node }),
        });
        const client = new NodeClient({ host: LOOPBACK, port }, (ns) => runNs(origin, ns), idBitsOf(layout));
        const member = { name, process: recorder, network: NO_NETWORK };
        const started = new AgentNode(member, ITS_OWN_CLOCK, client, () => recorder.lastWords());
        await recorder.start();
        await untilItServes(started, { url, log, time, signal, node, generator: generatorName });
        return started;
      }),
    );
    let disposal: Promise<unknown> | undefined;
    return {
      driver: 'remote',
      time,
      origin,
      nodes,
      coordinator: NO_COORDINATOR,
      tapFolder: taps,
      hooks: hooksOf(runId, trace.folder),
      versions: { node: process.versions.node },
      async healAll() {
        // A recorder that died is started again; what hooks did is undone by their own disturbances.
        await Promise.all(nodes.map(({ process }) => process.start()));
      },
      async [Symbol.asyncDispose]() {
        for (const each of nodes) each.close();
        // What a heal command cannot undo costs the run a doubt, which its disturbance has told, and not its verdict.
        await (disposal ??= sweep(runId).catch((error: unknown) =>
          context.log(`${messageOf(error)}; it is still owed: \`snowglobe heal\` tries again`),
        ));
      },
    };
  } catch (error) {
    await sweep(runId);
    throw error;
  }
}

async function untilItServes(
  node: AgentNode,
  facts: {
    readonly url: string;
    readonly log: string;
    readonly time: Time;
    readonly signal: AbortSignal;
    readonly node: ServiceNode;
    readonly generator: string;
  },
): Promise<void> {
  const { url, log, time, signal } = facts;
  const until = time.now() + ((facts.node.startsWithinMs ?? 20_000) + SERVES_MS) * NS_PER_MS;
  for (;;) {
    const why = await node.health(HEALTH_MS).then(() => undefined, messageOf);
    if (why === undefined) return;
    const ended = !(await node.process.alive());
    if (ended || time.now() > until) {
      const said = readFileSync(log, 'utf8');
      const fault = generatorFault(said, facts.generator);
      if (fault instanceof SnowglobeError) throw fault;
      throw environmentLacks(
        `${node.name} at ${url} cannot be asked: ${ended ? (lastLine(said) ?? 'its recorder ended') : why}.`,
        'Start the node, or correct its URL, its health path, or how it is asked.',
        log,
      );
    }
    await time.sleep(POLL_MS, signal);
  }
}

function folderIn(folder: string, name: string): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  return realpathSync(path);
}
