/**
 * Leased worker IDs from a range for each region: `regions: { eu: { from: 0, to: 511 }, us: { from: 512, to: 1023 } }`.
 * Ranges share out all worker IDs, or nothing starts. Regions then never wait for one another's worker IDs.
 */
import type { Generator, GeneratorEnv, NodePlan } from '../harness/core/generator.ts';
import type { Json } from '../harness/core/json.ts';
import { LAYOUT, PROMISES, refusesOptions, SnowflakeMinter, start } from './snowflake.ts';
import type { Range } from './worker-ids/range.ts';
import { rangeOf, sharesWrong } from './worker-ids/range.ts';

/** The options of `snowflake` for a node in this region. */
export function inRegion(options: GeneratorEnv['options'], region: string | undefined): GeneratorEnv['options'] {
  const { regions: _, ...rest } = options;
  const range = regionsOf(options).get(region ?? '');
  if (range === undefined)
    throw new Error(`it lies in ${region ?? 'no region'}, and option 'regions' has no such region`);
  return { ...rest, firstWorkerId: range.from, pool: range.to - range.from + 1 };
}

function regionsOf({ regions = {} }: GeneratorEnv['options']): ReadonlyMap<string, Range> {
  return new Map(
    Object.entries(regions as { readonly [name: string]: Json }).map(([name, range]) => [
      name,
      rangeOf(`regions.${name}`, range),
    ]),
  );
}

/** As `Generator.refuses`. */
function refuses(nodes: readonly NodePlan[]): string | undefined {
  const plans: NodePlan[] = [];
  for (const node of nodes)
    try {
      const wrong = sharesWrong(regionsOf(node.options));
      if (wrong !== undefined) return wrong;
      plans.push({ ...node, options: inRegion(node.options, node.region) });
    } catch (error) {
      return `${node.name}: ${(error as Error).message}`;
    }
  return refusesOptions(plans);
}

export default {
  name: 'snowflake-regional',
  summary: '41/10/12 Snowflake on worker IDs leased from a range of its region.',
  promises: PROMISES,
  layout: LAYOUT,
  refuses,
  node: {
    kind: 'shell',
    create: (env) => start(new SnowflakeMinter({ ...env, options: inRegion(env.options, env.host.region) })),
  },
} satisfies Generator;
