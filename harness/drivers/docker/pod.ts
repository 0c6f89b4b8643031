/**
 * A pod: a small container that owns the network and PID namespaces in which a workload lives, and runs the fault agent.
 * The workload can be killed and started in it without a change of address, port or rules.
 */
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { PassThrough } from 'node:stream';
import { AgentClient } from '../agent/agent-client.ts';
import type { Container, Docker, Published } from './engine.ts';
import { startContainer } from './container.ts';
import { partName } from './labels.ts';
import type { Mount } from './mounts.ts';
import type { Networks } from './networks.ts';

/** What all parts of one run share. */
export interface RunParts {
  readonly docker: Docker;
  readonly image: string;
  readonly runId: string;
  readonly labels: Record<string, string>;
  readonly networks: Networks;
  readonly published: Published;
  readonly code: readonly Mount[];
  readonly agentModule: string;
  readonly logFolder: string;
}

export interface Pod {
  readonly name: string;
  readonly container: Container;
  /** Its address on the data network: what faults cut. */
  readonly address: string;
  /** Where the harness reaches the workload's port: by the control network, or at a published port. */
  readonly reach: { readonly host: string; readonly port: number };
  readonly agent: AgentClient;
}

/** The engine keeps no copy of the output: it goes to files of the run. */
export const NO_LOG = { Type: 'none', Config: {} };
/** Under load a Node process takes seconds to come up. */
const AGENT_STARTS_MS = 20_000;

/**
 * When the harness dies, all agents heal at once, and then their pods end: not at once, but one after the other, and later
 * than the watchdog sweeps them (`sweep.ts` says why).
 */
const STAYS_S = 3;
const APART_S = 0.5;

/** Where a member is to be: `index` tells it from all others of the run. */
interface PodPlace {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly index: number;
}

/** Starts the pod of one member and waits for its agent. */
export async function startPod(run: RunParts, { name, address, port, index }: PodPlace): Promise<Pod> {
  let agent: AgentClient | undefined;
  const { controlIsHere } = run.networks;
  const { container, publishedPort } = await startContainer(run.docker, {
    image: run.image,
    name: partName(run.runId, `${name}-pod`),
    labels: run.labels,
    // The shell is PID 1 because it reaps orphans, which Node does not; it ends with the agent, and with it all the rest.
    command: [
      'sh',
      '-c',
      'node "$1"; code=$?; sleep "$2"; exit $code',
      'pod',
      run.agentModule,
      String(STAYS_S + APART_S * index),
    ],
    user: '0:0',
    network: run.networks.control,
    ...(!controlIsHere && { publish: { port, on: run.published.on } }),
    // SYS_PTRACE: to read the environment of processes of another user, by which the agent tells whose they are.
    host: { AutoRemove: true, LogConfig: NO_LOG, CapAdd: ['NET_ADMIN', 'SYS_PTRACE'], Mounts: [...run.code] },
    // StdinOnce: when the harness dies, the engine ends the agent's input.
    create: { OpenStdin: true, StdinOnce: true, AttachStdin: true, AttachStdout: true, AttachStderr: true },
    beforeStart: async (created) => {
      await run.docker.getNetwork(run.networks.data).connect({
        Container: created.id,
        EndpointConfig: { IPAMConfig: { IPv4Address: address } },
      });
      agent = await attachAgent(run, name, created);
    },
  });
  if (agent === undefined) throw new Error(`the pod of ${name} started without its agent`);
  await agent.send({ do: 'ping' }, AGENT_STARTS_MS);
  const reach =
    publishedPort === undefined
      ? { host: await addressOn(run.networks.control, container), port }
      : { host: run.published.at, port: publishedPort };
  return { name, container, address, reach, agent };
}

async function addressOn(network: string, container: Container): Promise<string> {
  const { NetworkSettings } = await container.inspect();
  const address = NetworkSettings.Networks[network]?.IPAddress;
  if (address === undefined) throw new Error(`the engine tells no address of ${container.id} on ${network}`);
  return address;
}

/** Attached before the start: nothing that the agent says is missed, and no moment is left in which it has no input. */
async function attachAgent(run: RunParts, name: string, container: Container): Promise<AgentClient> {
  const options = { stream: true, hijack: true, stdin: true, stdout: true, stderr: true };
  const stream = (await container.attach(options)) as Duplex;
  const answers = new PassThrough();
  const complaints = createWriteStream(join(run.logFolder, `${name}-pod.log`), { flags: 'a' });
  run.docker.modem.demuxStream(stream, answers, complaints);
  stream.on('close', () => {
    answers.end();
    complaints.end();
  });
  return new AgentClient(`The agent of ${name}`, answers, stream);
}
