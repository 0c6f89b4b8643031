/**
 * Measures on this machine what snowglobe itself costs, and writes BENCHMARKS.md.
 *
 *   npm run bench
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { format } from 'prettier';
import { type Measured, measureRecorder } from './bench/recorder.ts';
import { currentCommit } from './commit.ts';

const FILE = join(import.meta.dirname, '../BENCHMARKS.md');
const GIB = 2 ** 30;

const page = `# Benchmarks

Written by \`npm run bench\`; what is compared was measured in turns, in one run. Other work on the machine makes all of it
slower: figures are of their day and place.

- ${cpus()[0]?.model ?? 'an unknown CPU'}, ${availableParallelism()} CPUs, ${Math.round(totalmem() / GIB)} GiB, Linux ${release()}
- Node ${process.version.slice(1)}, commit ${currentCommit()}, ${new Date().toISOString().slice(0, 10)}

## The recorder

A service of one process, asked for one ID at a time over HTTP/1.1 on the loopback: by its client directly, and through the
recorder, which writes each answer to the tap before it hands it on. p50 is of one client that waits for each answer; the
rate is of 32 such clients. Medians of five rounds. Client, recorder and service share the machine's CPUs.

| service | p50, direct | p50, recorded | added | answers a second, direct | recorded |
| --- | ---: | ---: | ---: | ---: | ---: |
${(await measureRecorder()).map(row).join('\n')}
`;
writeFileSync(FILE, await format(page, { parser: 'markdown' }));
process.stdout.write(page);

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
