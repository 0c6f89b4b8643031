/**
 * Measures on this machine what snowglobe itself costs, and writes BENCHMARKS.md.
 *
 *   npm run bench               all of it
 *   npm run bench -- store      these sections; the others stay as they are
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { format } from 'prettier';
import { measureAudits } from './bench/audit.ts';
import { measureExact } from './bench/exact.ts';
import { liveSection } from './bench/live.ts';
import { recorderSection } from './bench/recorder.ts';
import { storeSection } from './bench/store.ts';
import { currentCommit } from './commit.ts';

const FILE = join(import.meta.dirname, '../BENCHMARKS.md');
const GIB = 2 ** 30;

const HEAD = `# Benchmarks

Written by \`npm run bench\`; what is compared was measured in turns, in one run. Other work on the machine makes all of it
slower: figures are of their day and place.
`;

/** By the name to ask for it, in the order of the page: the heading of a section, and what measures it. */
const SECTIONS: Readonly<Record<string, { readonly heading: string; readonly measure: () => Promise<string> }>> = {
  exact: { heading: 'The exact check', measure: measureExact },
  audit: { heading: 'Audits, format by format', measure: measureAudits },
  store: { heading: 'The store and the checkers', measure: storeSection },
  live: { heading: 'The live path', measure: liveSection },
  recorder: { heading: 'The recorder', measure: recorderSection },
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => SECTIONS[name] === undefined);
if (unknown.length > 0) {
  process.stderr.write(`There is no section ${unknown.join(', ')}; there are: ${Object.keys(SECTIONS).join(', ')}.\n`);
  process.exit(2);
}

// Asked before the first measurement: others may commit while it lasts.
const stamp = `- ${cpus()[0]?.model ?? 'an unknown CPU'}, ${availableParallelism()} CPUs, ${Math.round(totalmem() / GIB)} GiB, Linux ${release()}
- Node ${process.version.slice(1)}, commit ${currentCommit()}, ${new Date().toISOString().slice(0, 10)}`;
const kept = sectionsOf(existsSync(FILE) ? readFileSync(FILE, 'utf8') : '');
const sections: string[] = [];
for (const [name, { heading, measure }] of Object.entries(SECTIONS)) {
  const isAsked = asked.length === 0 || asked.includes(name);
  const section = isAsked ? `## ${heading}\n\n${stamp}\n\n${await measure()}\n` : kept.get(heading);
  if (section !== undefined) sections.push(section);
}
const page = await format([HEAD, ...sections].join('\n'), { parser: 'markdown', printWidth: 120 });
writeFileSync(FILE, page);
process.stdout.write(page);

/** By heading. */
function sectionsOf(text: string): ReadonlyMap<string, string> {
  const parts = text.split(/^(?=## )/m).slice(1);
  return new Map(parts.map((part) => [part.slice(3, part.indexOf('\n')), part]));
}
