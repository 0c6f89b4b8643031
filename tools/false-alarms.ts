/**
 * Adds to docs/FALSE-ALARMS.md what docs/TORTURE.md and docs/scoreboard.json prove of honest generators and it does not
 * have yet, and writes its figures anew: `node tools/false-alarms.ts`. Torture and the scoreboard add theirs by themselves.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadGenerators } from '../harness/registry.ts';
import type { Evidence, IsHonest } from './false-alarms/evidence.ts';
import { evidenceOfRow, evidenceOfScoreboard, merged, tortureRows } from './false-alarms/evidence.ts';
import { pageText, readPage } from './false-alarms/page.ts';
import type { Scoreboard } from './scoreboard/table.ts';

const DOCS = join(import.meta.dirname, '../docs');
const PAGE = join(DOCS, 'FALSE-ALARMS.md');

/** Adds rows, and writes the page. */
export function addEvidence(more: readonly Evidence[]): void {
  const known = existsSync(PAGE) ? readPage(readFileSync(PAGE, 'utf8')) : [];
  writeFileSync(PAGE, pageText(merged(known, more)));
}

/** All generators of the project but mutants. */
export async function honestGenerators(): Promise<IsHonest> {
  const honest = new Set((await loadGenerators()).flatMap(({ name, mutant }) => (mutant === undefined ? [name] : [])));
  return (generator) => honest.has(generator);
}

if (import.meta.main) {
  const isHonest = await honestGenerators();
  const rows = tortureRows(readFileSync(join(DOCS, 'TORTURE.md'), 'utf8'));
  const board = JSON.parse(readFileSync(join(DOCS, 'scoreboard.json'), 'utf8')) as Scoreboard;
  addEvidence([...rows.flatMap((row) => evidenceOfRow(row, isHonest)), evidenceOfScoreboard(board, isHonest)]);
}
