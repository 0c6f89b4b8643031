/**
 * One container of a workload. Those of the run's own image write their log themselves; an image of the user's may have no
 * shell, no folder and no right to do so, and its output comes by the engine.
 */
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { environmentLacks, messageOf } from '../../core/errors.ts';
import { startContainer } from './container.ts';
import type { Container } from './engine.ts';
import { statusOf, tolerating } from './engine.ts';
import { partName } from './labels.ts';
import { mount } from './mounts.ts';
import type { Pod, RunParts } from './pod.ts';
import { NO_LOG } from './pod.ts';
import type { WorkloadSpec } from './workload.ts';

const LOGS = '/snowglobe/logs';

export class Part {
  readonly #container: Container;
  readonly #beforeStart: () => Promise<{ destroy(): unknown } | undefined>;

  /** `beforeStart`: what each start needs; what it gives is destroyed where the container was not started. */
  constructor(container: Container, beforeStart: () => Promise<{ destroy(): unknown } | undefined>) {
    this.#container = container;
    this.#beforeStart = beforeStart;
  }

  /** False when the engine thinks that it runs. */
  async start(): Promise<boolean> {
    const prepared = await this.#beforeStart();
    try {
      await this.#container.start();
      return true;
    } catch (error) {
      prepared?.destroy();
      if (statusOf(error) === 304) return false;
      throw error;
    }
  }

  async kill(): Promise<void> {
    await tolerating([409], this.#container.kill({ signal: 'SIGKILL' }));
  }

  async ended(): Promise<void> {
    await this.#container.wait({ condition: 'not-running' });
  }

  /** Its exit code; null while it runs. */
  async end(): Promise<number | null> {
    const { State: state } = await this.#container.inspect();
    return state.Running ? null : state.ExitCode;
  }
}

/** What both kinds have: the pod's namespaces, and that it is there to be started again when it was killed. */
const inPod = (run: RunParts, pod: Pod, part: string) =>
  ({ name: partName(run.runId, part), labels: run.labels, network: `container:${pod.container.id}` }) as const;

export async function ownPart(run: RunParts, pod: Pod, spec: WorkloadSpec, part: string): Promise<Part> {
  const { container } = await startContainer(run.docker, {
    ...inPod(run, pod, part),
    image: run.image,
    command: [
      'sh',
      '-c',
      'log=$1; shift; exec "$@" >>"$log" 2>&1',
      'workload',
      `${LOGS}/${pod.name}.log`,
      ...spec.command,
    ],
    environment: spec.environment,
    ...(spec.user !== undefined && { user: spec.user }),
    ...(spec.folder !== undefined && { folder: spec.folder }),
    host: {
      PidMode: `container:${pod.container.id}`,
      Mounts: [...spec.mounts, mount(run.logFolder, 'read-write', LOGS)],
      LogConfig: NO_LOG,
    },
  });
  return new Part(container, async () => undefined);
}

export async function imagePart(
  run: RunParts,
  pod: Pod,
  spec: WorkloadSpec & { readonly image: string },
  part: string,
): Promise<Part> {
  const log = join(run.logFolder, `${pod.name}.log`);
  const starting = startContainer(run.docker, {
    ...inPod(run, pod, part),
    image: spec.image,
    entrypoint: spec.command,
    command: [],
    environment: spec.environment,
    ...(spec.folder !== undefined && { folder: spec.folder }),
    host: { PidMode: `container:${pod.container.id}`, Mounts: [...spec.mounts], LogConfig: NO_LOG },
    // What it would run beside the program would be taken for a part of the node.
    create: { Healthcheck: { Test: ['NONE'] } },
    beforeStart: async (created) => void (await outputTo(log, run, created)),
  });
  try {
    const { container } = await starting;
    return new Part(container, () => outputTo(log, run, container));
  } catch (error) {
    throw environmentLacks(
      `The image ${spec.image} cannot be started: ${messageOf(error)}.`,
      `See that it runs by itself: docker run --rm ${spec.image}.`,
    );
  }
}

/** Attached before the start, so that nothing that it says is missed. */
async function outputTo(log: string, run: RunParts, container: Container): Promise<Duplex> {
  const stream = (await container.attach({ stream: true, stdout: true, stderr: true })) as Duplex;
  const file = createWriteStream(log, { flags: 'a' });
  run.docker.modem.demuxStream(stream, file, file);
  stream.on('close', () => file.end());
  stream.on('error', () => file.end());
  return stream;
}
