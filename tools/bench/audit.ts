/**
 * Audits by the command line, format by format: the same IDs in each, from the start of the process to its end, engine
 * and all. The cold figure is of one run after the input was dropped from the page cache.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { percentileOf } from '../../harness/core/percentile.ts';
import type { Audit } from '../../harness/audit/audit-schema.ts';
import { EXIT } from '../../harness/core/errors.ts';
import type { Segment } from '../../harness/exact/segment.ts';
import { startEngine } from '../../harness/stores/clickhouse/embedded.ts';
import { type Input, NODES, writeInput } from './exact-input.ts';
import { type Watched, watched } from './watched.ts';

const ROUNDS = 3;
const TOTAL = 100_000_000;
/** Raw IDs are read so fast that to start would be most of it. */
const RAW_TIMES = 10;
const BLOCK_BYTES = 1 << 19;
const MAIN = join(import.meta.dirname, '../../harness/main.ts');
const LAYOUT = 'time:41@1ms+2010-11-04T01:42:54.657Z,worker:10,sequence:12';

/** How a block of IDs stands in a file of each format, and what stands at its beginning. */
const TEXTS = {
  text: { ending: 'txt', head: '', of: (ids: BigUint64Array) => `${ids.join('\n')}\n` },
  CSV: {
    ending: 'csv',
    head: 'id,host,state\n',
    of: (ids: BigUint64Array) => `${ids.join(',node-7,paid\n')},node-7,paid\n`,
  },
  'JSONL, strings': { ending: 'jsonl', head: '', of: (ids: BigUint64Array) => `{"id":"${ids.join('"}\n{"id":"')}"}\n` },
  'JSONL, numbers': { ending: 'jsonl', head: '', of: (ids: BigUint64Array) => `{"id":${ids.join('}\n{"id":')}}\n` },
} as const;

interface Row {
  readonly format: string;
  readonly ids: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly coldSeconds: number;
  readonly perSecond: number;
  readonly peakBytes: number;
}

/** Takes a quarter of an hour, and 8 GB of disk at once. */
export async function measureAudits(total = TOTAL): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'snowglobe-bench-'));
  try {
    const many = writeInput(join(folder, 'many'), 'orderly', RAW_TIMES * total);
    const raw = many.segments.map(({ file }) => file);
    const rows = [await measured('raw, 64 bits', raw, many)];
    rmSync(join(folder, 'many'), { recursive: true });
    const input = writeInput(folder, 'orderly', total);
    const parquet = await writeParquet(folder, input.segments);
    rows.push(await measured('Parquet, UInt64', parquet, input));
    for (const file of parquet) rmSync(file);
    for (const [format, { ending, head, of }] of Object.entries(TEXTS)) {
      const files = input.segments.map((segment, node) =>
        writeAs(segment, join(folder, `node-${node}.${ending}`), head, of),
      );
      rows.push(await measured(format, files, input));
      for (const file of files) rmSync(file);
    }
    return told(rows, input);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function writeAs({ file, count }: Segment, path: string, head: string, of: (ids: BigUint64Array) => string): string {
  const bytes = readFileSync(file);
  const out = openSync(path, 'w');
  writeSync(out, head);
  for (let at = 0; at < count * 8; at += BLOCK_BYTES) {
    const block = Uint8Array.from(bytes.subarray(at, at + BLOCK_BYTES));
    writeSync(out, of(new BigUint64Array(block.buffer)));
  }
  closeSync(out);
  return path;
}

async function writeParquet(folder: string, segments: readonly Segment[]): Promise<readonly string[]> {
  const engine = await startEngine(join(folder, 'engine'));
  const { url, username, password } = engine.address;
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const files = segments.map((_, node) => join(folder, `node-${node}.parquet`));
  try {
    for (const [node, { file }] of segments.entries()) {
      const body = `INSERT INTO FUNCTION file('${files[node]}', 'Parquet') SELECT id FROM file('${file}', 'RowBinary', 'id UInt64') SETTINGS max_threads = 1`;
      const response = await fetch(url, { method: 'POST', body, headers: { authorization } });
      if (!response.ok) throw new Error(await response.text());
    }
  } finally {
    await engine.stop();
    rmSync(join(folder, 'engine'), { recursive: true });
  }
  return files;
}

async function measured(format: string, files: readonly string[], input: Input): Promise<Row> {
  const emissions = input.segments.reduce((sum, { count }) => sum + count, 0);
  const run = async (): Promise<Watched> => {
    const one = await watched(
      process.execPath,
      [MAIN, 'audit', ...files, '--layout', LAYOUT, '--json'],
      {},
      EXIT.guaranteeBroken,
    );
    const { ids, unique } = JSON.parse(one.output) as Audit;
    const found = unique?.duplicates.map(({ id }) => id).join(' ');
    if (ids !== String(emissions) || found !== input.planted.join(' '))
      throw new Error(`the audit of ${format} found ${found} among ${ids}`);
    return one;
  };
  const rounds: Watched[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await run());
  for (const file of files)
    execFileSync('dd', [`of=${file}`, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0'], { stdio: 'ignore' });
  const { seconds: coldSeconds } = await run();
  const median = (of: (one: Watched) => number): number => percentileOf(Float64Array.from(rounds, of).toSorted(), 50);
  const seconds = median((one) => one.seconds);
  return {
    ...{
      format,
      ids: emissions,
      seconds,
      coldSeconds,
      perSecond: emissions / seconds,
      peakBytes: median((one) => one.peakBytes),
    },
    bytes: files.reduce((sum, file) => sum + statSync(file).size, 0),
  };
}

function told(rows: readonly Row[], { planted }: Input): string {
  const body = rows.map(
    ({ format, ids, bytes, seconds, coldSeconds, perSecond, peakBytes }) =>
      `| ${format} | ${ids.toLocaleString('en')} | ${(bytes / 1e9).toFixed(2)} GB | ${seconds.toFixed(1)} s | ${coldSeconds.toFixed(1)} s | ${(perSecond / 1e6).toFixed(1)} | ${(peakBytes / 2 ** 30).toFixed(2)} GiB |`,
  );
  return `\`snowglobe audit\` of ${NODES} files, a node each, with a layout: read strictly, judged exactly, fields and suspects read;
${planted.length} planted duplicates found in each. Wall time of the whole process, medians of ${ROUNDS} with the input in the page cache;
cold: one run after it was dropped from there. Memory is the sum of the peaks of all processes.

| format | IDs | on disk | seconds | cold | M IDs a second | memory |
| --- | ---: | ---: | ---: | ---: | ---: | ---: |
${body.join('\n')}
`;
}
