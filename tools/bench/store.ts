/**
 * A billion IDs through the store: taps of 16 nodes, taken by collector, store and all checkers as `snowglobe judge` takes
 * them. SNOWGLOBE_BENCH_IDS gives another number, SNOWGLOBE_BENCH_FOLDER another place for the taps than the system's.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { percentileOf } from '../../harness/core/percentile.ts';
import { TAPS_FOLDER } from '../../harness/engine/record.ts';
import type { TreeUse } from './process-tree.ts';
import { watchTree } from './process-tree.ts';
import type { Rejudged } from './rejudged.ts';
import { PATTERNS, PLANTED, writeTaps } from './taps.ts';

const IDS = Number(process.env['SNOWGLOBE_BENCH_IDS'] ?? 1e9);
const GIB = 2 ** 30;

/** How many IDs of each pattern: what is slower by its nature is measured on less, and the table says on how much. */
const SUBJECTS: readonly { readonly pattern: keyof typeof PATTERNS; readonly share: number }[] = [
  { pattern: 'planted', share: 1 },
  { pattern: 'small', share: 0.1 },
  { pattern: 'random', share: 0.1 },
  { pattern: 'orderly', share: 0.1 },
  { pattern: 'long', share: 0.1 },
  { pattern: 'long-random', share: 0.1 },
];
const ROUNDS = 3;

type Round = Rejudged & TreeUse;

interface Measured {
  readonly pattern: keyof typeof PATTERNS;
  readonly rounds: readonly Round[];
  /** One more, with the taps read from the disk. */
  readonly cold: Round;
}

/** Takes half an hour and 20 GB of disk at a billion. */
export async function storeSection(): Promise<string> {
  const measured: Measured[] = [];
  for (const { pattern, share } of SUBJECTS) measured.push(await measure(pattern, IDS * share));
  return `Taps of 16 nodes, as files, through the collector into the embedded store and through all checkers: what \`snowglobe
judge\` does with a run. Medians of ${ROUNDS} rounds, the taps in the page cache; cold: one round with the taps on the disk. Memory is the greatest sum of all processes.
Of the planted IDs each was found in each round (${PLANTED.duplicates} duplicates).

| IDs | number | total | a second | of it ingest | cold | CPU | memory | ids, bits/ID | batches, bits/ID |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${measured.map(row).join('\n')}

Seconds of it by question:

${checksTable(measured)}`;
}

async function measure(pattern: keyof typeof PATTERNS, ids: number): Promise<Measured> {
  const folder = mkdtempSync(join(process.env['SNOWGLOBE_BENCH_FOLDER'] ?? tmpdir(), 'snowglobe-bench-'));
  try {
    const written = writeTaps(join(folder, TAPS_FOLDER), PATTERNS[pattern], ids);
    const rounds: Round[] = [];
    for (let round = 0; round < ROUNDS; round++) rounds.push(await rejudged(pattern, folder, written));
    dropFromCache(join(folder, TAPS_FOLDER));
    return { pattern, rounds, cold: await rejudged(pattern, folder, written) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What is not written yet cannot be dropped. */
function dropFromCache(folder: string): void {
  for (const file of readdirSync(folder)) {
    const path = join(folder, file);
    execFileSync('sync', [path]);
    execFileSync('dd', [`if=${path}`, 'iflag=nocache', 'count=0', 'status=none']);
  }
}

/**
 * The store of the round before goes when all rounds are over: where thousands of files were deleted just now, ext4 without
 * a journal looks for a minute at each of them before it makes a new one.
 */
function putAside(folder: string): void {
  const store = join(folder, 'store');
  if (existsSync(store)) renameSync(store, mkdtempSync(`${store}-before-`));
}

async function rejudged(pattern: keyof typeof PATTERNS, folder: string, written: number): Promise<Round> {
  putAside(folder);
  const child = spawn(process.execPath, [join(import.meta.dirname, 'rejudged.ts'), pattern, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const stop = watchTree(child.pid!);
  const [told, [code]] = await Promise.all([text(child.stdout), once(child, 'exit') as Promise<[number]>]);
  const use = stop();
  if (code !== 0) throw new Error(`judging ${pattern} ended with ${code}`);
  const result = JSON.parse(told) as Rejudged;
  process.stderr.write(`${pattern}: ${told.trim()} ${JSON.stringify(use)}\n`);
  if (result.ids !== String(written)) throw new Error(`${written} IDs were written, ${result.ids} stored`);
  const duplicates = 'planted' in PATTERNS[pattern] ? PLANTED.duplicates : 0;
  if (result.unique.violations !== duplicates)
    throw new Error(`${pattern}: ${result.unique.violations} duplicates found, ${duplicates} planted`);
  return { ...result, ...use };
}

const median = ({ rounds }: Measured, of: (round: Round) => number): number =>
  percentileOf(Float64Array.from(rounds, of).toSorted(), 50);

function row(measured: Measured): string {
  const ids = Number(measured.rounds[0]!.ids);
  const seconds = (of: (round: Round) => number): string => `${(median(measured, of) / 1000).toFixed(1)} s`;
  const bits = (name: string): string =>
    median(measured, ({ bytes }) => (8 * Number(bytes.find(({ table }) => table === name)!.onDisk)) / ids).toFixed(2);
  const cells = [
    PATTERNS[measured.pattern].name,
    ids.toLocaleString('en'),
    seconds(({ totalMs }) => totalMs),
    `${(ids / median(measured, ({ totalMs }) => totalMs) / 1000).toFixed(1)} M`,
    seconds(({ ingestMs }) => ingestMs),
    `${(measured.cold.totalMs / 1000).toFixed(1)} s`,
    seconds(({ cpuSeconds }) => 1000 * cpuSeconds),
    `${(median(measured, ({ peakBytes }) => peakBytes) / GIB).toFixed(2)} GiB`,
    bits('ids'),
    bits('batches'),
  ];
  return `| ${cells.join(' | ')} |`;
}

function checksTable(measured: readonly Measured[]): string {
  const names = [...new Set(measured.flatMap(({ rounds }) => rounds[0]!.checks.map(({ guarantee }) => guarantee)))];
  const cell = (of: Measured, name: string): string =>
    (median(of, ({ checks }) => checks.find(({ guarantee }) => guarantee === name)?.ms ?? 0) / 1000).toFixed(2);
  return [
    `| guarantee | ${measured.map(({ pattern }) => PATTERNS[pattern].name).join(' | ')} |`,
    `| --- |${' ---: |'.repeat(measured.length)}`,
    ...names.map((name) => `| ${name} | ${measured.map((of) => cell(of, name)).join(' | ')} |`),
    `| counts, tenures, facts | ${measured.map((of) => (median(of, ({ otherMs }) => otherMs) / 1000).toFixed(2)).join(' | ')} |`,
  ].join('\n');
}
