/** The coordinators of several regions, seen together or one by one. */
import type {
  Cluster,
  CoordinatorCluster,
  CoordinatorMember,
  OwnerEvent,
  OwnerKey,
  RegionalCoordinator,
} from './cluster.ts';
import type { Rollback } from './rollback.ts';

/** All as one: what can be said of all at once. What only one can answer (a revision, a lease) is rejected. */
export class CoordinatorsAsOne implements CoordinatorCluster {
  readonly name: string;
  readonly members: readonly CoordinatorMember[];
  readonly #regional: readonly RegionalCoordinator[];

  constructor(regional: readonly RegionalCoordinator[]) {
    this.#regional = regional;
    this.name = together(regional.map(({ coordinator }) => coordinator.name));
    this.members = regional.flatMap(({ coordinator }) => coordinator.members);
  }

  /** Some know theirs only when they have served. */
  get version(): string {
    return together(this.#regional.map(({ coordinator }) => coordinator.version));
  }

  watchOwners(onEvent: (event: OwnerEvent) => void, onRollback?: (rollback: Rollback) => void): void {
    for (const { shape, coordinator } of this.#regional) {
      const told = { coordinator: shape.region };
      coordinator.watchOwners(
        (event) => onEvent({ ...event, ...told }),
        onRollback && ((rollback) => onRollback({ ...rollback, ...told })),
      );
    }
  }

  async owners(timeoutMs: number): Promise<readonly OwnerKey[]> {
    const owners = this.#regional.map(async ({ shape, coordinator }) =>
      (await coordinator.owners(timeoutMs)).map((key) => ({ ...key, coordinator: shape.region })),
    );
    return (await Promise.all(owners)).flat();
  }

  async wipe(timeoutMs: number): Promise<void> {
    await Promise.all(this.#regional.map(({ coordinator }) => coordinator.wipe(timeoutMs)));
  }

  async slowDisks(byMs: number): Promise<void> {
    await Promise.all(this.#regional.map(({ coordinator }) => coordinator.slowDisks(byMs)));
  }

  revision(): Promise<string> {
    return this.#ofOne('the newest revision');
  }

  revoke(): Promise<void> {
    return this.#ofOne('the end of a lease');
  }

  snapshot(): Promise<string> {
    return this.#ofOne('a snapshot');
  }

  restore(): Promise<void> {
    return this.#ofOne('a restore');
  }

  /** Of the quickest: what is said of all at once has to hold for each. */
  async writeMs(timeoutMs: number): Promise<number> {
    return Math.min(...(await Promise.all(this.#regional.map(({ coordinator }) => coordinator.writeMs(timeoutMs)))));
  }

  #ofOne(what: string): Promise<never> {
    const regions = this.#regional.map(({ shape }) => shape.region).join(', ');
    return Promise.reject(new Error(`${what}: of which coordinator? Each region has its own: ${regions}`));
  }
}

function together(words: readonly string[]): string {
  return [...new Set(words)].join(', ');
}

/** The coordinator of a region, or the only one. Throws where each region has its own and none, or no such, is named. */
export function coordinatorIn({ coordinator, regional }: Cluster, region: string | undefined): CoordinatorCluster {
  if (regional === undefined && region === undefined) return coordinator;
  const found = regional?.find(({ shape }) => shape.region === region);
  if (found === undefined) throw new Error(`there is no coordinator of ${region ?? 'no region'}`);
  return found.coordinator;
}

/** The coordinator that a node talks to. */
export function coordinatorOfNode(cluster: Cluster, node: string): CoordinatorCluster {
  return coordinatorIn(cluster, cluster.regional?.find(({ shape }) => shape.nodes.includes(node))?.shape.region);
}
