/**
 * Finds what runs left behind, and removes it, by label alone: it works when the harness that made it is long dead.
 */
import type { Leftover } from '../../core/driver.ts';
import type { Docker } from './engine.ts';
import { tolerating } from './engine.ts';
import type { Labels } from './labels.ts';
import { RUN_LABEL, ownerOf } from './labels.ts';

interface Part {
  readonly kind: 'container' | 'network';
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

/** Removes the containers of one run, then its networks; says what was there. */
export async function sweep(docker: Docker, runId: string): Promise<readonly string[]> {
  const parts = await partsOf(docker, `${RUN_LABEL}=${runId}`);
  const of = (kind: Part['kind']): readonly Part[] => parts.filter((part) => part.kind === kind);
  await Promise.all(of('container').map(({ id }) => removeContainer(docker, id)));
  await Promise.all(of('network').map(({ id }) => tolerating([404], docker.getNetwork(id).remove())));
  return parts.map(describe);
}

async function removeContainer(docker: Docker, id: string): Promise<void> {
  const container = docker.getContainer(id);
  const stop = new AbortController();
  // Asked before the removal: afterwards there may be nothing left to ask. A pod removes itself when it ends, so that
  // the engine may say 409, "already in progress", long before it is gone.
  const gone = tolerating([404], container.wait({ condition: 'removed', abortSignal: stop.signal }));
  try {
    await Promise.all([gone, tolerating([404, 409], container.remove({ force: true, v: true }))]);
  } finally {
    stop.abort();
  }
}

async function partsOf(docker: Docker, label: string): Promise<readonly Part[]> {
  const filters = { label: [label] };
  const [containers, networks] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
  ]);
  return [
    ...containers.map(({ Id, Names, Labels: labels }) => ({
      kind: 'container' as const,
      id: Id,
      name: (Names[0] ?? Id).replace(/^\//, ''),
      labels,
    })),
    ...networks.map(({ Id, Name, Labels: labels }) => ({
      kind: 'network' as const,
      id: Id,
      name: Name,
      labels: labels ?? {},
    })),
  ];
}

function describe({ kind, name }: Part): string {
  return `${kind} ${name}`;
}
