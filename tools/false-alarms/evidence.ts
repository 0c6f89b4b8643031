/**
 * Runs of honest generators: the evidence of how often snowglobe accuses one that keeps its word. Read from the rows of
 * docs/TORTURE.md and from docs/scoreboard.json, as far as these prove it. Pure.
 */
import { createHash } from 'node:crypto';
import type { Scoreboard } from '../scoreboard/table.ts';

/** One row of docs/FALSE-ALARMS.md: runs of honest generators by one driver, from one slice or one scoreboard. */
export interface Evidence extends Counts {
  readonly date: string;
  readonly commit: string;
  /** `storm-sim`, `scoreboard`. */
  readonly source: string;
  readonly driver: string;
  /** Seeds of a simulated slice, `1–1000`, by which a run is known again; '-' where runs are known by nothing. */
  readonly seeds: string;
  /** A digest of what the row was read from: nothing is counted twice. */
  readonly key: string;
}

export interface Counts {
  readonly runs: number;
  readonly pass: number;
  readonly fail: number;
  readonly unknown: number;
}

export type IsHonest = (generator: string) => boolean;

/** Slices whose every run is one of an honest generator, and whose repetitions have the verdict of their run. */
const ALL_HONEST = new Set(['storm-sim', 'fuzz-sim', 'storm-local', 'storm-docker', 'early-revoke']);
/** Slices that name the generator of each run: `snowflake through storm: 1 runs`, `snowflake in lease-expire on etcd …`. */
const NAMED = new Set(['proofs-local', 'proofs-docker', 'etcd-matrix']);
/** Where the name of a slice does not say by which driver it runs. */
const DRIVERS: Readonly<Record<string, string>> = { 'early-revoke': 'local', 'etcd-matrix': 'local' };

/** Rows of the table in docs/TORTURE.md, as they stand there. */
export function tortureRows(markdown: string): readonly string[] {
  return markdown.split('\n').filter((line) => /^\| \d{4}-\d\d-\d\d \|/.test(line));
}

const keyOf = (text: string): string => createHash('sha256').update(text.trim()).digest('hex').slice(0, 8);

/**
 * What one row proves. Nothing of slices that try mutants, or whose repetitions have a verdict of their own (a killed
 * harness judges nothing); of a row that no longer names each run, only those that it names.
 */
export function evidenceOfRow(row: string, isHonest: IsHonest): readonly Evidence[] {
  const [date = '', commit = '', source = '', ...rest] = row
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
  const [runs = 0, pass = 0, fail = 0, unknown = 0] = rest.slice(0, 4).map(Number);
  const remarks = rest[5] ?? '';
  const driver = DRIVERS[source] ?? /-(sim|local|docker)$/.exec(source)?.[1];
  const counts = ALL_HONEST.has(source)
    ? { runs, pass, fail, unknown }
    : NAMED.has(source)
      ? countNamed(remarks, isHonest)
      : undefined;
  if (driver === undefined || counts === undefined || counts.runs === 0) return [];
  const first = Number(/^from seed (\d+)/.exec(remarks)?.[1] ?? 1);
  const seeds = driver === 'sim' ? seedsText(first, runs) : '-';
  return [{ date, commit, source, driver, ...counts, seeds, key: keyOf(row) }];
}

function countNamed(remarks: string, isHonest: IsHonest): Counts {
  let counts: Counts = NONE;
  for (const remark of remarksIn(remarks)) {
    const named = /^([a-z][a-z0-9-]*) (?:through [a-z0-9-]+|in [a-z0-9-]+ on etcd \S+): (\d+) runs(.*)$/.exec(remark);
    const [, generator = '', runs = '0', rest = ''] = named ?? [];
    if (!isHonest(generator)) continue;
    const of = (what: string): number => Number(new RegExp(`(?:^|, )(\\d+) ${what} `).exec(rest)?.[1] ?? 0);
    const [fail, unknown] = [of('failed'), of('unknown')];
    counts = plus(counts, { runs: Number(runs), pass: Number(runs) - fail - unknown, fail, unknown });
  }
  return counts;
}

/** Parted by semicolons, but by none between brackets: `snowflake: 3 runs, 1 failed (unique 1; first seed 2); …`. */
function remarksIn(text: string): readonly string[] {
  const parts = [''];
  let depth = 0;
  for (const letter of text) {
    if (letter === '(') depth++;
    if (letter === ')') depth--;
    if (letter === ';' && depth === 0) parts.push('');
    else parts.push(parts.pop() + letter);
  }
  return parts.map((part) => part.trim());
}

/** Of all honest generators through all scenarios. */
export function evidenceOfScoreboard(
  board: Pick<Scoreboard, 'date' | 'commit' | 'cells'>,
  isHonest: IsHonest,
): Evidence {
  const counts = board.cells.filter(({ generator }) => isHonest(generator)).reduce<Counts>(plus, NONE);
  const { date, commit } = board;
  return {
    date,
    commit,
    source: 'scoreboard',
    driver: 'sim',
    ...counts,
    seeds: '-',
    key: keyOf(`scoreboard ${commit}`),
  };
}

/** Of the runs that a slice has just made; `row`: the one that it added to docs/TORTURE.md. */
export function evidenceOfSlice(
  row: string,
  { date, commit, source }: Pick<Evidence, 'date' | 'commit' | 'source'>,
  firstSeed: number,
  byDriver: ReadonlyMap<string, Counts>,
): readonly Evidence[] {
  return [...byDriver].map(([driver, counts]) => ({
    ...{ date, commit, source, driver, ...counts },
    seeds: driver === 'sim' ? seedsText(firstSeed, counts.runs) : '-',
    key: keyOf(row),
  }));
}

/** With what is new; of what has the key and the driver of a row that is there, nothing. */
export function merged(known: readonly Evidence[], more: readonly Evidence[]): readonly Evidence[] {
  const name = ({ key, driver }: Evidence): string => `${key} ${driver}`;
  const names = new Set(known.map(name));
  return [...known, ...more.filter((one) => !names.has(name(one)))];
}

/**
 * Without simulated runs that another row has already: the same seed of the same slice on the same commit is the same run.
 * Of rows that share seeds the longer counts, as a whole.
 */
export function distinct(evidence: readonly Evidence[]): readonly Evidence[] {
  const taken: Evidence[] = [];
  for (const one of evidence.toSorted((a, b) => b.runs - a.runs))
    if (!taken.some((other) => sharesSeeds(one, other))) taken.push(one);
  return evidence.filter((one) => taken.includes(one));
}

function sharesSeeds(one: Evidence, other: Evidence): boolean {
  const [mine, theirs] = [seedsOf(one.seeds), seedsOf(other.seeds)];
  if (mine === undefined || theirs === undefined) return false;
  const isSame = one.source === other.source && one.commit === other.commit && one.driver === other.driver;
  return isSame && mine.first <= theirs.last && theirs.first <= mine.last;
}

const seedsText = (first: number, runs: number): string => `${first}–${first + runs - 1}`;

function seedsOf(text: string): { readonly first: number; readonly last: number } | undefined {
  const [, first, last] = /^(\d+)–(\d+)$/.exec(text) ?? [];
  return first === undefined ? undefined : { first: Number(first), last: Number(last) };
}

export const NONE: Counts = { runs: 0, pass: 0, fail: 0, unknown: 0 };

export function plus(one: Counts, other: Counts): Counts {
  return {
    runs: one.runs + other.runs,
    pass: one.pass + other.pass,
    fail: one.fail + other.fail,
    unknown: one.unknown + other.unknown,
  };
}
