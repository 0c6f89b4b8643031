/**
 * Finds what runs left behind, and removes it, by label alone: it works when the harness that made it is long dead.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Leftover } from '../../core/driver.ts';
import type { Container, Docker } from './engine.ts';
import { statusOf, tolerating } from './engine.ts';
import type { Labels } from './labels.ts';
import { RUN_LABEL, ownerOf } from './labels.ts';

/** A removal takes a second or two. */
const GONE_WITHIN_MS = 30_000;
const POLL_MS = 50;

interface Part {
  readonly kind: 'container' | 'network';
  /** A container without endpoints of its own: it joins the network of a pod. */
  readonly joins: boolean;
  readonly id: string;
  readonly name: string;
  readonly labels: Labels;
}

/** Everything that carries a run's label, by run. */
export async function leftovers(docker: Docker): Promise<readonly Leftover[]> {
  const parts = await partsOf(docker, RUN_LABEL);
  return [...Map.groupBy(parts, ({ labels }) => labels[RUN_LABEL] ?? '')].map(([runId, group]) => ({
    runId,
    owner: ownerOf(group[0]?.labels),
    parts: group.map(describe),
  }));
}

/**
 * Removes the containers of one run, then its networks; says what was there. Containers with endpoints go one after the
 * other: an engine that gives up several endpoints of one network at once may lose count of them, and then refuses to
 * remove the network until it is started again (moby issue 42119; here in one of sixteen removals of eight at once).
 */
export async function sweep(docker: Docker, runId: string): Promise<readonly string[]> {
  const parts = await partsOf(docker, `${RUN_LABEL}=${runId}`);
  const of = (kind: Part['kind']): readonly Part[] => parts.filter((part) => part.kind === kind);
  const containers = of('container');
  await Promise.all(containers.filter(({ joins }) => joins).map(({ id }) => removeContainer(docker, id)));
  for (const { id } of containers.filter(({ joins }) => !joins)) await removeContainer(docker, id);
  for (const network of of('network')) await removeNetwork(docker, network);
  return parts.map(describe);
}

async function removeNetwork(docker: Docker, { id, name }: Part): Promise<void> {
  const network = docker.getNetwork(id);
  try {
    await tolerating([404], network.remove());
  } catch (error) {
    if (statusOf(error) !== 403) throw error;
    const { Containers: held = {} } = (await network.inspect()) as { readonly Containers?: object };
    if (Object.keys(held).length > 0) throw error;
    throw new Error(
      `The Docker engine does not remove the network ${name}: it counts an endpoint that no container has. Restart the engine, then run \`snowglobe heal\`.`,
      { cause: error },
    );
  }
}

async function removeContainer(docker: Docker, id: string): Promise<void> {
  const container = docker.getContainer(id);
  // A pod removes itself when it ends: the engine may say 409, "already in progress", long before it is gone.
  await tolerating([404, 409], container.remove({ force: true, v: true }));
  // Looked at again and again: the engine's own wait for a removal that has already begun may never be answered (seen
  // with 20.10).
  const giveUp = performance.now() + GONE_WITHIN_MS;
  while (await exists(container)) {
    if (performance.now() > giveUp) throw new Error(`The Docker engine does not come to an end of removing ${id}.`);
    await delay(POLL_MS);
  }
}

async function exists(container: Container): Promise<boolean> {
  try {
    await container.inspect();
    return true;
  } catch (error) {
    if (statusOf(error) === 404) return false;
    throw error;
  }
}

async function partsOf(docker: Docker, label: string): Promise<readonly Part[]> {
  const filters = { label: [label] };
  const [containers, networks] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
  ]);
  return [
    ...containers.map(({ Id, Names, Labels: labels, HostConfig }) => ({
      kind: 'container' as const,
      joins: HostConfig.NetworkMode.startsWith('container:'),
      id: Id,
      name: (Names[0] ?? Id).replace(/^\//, ''),
      labels,
    })),
    ...networks.map(({ Id, Name, Labels: labels }) => ({
      kind: 'network' as const,
      joins: false,
      id: Id,
      name: Name,
      labels: labels ?? {},
    })),
  ];
}

function describe({ kind, name }: Part): string {
  return `${kind} ${name}`;
}
