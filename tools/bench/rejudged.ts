/**
 * Judges taps as `snowglobe judge` would, in a process of its own, and says how long each part of it took:
 *
 *   node tools/bench/rejudged.ts PATTERN FOLDER
 *
 * The folder holds taps; a journal and a store are made beside them. One line of JSON to standard output.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Checker } from '../../harness/core/checker.ts';
import type { Guarantee, Promise_ } from '../../harness/core/guarantee.ts';
import type { JournalEntry } from '../../harness/core/journal.ts';
import type { Store } from '../../harness/core/store.ts';
import { storeOpener } from '../../harness/cli/store.ts';
import { JOURNAL_FILE, begunRun } from '../../harness/engine/record.ts';
import { journalText } from '../../harness/engine/journal.ts';
import { rejudge } from '../../harness/engine/rejudge.ts';
import { createStopwatch } from '../../harness/engine/stopwatch.ts';
import { loadParts, loadScenario } from '../../harness/registry.ts';
import { BATCH_MS, nodeNames, ORIGIN, PATTERNS } from './taps.ts';

/** What the child says when it is done. Times in milliseconds. */
export interface Rejudged {
  readonly ids: string;
  readonly totalMs: number;
  /** From the first range to the last acknowledged one. */
  readonly ingestMs: number;
  readonly checks: readonly { readonly guarantee: string; readonly ms: number }[];
  /** All other questions to the store: counts, tenures, bytes. */
  readonly otherMs: number;
  readonly bytes: readonly { readonly table: string; readonly onDisk: string }[];
  readonly unique: { readonly violations: number; readonly told: number };
  readonly backward: number;
  readonly store: string;
}

const PROMISES: readonly Promise_[] = [
  { guarantee: 'unique' },
  { guarantee: 'increasing-per-node' },
  { guarantee: 'increasing-across-lives', scope: 'worker-id' },
  { guarantee: 'owns-worker-id' },
  { guarantee: 'well-formed' },
  { guarantee: 'fails-closed' },
  { guarantee: 'time-honest', pastMs: BATCH_MS + 4, futureMs: 1 },
];

const [, , patternName, folder] = process.argv as [string, string, keyof typeof PATTERNS, string];
const { layout } = PATTERNS[patternName];

const entries: readonly JournalEntry[] = [
  { at: 0, kind: 'origin', origin: ORIGIN, nodes: nodeNames, versions: {} },
  { at: 0, kind: 'phase', phase: 'judge' },
];
writeFileSync(join(folder, JOURNAL_FILE), journalText(entries));
const header = {
  scenario: await loadScenario('first-look'),
  generator: { name: 'bench', summary: 'IDs from a file', promises: PROMISES, layout },
  driver: 'local',
  seed: '1',
  command: 'npm run bench -- store',
};
const { checkers, hazards, indicators } = await loadParts();
const spent = new Map<string, number>();
const timed = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
  const began = performance.now();
  try {
    return await work();
  } finally {
    spent.set(name, (spent.get(name) ?? 0) + performance.now() - began);
  }
};
const openStore = await storeOpener(undefined);
let firstRange = 0;
let lastRange = 0;
let version = '';
let inCheck = false;
const measuredStore = (store: Store): Store => {
  version = store.version;
  return {
    version,
    append: async (range) => {
      firstRange ||= performance.now();
      await store.append(range);
      lastRange = performance.now();
    },
    appendRequests: (requests) => store.appendRequests(requests),
    putFacts: (facts) => timed('facts', () => store.putFacts(facts)),
    counts: () => timed('counts', () => store.counts()),
    bytes: () => timed('bytes', () => store.bytes()),
    live: store.live,
    forgetCanary: () => store.forgetCanary(),
    cpuSeconds: () => store.cpuSeconds?.(),
    sql: {
      rows: (query, parameters) =>
        inCheck ? store.sql.rows(query, parameters) : timed('other', () => store.sql.rows(query, parameters)),
    },
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
};
const measuredChecker = (checker: Checker): Checker => ({
  ...checker,
  sql: async (store, facts, promise) => {
    inCheck = true;
    try {
      return await timed(nameOf(promise), () => checker.sql(store, facts, promise));
    } finally {
      inCheck = false;
    }
  },
});
const nameOf = (promise: Promise_): string =>
  'scope' in promise ? `${promise.guarantee} (${promise.scope})` : promise.guarantee;

const began = performance.now();
const run = await rejudge({
  folder,
  begun: begunRun(header, createStopwatch('bench').measured({}, undefined)),
  journal: { entries, problems: [] },
  origin: entries[0] as Extract<JournalEntry, { kind: 'origin' }>,
  openStore: async (options) => measuredStore(await openStore(options)),
  checkers: new Map([...checkers].map(([name, checker]) => [name, measuredChecker(checker)])),
  hazards,
  indicators,
  log: () => undefined,
});
const totalMs = performance.now() - began;
const found = (guarantee: Guarantee) => run.findings.find((finding) => finding.guarantee === guarantee)!;
const guarantees = [...spent].filter(([name]) => !['facts', 'counts', 'bytes', 'other'].includes(name));
const result: Rejudged = {
  ids: run.evidence.stored,
  totalMs,
  ingestMs: lastRange - firstRange,
  checks: guarantees.map(([guarantee, ms]) => ({ guarantee, ms })),
  otherMs: ['facts', 'counts', 'bytes', 'other'].reduce((sum, name) => sum + (spent.get(name) ?? 0), 0),
  bytes: run.measured.stored ?? [],
  unique: { violations: found('unique').violations, told: found('unique').witnesses.length },
  backward: found('increasing-per-node').violations,
  store: version,
};
process.stdout.write(`${JSON.stringify(result)}\n`);
if (process.env['SNOWGLOBE_BENCH_VERBOSE'] !== undefined)
  process.stderr.write(
    `${JSON.stringify({ spent: [...spent], reasons: run.reasons, unknowns: run.unknowns, findings: run.findings.map(({ witnesses, ...f }) => ({ ...f, w: witnesses[0]?.what })) }, null, 1)}\n`,
  );
