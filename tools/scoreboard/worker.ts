/**
 * A process that carries out simulated runs, one message one run. A process of its own, because runs never give back all
 * the memory that their modules took.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../../harness/core/errors.ts';
import { createLab } from '../lab.ts';
import type { Outcome, Place } from './cell.ts';

export interface Task extends Place {
  readonly seed: string;
}

export type Answer = { readonly outcome: Outcome } | { readonly error: string };

const folder = mkdtempSync(join(tmpdir(), 'snowglobe-scoreboard-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
process.on('disconnect', () => process.exit(0));

const lab = await createLab(folder);
process.on('message', (task: Task) => {
  void carryOut(task).then((answer) => process.send?.(answer));
});
process.send?.('ready');

async function carryOut({ generator, scenario, seed, calm }: Task): Promise<Answer> {
  try {
    const { verdict, causes, doubts } = await lab.run({ driver: 'sim', generator, scenario, seed, calm });
    return { outcome: { seed, verdict, causes, doubts } };
  } catch (error) {
    return { error: `${generator} through ${scenario}, seed ${seed}: ${messageOf(error)}` };
  }
}
