/** Hostile files of IDs and taps, a thousand a repetition, through one process whose engine each repetition renews. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fuzzAudits, RENEWED_EVERY } from '../../harness/audit/audit-fuzz-fixture.ts';
import type { Trial } from './trial.ts';

/** Seeds of one repetition: more than it has files, each case has one at least. */
const SEEDS = 10_000;

export async function* fuzzHostileFiles(these: readonly number[]): AsyncIterable<Trial> {
  for (const seed of these) {
    const folder = mkdtempSync(join(tmpdir(), 'snowglobe-fuzz-'));
    const answers = new Map<string, number>();
    const broken: string[] = [];
    let files = 0;
    try {
      for await (const result of fuzzAudits(folder, seed * SEEDS)) {
        files += result.files;
        answers.set(result.answer, (answers.get(result.answer) ?? 0) + result.files);
        if (result.wrong !== undefined) broken.push(`${result.kind} of seed ${result.seed}: ${result.wrong}`);
        if (files >= RENEWED_EVERY) break;
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    const counted = Object.fromEntries([['files', files], ...answers]);
    yield {
      generator: 'hostile files',
      seed: String(seed),
      verdict: broken.length === 0 ? 'pass' : 'fail',
      broken,
      doubts: [],
      counted,
    };
  }
}
