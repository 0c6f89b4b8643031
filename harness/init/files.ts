/** The two files that `snowglobe init` writes. Pure. */
import { isAbsolute } from 'node:path';
import { hasPlace } from '../core/template.ts';
import type { Generator } from '../core/generator.ts';
import { layoutText } from '../core/layout-spec.ts';
import type { Scenario, ScenarioInput } from '../core/scenario.ts';
import { NAME_MAX } from '../core/scenario.ts';

export const GENERATOR_FILE = 'generator.json';
export const SCENARIO_FILE = 'scenario.json';

/** As JSON for people: what is short stands on one line. */
export function jsonText(content: object): string {
  const text = JSON.stringify(content, undefined, 2);
  return `${text.replaceAll(
    /([[{])\n\s+([^[\]{}]*?)\n\s+([\]}])/g,
    (whole, open: string, inner: string, close: string) => {
      const words = inner.split(/\n\s+/).join(' ');
      const gap = open === '{' ? ' ' : '';
      return words.length > LINE_MAX ? whole : `${open}${gap}${words}${gap}${close}`;
    },
  )}\n`;
}

const LINE_MAX = 80;

/** IDs that a request asks for, where a service can be asked for many. */
const MANY = { min: 1, max: 20, mean: 5 } as const;
const ENDING = '-first-look';

export interface Wanted {
  /** As a way in made it: its paths are seen from the working folder. */
  readonly generator: Generator;
  /** As the user wrote it; undefined: the one of the generator, field by field. */
  readonly layout: string | undefined;
  readonly nodes: number;
  /** IDs that each node is asked for each second. */
  readonly idsPerSecond: number;
  /** The scenario to begin with: `first-look`. */
  readonly like: Scenario;
  /** The schema of each file, and the folder where commands are started, as seen from the folder of the files. */
  readonly generatorSchema: string;
  readonly scenarioSchema: string;
  readonly folder: string;
  /** A path of this machine, as seen from the folder of the files. */
  seen(path: string): string;
}

export function generatorFile({ generator, layout, generatorSchema, folder, seen }: Wanted): object {
  const { name, summary, promises, coordinator, node } = generator;
  return {
    $schema: generatorSchema,
    name,
    summary,
    promises,
    layout: layout ?? layoutText(generator.layout),
    ...(coordinator !== undefined && coordinator !== 'none' && { coordinator }),
    node: placed(node, folder, seen),
  };
}

/** Paths as the file has them. */
function placed(node: Generator['node'], folder: string, seen: Wanted['seen']): Generator['node'] {
  if (node.kind === 'module') return isAbsolute(node.module) ? { ...node, module: seen(node.module) } : node;
  return node.kind !== 'shell' && node.command !== undefined ? { ...node, folder } : node;
}

export function scenarioFile({ generator, nodes, idsPerSecond, like, scenarioSchema }: Wanted): object {
  const { node, coordinator } = generator;
  // Nobody here started them, and nobody may stop them.
  const isElsewhere = node.kind === 'service' && node.urls !== undefined;
  const scenario: ScenarioInput = {
    name: `${generator.name.slice(0, NAME_MAX - ENDING.length).replace(/-+$/, '')}${ENDING}`,
    question: isElsewhere ? `Do the IDs of ${generator.name} stay unique under a gentle load?` : like.question,
    generator: `./${GENERATOR_FILE}`,
    cluster: { nodes, coordinatorMembers: coordinator === 'etcd' ? 1 : 0 },
    load: { idsPerSecond, batch: takesCount(generator) ? MANY : like.load.batch, timeoutMs: like.load.timeoutMs },
    warmUpMs: like.warmUpMs,
    timetable: { order: like.timetable.order, slots: isElsewhere ? [] : like.timetable.slots },
    recoverMs: isElsewhere ? QUIET_MS : like.recoverMs,
  };
  return { $schema: scenarioSchema, ...scenario };
}

/** How long nodes that nobody disturbs are asked, beside the warm-up. */
const QUIET_MS = 15_000;

/** Modules give as many as they are asked for; a service says by {count} that it does. */
function takesCount({ node }: Generator): boolean {
  if (node.kind !== 'service') return true;
  const { ask } = node;
  if (ask.over !== 'http') return false;
  return [ask.path, ask.body ?? '', ...Object.values(ask.headers ?? {})].some((text) => hasPlace(text, 'count'));
}
