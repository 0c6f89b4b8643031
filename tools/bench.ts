/**
 * Measures on this machine what snowglobe itself costs, and writes BENCHMARKS.md.
 *
 *   npm run bench                 all sections
 *   npm run bench -- exact        one of them; the others stay as they were
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { format } from 'prettier';
import { measureAudits } from './bench/audit.ts';
import { measureExact } from './bench/exact.ts';
import { type Measured, measureRecorder } from './bench/recorder.ts';
import { currentCommit } from './commit.ts';

const FILE = join(import.meta.dirname, '../BENCHMARKS.md');
const GIB = 2 ** 30;

const HEAD = `# Benchmarks

Written by \`npm run bench\`; what is compared was measured in turns, in one run. Other work on the machine makes all of it
slower: figures are of their day and place.
`;

/** In the order of the page. */
const SECTIONS: Readonly<Record<string, { readonly heading: string; readonly measure: () => Promise<string> }>> = {
  recorder: { heading: 'The recorder', measure: recorder },
  exact: { heading: 'The exact check', measure: measureExact },
  audit: { heading: 'Audits, format by format', measure: measureAudits },
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
const before = sectionsOf(readFileSync(FILE, 'utf8'));
const sections: string[] = [];
for (const [name, { heading, measure }] of Object.entries(SECTIONS)) {
  const isAsked = asked.length === 0 || asked.includes(name);
  const section = isAsked ? `## ${heading}\n\n${stamp}\n\n${await measure()}` : before.get(heading);
  if (section !== undefined) sections.push(section);
}
const page = [HEAD, ...sections].join('\n');
writeFileSync(FILE, await format(page, { parser: 'markdown', printWidth: 120 }));
process.stdout.write(page);

/** By heading. */
function sectionsOf(text: string): ReadonlyMap<string, string> {
  const parts = text.split(/^(?=## )/m).slice(1);
  return new Map(parts.map((part) => [part.slice(3, part.indexOf('\n')), part]));
}

async function recorder(): Promise<string> {
  return `A service of one process, asked for one ID at a time over HTTP/1.1 on the loopback: by its client directly, and through the
recorder, which writes each answer to the tap before it hands it on. p50 is of one client that waits for each answer; the
rate is of 32 such clients. Medians of five rounds. Client, recorder and service share the machine's CPUs.

| service | p50, direct | p50, recorded | added | answers a second, direct | recorded |
| --- | ---: | ---: | ---: | ---: | ---: |
${(await measureRecorder()).map(row).join('\n')}
`;
}

function row({ service, direct, recorded }: Measured): string {
  const ms = (value: number): string => `${value.toFixed(3)} ms`;
  const rate = (value: number): string => Math.round(value).toLocaleString('en');
  const cells = [
    service,
    ms(direct.p50Ms),
    ms(recorded.p50Ms),
    ms(recorded.p50Ms - direct.p50Ms),
    rate(direct.perSecond),
    rate(recorded.perSecond),
  ];
  return `| ${cells.join(' | ')} |`;
}
