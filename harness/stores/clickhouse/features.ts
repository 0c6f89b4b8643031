/**
 * Whether a server does what a store rests on: found out by doing it, in tables of our own that are dropped again. Version
 * numbers prove nothing: a fork has others, a setting or a right may be withheld.
 */
import { randomBytes } from 'node:crypto';
import { messageOf, problem } from '../../core/errors.ts';
import type { Problem } from '../../core/errors.ts';
import { EngineLost } from '../../core/store.ts';
import type { Connection } from './connection.ts';
import { ensureDatabase } from './versions.ts';

/** What it does when it works, and how that is tried. */
interface Feature {
  readonly name: string;
  /** Says what is wrong, or nothing. */
  try(): Promise<string | undefined>;
}

const REMEDY = 'Use a server that can, or leave --store out to use the embedded ClickHouse.';

/** What the server lacks, each with the words of its own error. `where`: for messages. */
export async function missingFeatures(connection: Connection, database: string, where: string): Promise<Problem[]> {
  const scratch = `${database}.snowglobe_probe_${randomBytes(6).toString('hex')}`;
  const tables = [`${scratch}_view`, `${scratch}_in`, `${scratch}_direct`, `${scratch}_target`, `${scratch}_raw`];
  try {
    const told = await connection.text('SELECT 1');
    if (told !== '1') return [problem(`ClickHouse answers SELECT 1 with "${told.slice(0, 100)}".`, REMEDY, where)];
  } catch (error) {
    return [problem(`ClickHouse lacks settings that each request of ours has: ${reasonOf(error)}.`, REMEDY, where)];
  }
  try {
    await prepare(connection, database, scratch);
  } catch (error) {
    const what = `ClickHouse refused to create tables: ${reasonOf(error)}.`;
    const remedy = `Give a user that may create the database and tables of \`${database}\`, or leave --store out.`;
    return [problem(what, remedy, where)];
  }
  const problems: Problem[] = [];
  let lost: EngineLost | undefined;
  for (const { name, try: attempt } of featuresOf(connection, scratch)) {
    const lacks = await attempt().catch((error: unknown) => {
      // What does not answer lacks nothing that one knows of.
      if (error instanceof EngineLost) lost ??= error;
      return reasonOf(error);
    });
    if (lost !== undefined) break;
    if (lacks !== undefined) problems.push(problem(`ClickHouse lacks ${name}: ${lacks}.`, REMEDY, where));
  }
  if (lost !== undefined)
    return [
      problem(`ClickHouse answers no more: ${reasonOf(lost)}.`, 'See what is wrong with it, and try again.', where),
    ];
  for (const table of tables) await connection.command(`DROP TABLE IF EXISTS ${table}`).catch(() => undefined);
  return problems;
}

async function prepare(connection: Connection, database: string, scratch: string): Promise<void> {
  const kept = (name: string): string =>
    `CREATE TABLE IF NOT EXISTS ${name} (run LowCardinality(String), id UInt64) ENGINE = MergeTree PARTITION BY run ORDER BY id
     SETTINGS non_replicated_deduplication_window = 100`;
  await ensureDatabase(connection, database);
  for (const query of [
    kept(`${scratch}_direct`),
    kept(`${scratch}_target`),
    kept(`${scratch}_raw`),
    `CREATE TABLE IF NOT EXISTS ${scratch}_in (run LowCardinality(String), ids Array(UInt64)) ENGINE = Null`,
    `CREATE MATERIALIZED VIEW IF NOT EXISTS ${scratch}_view TO ${scratch}_target AS
       SELECT run, id FROM ${scratch}_in ARRAY JOIN ids AS id`,
  ])
    await connection.command(query);
}

/** Two IDs, little-endian, as a tap has them. */
const IDS = Buffer.from(new BigUint64Array([2n ** 64n - 1n, 7n]).buffer);

function featuresOf(connection: Connection, scratch: string): readonly Feature[] {
  const count = async (what: string): Promise<string> => {
    const [row] = await connection.rows<{ n: string }>(`SELECT toString(${what}) AS n`, {});
    return row?.n ?? 'nothing';
  };
  /** The same rows twice under one token, once under another. */
  const sendThrice = async (insert: (token: string) => string, table: string): Promise<string | undefined> => {
    for (const token of ['a', 'a', 'b']) await connection.send(insert(token), IDS, { run: 'probe' });
    const stored = await count(`(SELECT count() FROM ${table} WHERE id = 18446744073709551615)`);
    return stored === '2' ? undefined : `of an INSERT sent twice, and of another like it, ${stored} are stored`;
  };
  const settings = (token: string): string =>
    `SETTINGS insert_deduplicate = 1, insert_deduplication_token = '${token}', max_threads = 1, max_insert_threads = 1`;
  return [
    {
      name: 'deduplication by token',
      try: () =>
        sendThrice(
          (token) => `INSERT INTO ${scratch}_direct
            SELECT {run:String} AS run, id FROM input('id UInt64') ${settings(token)} FORMAT RowBinary`,
          `${scratch}_direct`,
        ),
    },
    {
      name: 'deduplication by token in materialized views',
      try: () =>
        sendThrice(
          (token) => `INSERT INTO ${scratch}_in
            SELECT {run:String} AS run, groupArray(id) AS ids FROM input('id UInt64')
            ${settings(token)}, deduplicate_blocks_in_dependent_materialized_views = 1 FORMAT RowBinary`,
          `${scratch}_target`,
        ),
    },
    {
      name: 'IDs as raw bytes',
      try: async () => {
        await connection.send(
          `INSERT INTO ${scratch}_raw SELECT {run:String} AS run, arrayJoin(reinterpret(raw, 'Array(UInt64)')) AS id
           FROM input('raw String') ${settings('raw')} FORMAT RawBLOB`,
          IDS,
          { run: 'probe' },
        );
        const told = await count(`(SELECT groupArray(id) FROM (SELECT id FROM ${scratch}_raw ORDER BY id))`);
        return told === '[7,18446744073709551615]' ? undefined : `they are read as ${told}`;
      },
    },
    {
      name: 'functions on arrays',
      try: async () => {
        const told = await count(
          '(arrayCount((a, b) -> a <= b, [toUInt64(1)], [toUInt64(2)]), arrayMin([1]), arrayEnumerate([1]), transform(1, [1], [2], 0))',
        );
        return told === '(1,1,[1],2)' ? undefined : `they answer ${told}`;
      },
    },
    {
      name: 'LIMIT … OFFSET … BY',
      try: async () => {
        const told = await count(
          '(SELECT count() FROM (SELECT number FROM (SELECT arrayJoin([1, 1, 2]) AS number) ORDER BY number LIMIT 1 OFFSET 1 BY number))',
        );
        return told === '1' ? undefined : `it finds ${told} of 1`;
      },
    },
  ];
}

/** The engine's own words, where it is told as lost. */
const reasonOf = (error: unknown): string =>
  firstLine(error instanceof EngineLost && error.cause instanceof Error ? error.cause : error);

export const firstLine = (error: unknown): string =>
  messageOf(error)
    .trim()
    .split('\n')[0]!
    .replace(/[.:]\s*$/, '');
