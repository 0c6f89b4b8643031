/** Nodes that are wrong on purpose, each with one defect: the rule of check-node that is for it has to catch it. */
import { join } from 'node:path';
import { checkNode } from '../../harness/check-node/check-node.ts';
import { DEFECTS } from '../../harness/check-node/defects.fixture.ts';
import { loadRules } from '../../harness/registry.ts';
import type { Trial } from './trial.ts';

const NODE = join(import.meta.dirname, '../../harness/check-node/wrong-node.fixture.ts');

export async function* catchWrongNodes(these: readonly number[]): AsyncIterable<Trial> {
  const rules = await loadRules();
  const all = Object.entries(DEFECTS).flatMap(([rule, defects]) => defects.map((defect) => ({ rule, defect })));
  for (const place of these) {
    const one = all[place - 1];
    if (one === undefined) return;
    const { rule, defect } = one;
    const command = [process.execPath, NODE, defect];
    const judged = await checkNode({ command, idBits: 64 }, [rules.get(rule)!], new AbortController().signal);
    const seen = judged.map(({ verdict }) => verdict).join(', ');
    const isCaught = seen === 'failed';
    const about = { generator: `a node that ${defect}`, seed: String(place), doubts: [] };
    if (isCaught) yield { ...about, verdict: 'pass', broken: [], remark: `caught by ${rule}` };
    else yield { ...about, verdict: 'fail', broken: [`${rule}: ${seen}`] };
  }
}
