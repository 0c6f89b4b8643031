/** What the shell serves: a generator's own code, or what stands for a node that is plain data. */
import type { CoordinatorOrNone } from '../../harness/core/coordinator-kind.ts';
import type { GeneratorEnv, Minter, ShellNode } from '../../harness/core/generator.ts';
import type { Layout } from '../../harness/core/layout.ts';
import type { ShellConfig } from './config.ts';
import type { DescribedNode } from './described-node.ts';
import { loadGenerator } from './load-generator.ts';

export interface ServedGenerator {
  readonly name: string;
  readonly layout: Layout;
  readonly coordinator?: CoordinatorOrNone;
  readonly snapshot?: ShellNode['snapshot'];
  create(env: GeneratorEnv): Minter | Promise<Minter>;
}

type Kind = DescribedNode['node']['kind'];

/** What mints for each kind of node that is plain data; loaded only where there is such a node. */
const MINTERS: {
  readonly [Each in Kind]: () => Promise<
    (described: DescribedNode, config: ShellConfig, env: GeneratorEnv) => Promise<Minter>
  >;
} = {
  service: async () => (await import('../recorder/recorder.ts')).startRecorder,
  module: async () => (await import('../module/module-minter.ts')).startModule,
};

export async function servedBy(config: ShellConfig): Promise<ServedGenerator> {
  const { described, generatorFile } = config;
  if (described === undefined) {
    const { node, ...generator } = await loadGenerator(generatorFile as string);
    return {
      ...generator,
      create: (env) => node.create(env),
      ...(node.snapshot !== undefined && { snapshot: node.snapshot }),
    };
  }
  const { name, layout, node } = described;
  const start = await MINTERS[node.kind]();
  return { name, layout, coordinator: 'none', create: (env) => start(described, config, env) };
}
