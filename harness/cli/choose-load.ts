/** Who asks for IDs in a run: k6, or the client that is built in. */
import { availableParallelism } from 'node:os';
import type { Driver } from '../core/driver.ts';
import { badInput, environmentLacks } from '../core/errors.ts';
import { loadRate } from '../core/load-rate.ts';
import { chooseAmong } from '../core/nearest-name.ts';
import { grouped } from '../core/phrases.ts';
import type { Scenario } from '../core/scenario.ts';
import type { StartLoad } from '../load/contract.ts';
import { startK6 } from '../load/k6.ts';
import type { K6Found } from '../load/k6-program.ts';
import { findK6 } from '../load/k6-program.ts';
import { startOpenLoop } from '../load/open-loop.ts';

export const LOAD_CLIENTS = ['k6', 'built-in'] as const;

/**
 * Up to here k6 is taken without being asked for: a request costs it 0.6 ms of CPU time, so this is two fifths of the
 * machine. Beyond, it would take from the nodes what is to be measured of them; the built-in client takes a third less.
 */
const REQUESTS_PER_CORE = 650;

export interface ChosenLoad {
  readonly client: (typeof LOAD_CLIENTS)[number];
  /** Which, and why, as a line for the user; absent where there was nothing to choose. */
  readonly told?: string;
  readonly start: StartLoad;
}

/** Throws where what was asked for cannot be had. */
export function chooseLoad(
  asked: string | undefined,
  driver: Pick<Driver, 'name' | 'callable' | 'inProcess'>,
  scenarios: readonly Pick<Scenario, 'load' | 'cluster'>[],
  {
    find = findK6,
    cores = availableParallelism(),
    driverAsked = false,
  }: {
    readonly find?: () => K6Found;
    readonly cores?: number;
    /** The user named the driver: it and k6 then contradict each other. Else no driver for k6 is here. */
    readonly driverAsked?: boolean;
  } = {},
): ChosenLoad {
  if (asked !== undefined && !LOAD_CLIENTS.some((name) => name === asked))
    throw badInput(`There is no client "${asked}".`, chooseAmong(asked, LOAD_CLIENTS), '--load');
  const builtIn = (why: string): ChosenLoad => ({
    client: 'built-in',
    start: startOpenLoop,
    told: `Load: the built-in client (${why}).`,
  });
  if (asked === 'built-in') return builtIn('as asked for');
  if (driver.callable !== true) {
    const why =
      driver.inProcess === true
        ? 'the time of the simulator is virtual'
        : `the nodes of ${driver.name} listen on UNIX sockets, which k6 cannot call`;
    if (asked === 'k6')
      throw (driverAsked ? badInput : environmentLacks)(
        `k6 cannot ask on ${driver.name}: ${why}.`,
        'Run with --driver docker, or leave --load out.',
        '--load k6',
      );
    return driver.inProcess === true ? { client: 'built-in', start: startOpenLoop } : builtIn(why);
  }
  const found = find();
  if ('missing' in found) {
    if (asked === 'k6') throw environmentLacks(found.missing.what, found.missing.remedy, '--load k6');
    return builtIn(`${found.missing.what.replace(/\.$/, '')}; snowglobe doctor says how to get it`);
  }
  const perSecond = Math.max(...scenarios.map(peakRequests));
  if (asked === undefined && perSecond > REQUESTS_PER_CORE * cores)
    return builtIn(
      `${grouped(Math.round(perSecond))} requests a second are more than k6 is left to on ${cores} cores; --load k6 takes it all the same`,
    );
  return {
    client: 'k6',
    start: (options) => startK6(found, options),
    told: `Load: ${found.version} (${asked === 'k6' ? 'as asked for' : 'it is here'}: ${found.where}).`,
  };
}

/** Of all nodes together, at the highest rate. */
function peakRequests({ load, cluster }: Pick<Scenario, 'load' | 'cluster'>): number {
  return (cluster.nodes * load.idsPerSecond * loadRate(load).peak) / load.batch.mean;
}
