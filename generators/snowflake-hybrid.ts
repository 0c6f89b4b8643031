/**
 * Static worker IDs for the nodes that must start without a coordinator, leased ones for the rest: 0–15 and 16–31 when
 * nothing else is said. A node with the option `workerId` is static. The two ranges never meet, or nothing starts: no
 * lease tells a static node that somebody took its ID.
 */
import type { Generator, GeneratorEnv, Minter, NodePlan } from '../harness/core/generator.ts';
import type { Promise_ } from '../harness/core/guarantee.ts';
import { LAYOUT, refusesOptions, SnowflakeMinter, start } from './snowflake.ts';
import type { Range } from './worker-ids/range.ts';
import { rangeOf, sharesWrong } from './worker-ids/range.ts';
import { refusesStatic, StaticMinter } from './worker-ids/static.ts';

export interface HybridRanges {
  readonly staticIds: Range;
  readonly leasedIds: Range;
}

export const HYBRID_PROMISES = [
  { guarantee: 'unique', assuming: ['coordinator never rolls back'] },
  { guarantee: 'increasing-per-node' },
  { guarantee: 'increasing-across-lives', scope: 'worker-id', assuming: ['coordinator never rolls back'] },
  { guarantee: 'owns-worker-id', assuming: ['coordinator keeps leases'] },
  { guarantee: 'time-honest', pastMs: 1, futureMs: 0 },
  { guarantee: 'well-formed' },
  { guarantee: 'fails-closed' },
  { guarantee: 'faithful-encoding' },
  // As snowflake: the leased nodes are the slower ones.
  { guarantee: 'recovers', withinMs: 8000 },
] as const satisfies readonly Promise_[];

/** A node of either kind, by its options. */
export function createHybrid(env: GeneratorEnv, leased: (range: Range) => Range = (range) => range): Minter {
  const { staticIds: _, leasedIds: __, ...rest } = env.options;
  if (rest['workerId'] !== undefined) return start(new StaticMinter({ ...env, options: rest }));
  const { from, to } = leased(rangesOf(env.options).leasedIds);
  return start(new SnowflakeMinter({ ...env, options: { ...rest, firstWorkerId: from, pool: to - from + 1 } }));
}

export function rangesOf({ staticIds, leasedIds }: GeneratorEnv['options']): HybridRanges {
  return {
    staticIds: rangeOf('staticIds', staticIds ?? { from: 0, to: 15 }),
    leasedIds: rangeOf('leasedIds', leasedIds ?? { from: 16, to: 31 }),
  };
}

/** As `Generator.refuses`: the ranges share out their worker IDs, and static ones are given once and from theirs. */
export function refusesHybrid(nodes: readonly NodePlan[]): string | undefined {
  for (const { name, options } of nodes)
    try {
      const { staticIds, leasedIds } = rangesOf(options);
      const whole = { from: Math.min(staticIds.from, leasedIds.from), to: Math.max(staticIds.to, leasedIds.to) };
      const wrong = sharesWrong(new Map(Object.entries({ staticIds, leasedIds })), whole);
      if (wrong !== undefined) return wrong;
      const workerId = options['workerId'];
      if (typeof workerId === 'number' && (workerId < staticIds.from || workerId > staticIds.to))
        return `${name} is given worker ID ${workerId}, and static ones are ${staticIds.from} to ${staticIds.to}`;
    } catch (error) {
      return `${name}: ${(error as Error).message}`;
    }
  const own = nodes.map((node) => {
    const { staticIds: _, leasedIds: __, ...options } = node.options;
    return { ...node, options };
  });
  const leased = own.filter(({ options }) => options['workerId'] === undefined);
  return refusesStatic(own.filter((node) => !leased.includes(node))) ?? refusesOptions(leased);
}

export default {
  name: 'snowflake-hybrid',
  summary: '41/10/12 Snowflake with static worker IDs for some nodes and leased ones for the rest.',
  promises: HYBRID_PROMISES,
  layout: LAYOUT,
  refuses: refusesHybrid,
  node: { kind: 'shell', create: (env) => createHybrid(env) },
} satisfies Generator;
