/** `snowglobe heal`: sweeps what dead runs left on this machine, and lists what belongs to living ones. */
import type { ExitCode } from '../core/errors.ts';
import { badInput, EXIT, messageOf } from '../core/errors.ts';
import type { Driver } from '../core/driver.ts';
import { driverNames, loadDriver } from '../registry.ts';
import { ownerState } from '../engine/owner.ts';
import type { Output } from './output.ts';

export interface Healed {
  readonly swept: readonly { readonly runId: string; readonly driver: string; readonly parts: readonly string[] }[];
  /** Left alone: their owner lives, or nobody here can tell. `failed`: they were to be swept, and could not be. */
  readonly left: readonly {
    readonly runId: string;
    readonly driver: string;
    readonly why: string;
    readonly parts: readonly string[];
    readonly failed?: true;
  }[];
}

export async function heal(runId: string | undefined, output: Output): Promise<ExitCode> {
  const drivers = await Promise.all(driverNames().map(loadDriver));
  const healed = await sweepDead(drivers, runId);
  if (runId !== undefined && healed.swept.length + healed.left.length === 0)
    throw badInput(
      `Nothing of the run ${runId} is on this machine.`,
      'Run `snowglobe heal` to see what is there.',
      '--run',
    );
  const lines = [
    ...healed.swept.flatMap(({ runId: id, driver, parts }) => [
      `swept run ${id} (${driver})`,
      ...parts.map((part) => `  ${part}`),
    ]),
    ...healed.left.flatMap(({ runId: id, driver, why, parts }) => [
      `left run ${id} (${driver}): ${why}`,
      ...parts.map((part) => `  ${part}`),
    ]),
  ];
  output.document(healed, lines.length === 0 ? 'Nothing to heal.' : lines.join('\n'));
  return healed.left.some(({ failed }) => failed) ? EXIT.environment : EXIT.pass;
}

/** Sweeps runs whose owner is dead, or the one named, owner or not. `tell`: of a driver that cannot be asked. */
export async function sweepDead(drivers: readonly Driver[], only?: string, tell = warn): Promise<Healed> {
  const swept: Healed['swept'][number][] = [];
  const left: Healed['left'][number][] = [];
  for (const driver of drivers) {
    for (const { runId, owner, parts } of await driver.leftovers().catch((error: unknown) => noEngine(error, tell))) {
      if (only !== undefined && runId !== only) continue;
      const state = owner === undefined ? 'elsewhere' : ownerState(owner);
      if (only === undefined && state !== 'dead') {
        const why =
          state === 'alive'
            ? `its harness runs (process ${owner?.pid})`
            : 'its owner is not of this machine; heal it with --run';
        left.push({ runId, driver: driver.name, why, parts });
        continue;
      }
      try {
        swept.push({ runId, driver: driver.name, parts: await driver.sweep(runId) });
      } catch (error) {
        // One that cannot be swept keeps nobody from sweeping the others, or from running.
        left.push({ runId, driver: driver.name, why: messageOf(error), parts, failed: true });
      }
    }
  }
  return { swept, left };
}

/** A driver whose engine does not answer has nothing that could be seen; doctor tells of it. */
function noEngine(error: unknown, tell: (text: string) => void): [] {
  tell(`snowglobe: leftovers cannot be listed: ${messageOf(error)}`);
  return [];
}

function warn(text: string): void {
  process.stderr.write(`${text}\n`);
}
