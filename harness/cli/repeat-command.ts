/** The command that repeats a run, and the folder that it is kept in. */
import { join } from 'node:path';
import type { Driver } from '../core/driver.ts';
import { quotedWord } from '../core/shell-words.ts';
import { WAY_FLAG_NAMES, type WayFlagName } from '../core/way-in.ts';
import type { ChosenLoad } from './choose-load.ts';
import type { Asked } from './preflight.ts';

/** What a command says beside what is checked before a run. */
export interface AskedBeside {
  readonly unknown?: string | undefined;
  readonly waivers?: string | undefined;
  readonly failFast?: boolean;
}

export function repeatCommand(
  {
    generator,
    way = {},
    store,
    withoutDisturbances,
    slo,
    load,
    unknown,
    waivers,
    failFast = false,
    matrix = [],
  }: Asked & AskedBeside,
  scenario: string,
  driver: Driver,
  /** Undefined: an axis of the matrix names seeds. */
  seed: string | undefined,
  client: ChosenLoad['client'],
): string {
  return [
    `npx snowglobe run ${quotedWord(scenario)} --driver ${driver.name}`,
    ...(seed === undefined ? [] : [`--seed ${seed}`]),
    // Plain data of a program has no words: `library.ts` tells of it.
    ...(typeof generator === 'string' || Array.isArray(generator) ? [generator].flat() : []).map((one: string) =>
      flagOf('generator', one),
    ),
    ...WAY_FLAG_NAMES.flatMap((flag) => (way[flag] ?? []).map((text) => flagOf(flag, withoutSecret(flag, text)))),
    ...(store === undefined ? [] : [flagOf('store', store)]),
    // Where there was a choice: elsewhere there may be another.
    ...(load === undefined && driver.callable !== true ? [] : [`--load ${client}`]),
    ...(withoutDisturbances ? ['--without-disturbances'] : []),
    ...(failFast ? ['--fail-fast'] : []),
    ...(slo === undefined ? [] : [`--slo ${slo}`]),
    ...(unknown === undefined ? [] : [`--unknown ${unknown}`]),
    ...(waivers === undefined ? [] : [flagOf('waivers', waivers)]),
    ...matrix.map((axis) => flagOf('matrix', axis)),
  ].join(' ');
}

/** Headers and variables by whose names their values are nobody else's business. */
const SECRET = /^[^:=]*(pass|secret|token|api-?_?key|private-?_?key|credential|authorization|cookie)[^:=]*[:=]/i;
/** Whoever repeats the run has to put it in again: a report is shown around, and kept where it may be read. */
const LEFT_OUT = '***';

function withoutSecret(flag: WayFlagName, text: string): string {
  const [name] = (flag === 'header' || flag === 'env' ? SECRET.exec(text) : undefined) ?? [];
  return name === undefined ? text : `${name}${flag === 'header' ? ' ' : ''}${LEFT_OUT}`;
}

/** A value that begins with a dash would pass for an option. */
function flagOf(name: string, value: string): string {
  return `--${name}${value.startsWith('-') ? '=' : ' '}${quotedWord(value)}`;
}

/** `runs/storm/2026-01-31T12-00-00-ab12cd34`: by time, and apart from a run beside it that began in the same second. */
export function runFolder(runs: string, scenario: string, runId: string): string {
  const time = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
  return join(runs, scenario, `${time}-${runId}`);
}
