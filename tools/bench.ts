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
import { recorderSection } from './bench/recorder.ts';
import { storeSection } from './bench/store.ts';
import { currentCommit } from './commit.ts';

const FILE = join(import.meta.dirname, '../BENCHMARKS.md');
const GIB = 2 ** 30;

/** By the name to ask for it: the heading of a section, and what measures it. */
const SECTIONS: Readonly<Record<string, { readonly title: string; readonly write: () => Promise<string> }>> = {
  store: { title: 'The store and the checkers', write: storeSection },
  recorder: { title: 'The recorder', write: recorderSection },
};

const HEAD = `# Benchmarks

Written by \`npm run bench\`; what is compared was measured in turns, in one run. Other work on the machine makes all of it
slower: figures are of their day and place.
`;

const asked = process.argv.slice(2);
for (const name of asked)
  if (SECTIONS[name] === undefined)
    throw new Error(`no section ${name}; there are ${Object.keys(SECTIONS).join(', ')}`);

const written = existsSync(FILE) ? readFileSync(FILE, 'utf8').split(/^(?=## )/m) : [];
const sections: string[] = [];
for (const [name, { title, write }] of Object.entries(SECTIONS)) {
  const kept = written.find((section) => section.startsWith(`## ${title}\n`));
  if (asked.length === 0 || asked.includes(name)) sections.push(`## ${title}\n\n${machine()}\n\n${await write()}\n`);
  else if (kept !== undefined) sections.push(kept);
}
const page = await format([HEAD, ...sections].join('\n'), { parser: 'markdown' });
writeFileSync(FILE, page);
process.stdout.write(page);

function machine(): string {
  return `- ${cpus()[0]?.model ?? 'an unknown CPU'}, ${availableParallelism()} CPUs, ${Math.round(totalmem() / GIB)} GiB, Linux ${release()}
- Node ${process.version.slice(1)}, commit ${currentCommit()}, ${new Date().toISOString().slice(0, 10)}`;
}
