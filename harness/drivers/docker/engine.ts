/**
 * The container engine, found as testcontainers finds it (DOCKER_HOST, contexts, the usual sockets).
 */
import { getContainerRuntimeClient } from 'testcontainers';
import type { Problem } from '../../core/errors.ts';
import { messageOf, problem } from '../../core/errors.ts';

// Runs are swept by label (sweep.ts), by their own watchdog: a second reaper would need an image of its own.
process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';

/** The dockerode client that testcontainers exposes: kill, start, attach and build are not in its own interface. */
export type Docker = Awaited<ReturnType<typeof getContainerRuntimeClient>>['container']['dockerode'];
export type Container = ReturnType<Docker['getContainer']>;

export interface Engine {
  readonly docker: Docker;
  readonly version: string;
  readonly apiVersion: string;
  /** Of the programs that it runs, in its own words: `amd64`, `arm64`. */
  readonly architecture: string;
  /** Container user 0 is the user who runs the engine, and no other user can write that user's folders. */
  readonly rootless: boolean;
  /** Where this process finds ports that the engine publishes: `localhost`, or the engine's own machine. */
  readonly host: string;
}

/** The address on which the engine publishes ports, and the one at which this process finds them. */
export interface Published {
  readonly on: string;
  readonly at: string;
}

/** Joining the PID namespace of a container, and all else that is used here, is in this version of the API. */
const API_NEEDED = '1.41';
const ANSWER_MS = 10_000;
const REMEDY = 'Start Docker (for instance `sudo systemctl start docker`), or set DOCKER_HOST, or take --driver local.';

/** The engine, or what stands in the way of using it. */
export async function findEngine(): Promise<Engine | readonly Problem[]> {
  try {
    return await within(ANSWER_MS, examine());
  } catch (error) {
    return [problem(`No Docker engine answers: ${messageOf(error)}.`, REMEDY)];
  }
}

/** What the engine said with a refusal: its HTTP status. */
export function statusOf(error: unknown): number | undefined {
  return (error as { readonly statusCode?: number } | undefined)?.statusCode;
}

/** Lets the statuses pass that mean "it is so already". */
export async function tolerating(statuses: readonly number[], call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!statuses.includes(statusOf(error) ?? 0)) throw error;
  }
}

async function examine(): Promise<Engine | readonly Problem[]> {
  const client = await getContainerRuntimeClient();
  const docker = client.container.dockerode;
  const elsewhere = answeredElsewhere(docker.modem as Endpoint, process.env['DOCKER_HOST']);
  if (elsewhere !== undefined) return [elsewhere];
  const [version, info] = (await Promise.all([docker.version(), docker.info()])) as [
    { readonly ApiVersion: string; readonly Arch: string },
    { readonly SecurityOptions?: readonly string[] },
  ];
  const { serverVersion, operatingSystemType, host } = client.info.containerRuntime;
  const problems: Problem[] = [];
  if (isOlder(version.ApiVersion, API_NEEDED))
    problems.push(
      problem(
        `The Docker engine speaks API ${version.ApiVersion}; ${API_NEEDED} is needed.`,
        'Update Docker to 20.10 or later.',
      ),
    );
  if (operatingSystemType !== 'linux')
    problems.push(
      problem(
        `The Docker engine runs ${operatingSystemType} containers.`,
        'Switch it to Linux containers ("Switch to Linux containers" in the menu of Docker Desktop).',
      ),
    );
  if (problems.length > 0) return problems;
  return {
    docker,
    version: String(serverVersion),
    apiVersion: version.ApiVersion,
    architecture: version.Arch,
    rootless: (info.SecurityOptions ?? []).some((option) => option.includes('name=rootless')),
    host,
  };
}

/**
 * The loopback where the engine is on this machine: nobody else is to reach the nodes. An engine in another container or on
 * another machine, as in CI jobs, has a loopback of its own, where this process finds nothing.
 */
export function publishedOn(host: string): Published {
  return ['localhost', '127.0.0.1', '::1'].includes(host)
    ? { on: '127.0.0.1', at: '127.0.0.1' }
    : { on: '0.0.0.0', at: host };
}

interface Endpoint {
  readonly socketPath?: string;
  readonly host?: string;
}

/** testcontainers falls back to the local socket when DOCKER_HOST does not answer: the user meant the other one. */
export function answeredElsewhere(endpoint: Endpoint, dockerHost: string | undefined): Problem | undefined {
  if (dockerHost === undefined || dockerHost === '') return undefined;
  if (!URL.canParse(dockerHost)) return problem(`DOCKER_HOST is no address: ${dockerHost}.`, 'Mend it or unset it.');
  const { protocol, pathname, hostname } = new URL(dockerHost);
  const asked = protocol === 'unix:' || protocol === 'npipe:' ? pathname : hostname;
  if (asked === endpoint.socketPath || asked === endpoint.host) return undefined;
  return problem(`No Docker engine answers at DOCKER_HOST=${dockerHost}.`, 'Start that engine, or unset DOCKER_HOST.');
}

export function isOlder(version: string, needed: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [neededMajor = 0, neededMinor = 0] = needed.split('.').map(Number);
  return major !== neededMajor ? major < neededMajor : minor < neededMinor;
}

/** Rejects after `ms`; what it waited for is left alone. */
export async function within<Value>(ms: number, promise: Promise<Value>): Promise<Value> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
