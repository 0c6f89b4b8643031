/**
 * The claims page: every claim of the reference design, judged in the simulator.
 *
 *   npm run claims                all of them; writes docs/claims.json, docs/CLAIMS.md and the table in the README
 *   npm run claims -- --render    the two pages anew from docs/claims.json
 *
 * Exits as `snowglobe claims` does.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { judgeClaims } from '../harness/cli/claims.ts';
import { createOutput } from '../harness/cli/output.ts';
import { claimsText } from '../harness/claims/text.ts';
import { badInput, EXIT } from '../harness/core/errors.ts';
import { loadClaims } from '../harness/registry.ts';
import type { ClaimsPage } from './claims/page.ts';
import { AT_LENGTH, claimsAtLength, claimsPage, withClaims } from './claims/page.ts';
import { currentCommit } from './commit.ts';

const FILE = 'docs/claims.json';
const README = 'README.md';

async function main(args: readonly string[]): Promise<number> {
  const stranger = args.find((arg) => arg !== '--render');
  if (stranger !== undefined)
    throw badInput(`npm run claims takes no ${stranger}.`, 'For some claims only: npx snowglobe claims C7.');
  if (args.length === 0) {
    const commit = currentCommit();
    const output = createOutput(false);
    const { record, runs, exitCode } = await judgeClaims([...(await loadClaims()).values()], 'sim', output);
    output.text(claimsText(record, { stream: output.stream, runs, exitCode }));
    // What could not be carried out is no page.
    if (exitCode !== EXIT.pass) return exitCode;
    const page: ClaimsPage = { commit, date: new Date().toISOString().slice(0, 10), carriedOut: runs, ...record };
    writeFileSync(FILE, `${JSON.stringify(page, undefined, 1)}\n`);
  }
  const page = JSON.parse(readFileSync(FILE, 'utf8')) as ClaimsPage;
  writeFileSync(AT_LENGTH, claimsAtLength(page));
  writeFileSync(README, withClaims(readFileSync(README, 'utf8'), claimsPage(page)));
  return EXIT.pass;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.exitCode = createOutput(false).error(error);
}
