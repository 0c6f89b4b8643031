/** Checks a command by the command line, as a user does. */
import { expect } from 'vitest';
import { snowglobe } from '../laws/cli-process.ts';
import type { Judged } from './check-node.ts';

interface Document {
  readonly verdict: string;
  readonly rules: readonly Judged[];
}

/** What `snowglobe check-node --json` tells. */
export async function checked(
  ...words: readonly string[]
): Promise<{ readonly code: number | null; readonly document: Document; readonly stderr: string }> {
  const { code, stdout, stderr } = await snowglobe(['check-node', '--json', ...words]).ended;
  return { code, document: JSON.parse(stdout) as Document, stderr };
}

/** Of a node that has no defect. */
export async function expectEveryRuleKept(...words: readonly string[]): Promise<void> {
  const { code, document } = await checked(...words);
  expect(document.rules.filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
  expect(document.rules.length).toBeGreaterThan(20);
  expect({ code, verdict: document.verdict }).toEqual({ code: 0, verdict: 'pass' });
}
