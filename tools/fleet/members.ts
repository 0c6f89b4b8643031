/** The published generators that are here, as their files describe them. */
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { type Published, TOOLCHAINS } from '../../generators/published/programs/fleet.ts';
import type { Generator } from '../../harness/core/generator.ts';

const ROOT = join(import.meta.dirname, '../..');

export interface Member {
  readonly generator: Generator;
  readonly published: Published;
}

/** By the names of their registries' packages: one place for each language. */
export async function fleetMembers(): Promise<readonly Member[]> {
  const files = globSync('generators/published/*.ts', { cwd: ROOT }).filter((file) => !file.endsWith('.test.ts'));
  const loaded = await Promise.all(
    files.sort().map(async (file) => {
      const module = (await import(join(ROOT, file))) as { readonly default: Generator; readonly published: Published };
      return { generator: module.default, published: module.published };
    }),
  );
  return TOOLCHAINS.flatMap((toolchain) => loaded.filter(({ published }) => published.toolchain === toolchain));
}
