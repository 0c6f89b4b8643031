/** Fills in the places of a template (`node-program.ts` says which there are). Pure. */
import type { Json } from './json.ts';

export interface Places {
  readonly node: string;
  readonly index: number;
  /** Where it has to listen; undefined where it does not, or nobody knows yet. */
  readonly host?: string;
  readonly port?: number;
  /** IDs that a request asks for. */
  readonly count?: number;
  readonly etcd: readonly string[];
  readonly disk: string;
  readonly options: { readonly [option: string]: Json };
}

const PLACE = /\{\{|\}\}|\{([^{}]*)\}/g;

/** The worker ID of a node: its option, else its place in the cluster. */
export function workerOf({ index, options }: Pick<Places, 'index' | 'options'>): Json {
  return options['workerId'] ?? index;
}

/** Names that stand for something, beside `option.NAME`. */
export const PLACE_NAMES = ['node', 'index', 'worker', 'host', 'port', 'count', 'etcd', 'disk'] as const;
type PlaceName = (typeof PLACE_NAMES)[number];

/** Those that are known when a node is asked for IDs. */
export const ASK_PLACES: readonly PlaceName[] = PLACE_NAMES;
/** Those that are known when a node is started: nobody has asked for IDs yet. */
export const START_PLACES: readonly PlaceName[] = PLACE_NAMES.filter((name) => name !== 'count');

/** Throws an Error with one sentence for a place that means nothing, or that nothing is known of here. */
export function fillIn(template: string, places: Places): string {
  return template.replace(PLACE, (whole, name?: string) => (name === undefined ? whole[0]! : valueOf(name, places)));
}

/** Whether a template has this place. */
export function hasPlace(template: string, place: PlaceName): boolean {
  return [...template.matchAll(PLACE)].some(([, name]) => name === place);
}

/** What is wrong with a template, as a sentence; undefined: every place of it means something. `places`: those there are. */
export function templateProblem(template: string, places: readonly PlaceName[] = PLACE_NAMES): string | undefined {
  const stray = [...template.matchAll(PLACE)]
    .flatMap(([, name]) => (name === undefined ? [] : [name]))
    .find((name) => !name.startsWith('option.') && !(places as readonly string[]).includes(name));
  return stray === undefined ? undefined : unknown(stray, places);
}

function unknown(name: string, places: readonly PlaceName[] = PLACE_NAMES): string {
  return `{${name}} means nothing here: there are ${places.map((each) => `{${each}}`).join(', ')} and {option.NAME}; a brace is written {{ or }}`;
}

function valueOf(name: string, places: Places): string {
  if (name.startsWith('option.')) {
    const value = places.options[name.slice('option.'.length)];
    if (value === undefined) throw new Error(`{${name}}: ${places.node} has no such option`);
    return inText(value);
  }
  switch (name) {
    case 'worker':
      return inText(workerOf(places));
    case 'etcd':
      return places.etcd.join(',');
    case 'node':
    case 'index':
    case 'disk':
      return String(places[name]);
    case 'host':
    case 'port':
    case 'count':
      if (places[name] === undefined) throw new Error(`{${name}} is not known here`);
      return String(places[name]);
    default:
      throw new Error(unknown(name));
  }
}

function inText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
