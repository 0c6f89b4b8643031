/**
 * The exact check of raw IDs in files, alone at a billion and beside others at a hundred million. Input in the page cache;
 * the cold figure is of one run after it was dropped.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { percentileOf } from '../../harness/core/percentile.ts';
import type { Layout } from '../../harness/core/layout.ts';
import { DUCKDB_NAME, duckdbFolder, runDuckdb, runSort, sortName, writeParquet, writeText } from './exact-peers.ts';
import { type Input, type InputKind, writeInput } from './exact-input.ts';
import type { RunInput, RunOutput } from './exact-run.ts';
import { type Watched, watched } from './watched.ts';

const ROUNDS = 3;
const BILLION = 1_000_000_000;
const SIDE_BY_SIDE = 100_000_000;

const TWITTER: Layout = {
  ...{ timeBits: 41, workerBits: 10, sequenceBits: 12 },
  ...{ tickMs: 1, epochMs: Date.parse('2010-11-04T01:42:54.657Z') },
};
/** The same above 64 bits of chance. */
const TWITTER_WIDE: Layout = { ...TWITTER, idBits: 128, shifts: { time: 86, worker: 76, sequence: 64 } };

interface Figures {
  readonly who: string;
  readonly input: string;
  readonly seconds: number;
  readonly coldSeconds: number;
  readonly perSecond: number;
  readonly peakBytes: number;
  readonly method: string;
  /** How many times as long it took as the exact check of the same IDs. */
  readonly times?: number;
}

/** Takes about half an hour, and 10 GB of the folder for temporary files. */
export async function measureExact(total = BILLION, totalBeside = SIDE_BY_SIDE): Promise<string> {
  const alone: Figures[] = [];
  const beside: Figures[] = [];
  for (const kind of ['orderly', 'random'] as const) {
    alone.push(await inFolder((folder) => measureAlone(folder, kind, total)));
    beside.push(...(await inFolder((folder) => measureBeside(folder, kind, totalBeside))));
  }
  return `Raw IDs of 64 bits in 16 files, one a node. _Orderly_: Twitter's layout at the format's own ceiling (4096 IDs a millisecond and
node), three planted duplicates, five pairs of swapped neighbours. _Random_: all 64 bits by chance, the same three
duplicates. Every run found what was planted and nothing else; the exact check with the place of each sighting, and the
order of each node. Wall time of the whole process, medians of ${ROUNDS} with the input in the page cache; cold: one run after
it was dropped from there. Memory is the sum of the peaks of all processes.

${table(alone)}

Side by side, in turns: ${DUCKDB_NAME} (Parquet, \`GROUP BY id HAVING count(*) > 1\`, 2 threads, memory limit 2 GB) and
${sortName()} (\`LC_ALL=C sort -S 2G --parallel=2 | uniq -d\`, decimal text), which print the repeated IDs alone;
and the exact check on IDs of 128 bits, these with 64 further bits below them.

${table(beside)}
`;
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'snowglobe-bench-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measureAlone(folder: string, kind: InputKind, total: number): Promise<Figures> {
  const subject = exactOn(folder, kind, total);
  const rounds: Watched[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await subject.run());
  return figuresOf(subject, rounds, await cold(subject));
}

async function measureBeside(folder: string, kind: InputKind, total: number): Promise<readonly Figures[]> {
  duckdbFolder();
  const own = exactOn(folder, kind, total);
  const [text, parquet] = [join(folder, 'ids.txt'), join(folder, 'ids.parquet')];
  writeText(own.input.segments, text);
  await writeParquet(folder, text, parquet);
  const planted = own.input.planted.map(String);
  const peer = (who: string, file: string, run: () => Promise<Watched>): Subject => ({
    ...{ who, kind, emissions: own.emissions, files: [file] },
    run: async () => {
      const one = await run();
      // Text is sorted as text.
      expectSame(who, one.output.trim().split('\n').toSorted(), planted.toSorted());
      return one;
    },
  });
  const subjects: readonly Subject[] = [
    own,
    exactOn(folder, kind, total, 128),
    peer(DUCKDB_NAME, parquet, () => runDuckdb(folder, parquet)),
    peer('sort and uniq', text, () => runSort(folder, text)),
  ];
  const rounds: Watched[][] = subjects.map(() => []);
  for (let round = 0; round < ROUNDS; round++)
    for (const [k, subject] of subjects.entries()) rounds[k]!.push(await subject.run());
  const figures: Figures[] = [];
  for (const [k, subject] of subjects.entries()) figures.push(figuresOf(subject, rounds[k]!, await cold(subject)));
  return figures.map((one) => ({ ...one, times: one.seconds / figures[0]!.seconds }));
}

