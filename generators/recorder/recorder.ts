/** The recorder: a minter that asks a service for its IDs. */
import type { GeneratorEnv, Minter } from '../../harness/core/generator.ts';
import type { ShellConfig } from '../shell/config.ts';
import type { DescribedNode } from '../shell/described-node.ts';

export function startRecorder(_: DescribedNode, __: ShellConfig, ___: GeneratorEnv): Promise<Minter> {
  throw new Error('not yet');
}
