/** What else finds duplicates: DuckDB on Parquet, and `sort | uniq -d` on text. Each in processes of its own. */
import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Segment } from '../../harness/exact/segment.ts';
import { type Watched, watched } from './watched.ts';

/** Its wheel from PyPI: measured as it is published, no dependency of the project. */
const DUCKDB = '2.0.0';
const CACHE = join(import.meta.dirname, '../../node_modules/.cache/bench');

/** Where Python finds DuckDB; installed when it is not there yet. */
export function duckdbFolder(): string {
  const folder = join(CACHE, `duckdb-${DUCKDB}`);
  if (!existsSync(folder)) {
    mkdirSync(CACHE, { recursive: true });
    execFileSync('python3', ['-m', 'pip', 'install', '--quiet', '--target', folder, `duckdb==${DUCKDB}`], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, PIP_ROOT_USER_ACTION: 'ignore' },
    });
  }
  return folder;
}

export const DUCKDB_NAME = `DuckDB ${DUCKDB}`;

export function sortName(): string {
  const words = execFileSync('sort', ['--version'], { encoding: 'utf8' }).split('\n')[0]!.split(' ');
  return `sort ${words.at(-1)}`;
}

const BLOCK_IDS = 65_536;

/** The same IDs in decimal, a line each. */
export function writeText(segments: readonly Segment[], file: string): void {
  const ids = new BigUint64Array(BLOCK_IDS);
  const bytes = new Uint8Array(ids.buffer);
  const out = openSync(file, 'w');
  for (const { file: from, count } of segments) {
    const fd = openSync(from, 'r');
    for (let at = 0; at < count; at += BLOCK_IDS) {
      const n = Math.min(BLOCK_IDS, count - at);
      if (readSync(fd, bytes, 0, n * 8, at * 8) !== n * 8) throw new Error(`${from} is cut off`);
      writeSync(out, `${ids.subarray(0, n).join('\n')}\n`);
    }
    closeSync(fd);
  }
  closeSync(out);
}

const SCRIPT = `
import sys, duckdb
what, folder, source = sys.argv[1:4]
con = duckdb.connect()
con.execute(f"SET memory_limit='2GB'; SET threads=2; SET temp_directory='{folder}/duckdb-spill'")
if what == 'parquet':
    con.execute(f"COPY (SELECT id FROM read_csv('{source}', header=false, columns={{'id': 'UBIGINT'}})) TO '{sys.argv[4]}' (FORMAT parquet)")
else:
    for row in con.execute(f"SELECT id, count(*) FROM '{source}' GROUP BY id HAVING count(*) > 1 ORDER BY id").fetchall():
        print(row[0])
`;

const duckdb = (...args: readonly string[]): Promise<Watched> =>
  watched(interpreter(), ['-c', SCRIPT, ...args], { PYTHONPATH: duckdbFolder() });

/** The interpreter itself: what stands for it in PATH may be a script that takes its own time. */
function interpreter(): string {
  return execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();
}

export async function writeParquet(folder: string, text: string, parquet: string): Promise<void> {
  await duckdb('parquet', folder, text, parquet);
}

/** Prints each repeated ID on a line. */
export function runDuckdb(folder: string, parquet: string): Promise<Watched> {
  return duckdb('repeated', folder, parquet);
}

/** As many threads and as much memory as DuckDB has. */
export function runSort(folder: string, text: string): Promise<Watched> {
  const line = 'set -o pipefail; sort -S 2G --parallel=2 -T "$1" "$2" | uniq -d';
  return watched('bash', ['-c', line, 'bash', folder, text], { LC_ALL: 'C' });
}