interface Subject {
  readonly who: string;
  readonly kind: InputKind;
  readonly emissions: number;
  readonly files: readonly string[];
  /** Runs it once, and throws where it did not find what was planted. */
  run(): Promise<Watched>;
  /** As its last run told. */
  method?: string;
}

function exactOn(
  folder: string,
  kind: InputKind,
  total: number,
  idBits: 64 | 128 = 64,
): Subject & { readonly input: Input } {
  const input = writeInput(folder, kind, total, idBits);
  const file = join(folder, `input-${idBits}.json`);
  const run: RunInput = {
    segments: input.segments,
    options: { idBits, ...(kind === 'orderly' && { layout: idBits === 64 ? TWITTER : TWITTER_WIDE }) },
  };
  writeFileSync(file, JSON.stringify(run));
  const subject: Subject & { readonly input: Input } = {
    ...{ who: idBits === 64 ? 'exact check' : 'exact check, 128 bits', kind, input },
    emissions: input.segments.reduce((sum, { count }) => sum + count, 0),
    files: input.segments.map((segment) => segment.file),
    run: async () => {
      const one = await watched(process.execPath, [join(import.meta.dirname, 'exact-run.ts'), file]);
      const output = JSON.parse(one.output) as RunOutput;
      expectSame(
        'exact check',
        output.duplicates,
        input.planted.map((id) => [`${id}`, 2]),
      );
      expectSame('exact check', output.checked, `${subject.emissions}`);
      // A copy is older than its neighbours: each is a backward step, as each pair of swapped ones.
      if (kind === 'orderly') expectSame('exact check', output.backward, `${input.planted.length + input.swapped}`);
      subject.method = output.method;
      return one;
    },
  };
  return subject;
}

async function cold(subject: Subject): Promise<Watched> {
  for (const file of subject.files)
    execFileSync('dd', [`of=${file}`, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0'], { stdio: 'ignore' });
  return subject.run();
}

function figuresOf(
  { who, kind, emissions, method }: Subject,
  rounds: readonly Watched[],
  { seconds }: Watched,
): Figures {
  const median = (of: (one: Watched) => number): number => percentileOf(Float64Array.from(rounds, of).toSorted(), 50);
  const medianSeconds = median((one) => one.seconds);
  return {
    ...{ who, input: `${emissions.toLocaleString('en')} ${kind}`, method: method ?? '' },
    seconds: medianSeconds,
    coldSeconds: seconds,
    perSecond: emissions / medianSeconds,
    peakBytes: median((one) => one.peakBytes),
  };
}

function expectSame(who: string, found: unknown, expected: unknown): void {
  const [one, other] = [JSON.stringify(found), JSON.stringify(expected)];
  if (one !== other) throw new Error(`${who} found ${one}, and not ${other}`);
}

function table(rows: readonly Figures[]): string {
  const isBeside = rows.some(({ times }) => times !== undefined);
  const heads = [
    'who',
    'IDs',
    'seconds',
    'cold',
    'M IDs a second',
    'memory',
    'by',
    ...(isBeside ? ['times as long'] : []),
  ];
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const numbers = heads.map((head) => (['who', 'by'].includes(head) ? '---' : '---:'));
  const body = rows.map(({ who, input, seconds, coldSeconds, perSecond, peakBytes, method, times }) =>
    line([
      ...[who, input, `${seconds.toFixed(1)} s`, `${coldSeconds.toFixed(1)} s`, (perSecond / 1e6).toFixed(1)],
      ...[`${(peakBytes / 2 ** 30).toFixed(2)} GiB`, method],
      ...(times === undefined ? [] : [times.toFixed(1)]),
    ]),
  );
  return [line(heads), line(numbers), ...body].join('\n');
}
