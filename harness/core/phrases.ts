/** Words for times and places, the same in witnesses, stories and reports. */
import type { JsonObject } from './json.ts';
import { NS_PER_S, type RunNs } from './time.ts';

/** `12.345 s`: a moment of the run. */
export function seconds(at: RunNs): string {
  return `${(at / NS_PER_S).toFixed(3)} s`;
}

/** `148,667`: digits in groups of three. */
export function grouped(count: number | bigint): string {
  return count.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

/** `1 node`, `4 nodes`; `plural`: where it is not the noun and an s. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${grouped(count)} ${count === 1 ? noun : plural}`;
}

/** `the one disturbance`, `all 15 disturbances`. */
export function all(count: number, noun: string): string {
  return count === 1 ? `the one ${noun}` : `all ${counted(count, noun)}`;
}

/** `a, b, c and 3 more`: the first of many names. */
export function firstOf(names: readonly string[], shown: number): string {
  const first = names.slice(0, shown).join(', ');
  return names.length > shown ? `${first} and ${names.length - shown} more` : first;
}

/** `once`, `148,667 times`. */
export function times(count: number): string {
  return count === 1 ? 'once' : `${grouped(count)} times`;
}

/** As the beginning of a sentence or a heading. A URL or a spec in front stays as it is written. */
export function capitalised(text: string): string {
  return text.replace(/^\p{Ll}(?=[\p{L}\p{N}'-]*(?:[\s,]|$))/u, (letter) => letter.toUpperCase());
}

/**
 * `snowflake`, `snowflake (./mine.ts)` or `snowflake (command:./snowflake --port {port})`: what the user brings may bear the
 * name of a generator that snowglobe brings.
 */
export function generatorLabel({
  name,
  file,
  from = file,
}: {
  readonly name: string;
  readonly file?: string;
  readonly from?: string;
}): string {
  return from === undefined ? name : `${name} (${from})`;
}

/**
 * `paused: pause n2`: how a disturbance is called wherever people read of it. The name is that of its fault where its
 * author gave none, the node is the one that it is aimed at, where it is aimed at one. Its key is for records only.
 */
export function disturbanceLabel({
  slot,
  name,
  options,
}: {
  readonly slot: string;
  readonly name: string;
  readonly options: JsonObject;
}): string {
  const { node } = options;
  return `${slot}: ${name}${typeof node === 'string' ? ` ${node}` : ''}`;
}

/** `n1` or, from the second on, `n1 (life 2)`. */
export function lifeOf(of: { readonly node: string; readonly incarnation: number }): string {
  return of.incarnation === 1 ? of.node : `${of.node} (life ${of.incarnation})`;
}
