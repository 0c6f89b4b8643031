/** The command that repeats a run, and the folder that it is kept in. */
import { join } from 'node:path';
import type { Driver } from '../core/driver.ts';
import type { ChosenLoad } from './choose-load.ts';
import type { Asked } from './preflight.ts';

/** What a command says beside what is checked before a run. */
export interface AskedBeside {
  readonly unknown?: string | undefined;
  readonly waivers?: string | undefined;
}

export function repeatCommand(
  { generator, store, withoutDisturbances, slo, load, unknown, waivers, matrix = [] }: Asked & AskedBeside,
  scenario: string,
  driver: Driver,
  /** Undefined: an axis of the matrix names seeds. */
  seed: string | undefined,
  client: ChosenLoad['client'],
): string {
  return [
    `npx snowglobe run ${quoted(scenario)} --driver ${driver.name}`,
    ...(seed === undefined ? [] : [`--seed ${seed}`]),
    ...(generator === undefined ? [] : [`--generator ${quoted(generator)}`]),
    ...(store === undefined ? [] : [`--store ${quoted(store)}`]),
    // Where there was a choice: elsewhere there may be another.
    ...(load === undefined && driver.callable !== true ? [] : [`--load ${client}`]),
    ...(withoutDisturbances ? ['--without-disturbances'] : []),
    ...(slo === undefined ? [] : [`--slo ${slo}`]),
    ...(unknown === undefined ? [] : [`--unknown ${unknown}`]),
    ...(waivers === undefined ? [] : [`--waivers ${quoted(waivers)}`]),
    ...matrix.map((axis) => `--matrix ${quoted(axis)}`),
  ].join(' ');
}

function quoted(word: string): string {
  return /^[\w./:@=,-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** `runs/storm/2026-01-31T12-00-00-ab12cd34`: by time, and apart from a run beside it that began in the same second. */
export function runFolder(runs: string, scenario: string, runId: string): string {
  const time = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
  return join(runs, scenario, `${time}-${runId}`);
}
