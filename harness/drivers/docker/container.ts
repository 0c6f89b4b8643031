/**
 * Starts one container by testcontainers, with what its own interface does not offer: PID mode, an open standard input,
 * mounts that must exist, ports on one address only, and a step between creation and start.
 */
import { GenericContainer, PullPolicy, Wait } from 'testcontainers';
import type { Container, Docker } from './engine.ts';

type CreateOptions = Parameters<Docker['createContainer']>[0];

export interface ContainerSpec {
  readonly image: string;
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly command: readonly string[];
  /** What the command is given to; left out: what the image says. */
  readonly entrypoint?: readonly string[];
  /** Where it is started; left out: where the image says. */
  readonly folder?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** `uid:gid`; left out: whom the image says. */
  readonly user?: string;
  /** A network's name, `container:ID` or `none`. */
  readonly network: string;
  /** A port to publish on an address of the engine's machine, at one that the engine chooses. */
  readonly publish?: { readonly port: number; readonly on: string };
  /** The rest of the engine's own options. */
  readonly host: NonNullable<CreateOptions['HostConfig']>;
  readonly create?: Omit<CreateOptions, 'HostConfig'>;
  /** Runs when the container exists and is not started. */
  readonly beforeStart?: (container: Container) => Promise<void>;
}

export interface StartedContainer {
  readonly container: Container;
  /** Where the published port is. */
  readonly publishedPort: number | undefined;
}

/** Resolves when the process has started; whether it serves is for the caller to find out. */
export async function startContainer(docker: Docker, spec: ContainerSpec): Promise<StartedContainer> {
  const started = await new Part(docker, spec).start();
  return {
    container: docker.getContainer(started.getId()),
    publishedPort: spec.publish === undefined ? undefined : started.getMappedPort(spec.publish.port),
  };
}

class Part extends GenericContainer {
  readonly #docker: Docker;
  readonly #beforeStart: ContainerSpec['beforeStart'];

  constructor(docker: Docker, spec: ContainerSpec) {
    super(spec.image);
    this.#docker = docker;
    this.#beforeStart = spec.beforeStart;
    this.withName(spec.name)
      .withLabels(spec.labels)
      .withCommand([...spec.command])
      .withEnvironment({ ...spec.environment })
      .withNetworkMode(spec.network)
      .withPullPolicy(PullPolicy.neverPull())
      // Without it testcontainers would look for its reaper at every start; runs are swept by label.
      .withAutoCleanup(false)
      // The default waits for ports by running commands inside; the callers ask what they need to know over HTTP.
      .withWaitStrategy(Wait.forAll([]));
    if (spec.user !== undefined) this.withUser(spec.user);
    if (spec.entrypoint !== undefined) this.withEntrypoint([...spec.entrypoint]);
    if (spec.folder !== undefined) this.withWorkingDir(spec.folder);
    Object.assign(this.createOpts, spec.create);
    Object.assign(this.hostConfig, spec.host);
    if (spec.publish === undefined) return;
    const { port, on } = spec.publish;
    this.withExposedPorts(port);
    this.hostConfig.PortBindings = { [`${port}/tcp`]: [{ HostIp: on, HostPort: '' }] };
  }

  protected override async containerCreated(id: string): Promise<void> {
    await this.#beforeStart?.(this.#docker.getContainer(id));
  }
}
