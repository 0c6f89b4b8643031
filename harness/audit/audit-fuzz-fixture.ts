/**
 * Fuzzing of audits: hostile files in all formats, through one process, each answer held against a plain fold over the same
 * bytes. A file is hostile in one way; what is left of it has to be read to the last digit.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import type { Rng } from '../core/random.ts';
import { createRng } from '../core/random.ts';
import { EXIT, messageOf, SnowglobeError } from '../core/errors.ts';
import { exact } from '../exact/exact.ts';
import type { EmbeddedEngine } from '../stores/clickhouse/embedded.ts';
import { startEngine } from '../stores/clickhouse/embedded.ts';
import type { AuditQuestion } from './audit.ts';
import { audit } from './audit.ts';
import type { Audit } from './audit-schema.ts';
import { hostileFiles, hostileTaps } from './hostile-files-fixture.ts';
import type { Answer } from './plain-fold-fixture.ts';
import { answerOf, foldFile, foldTaps, repeatedIn } from './plain-fold-fixture.ts';
import { findSources } from './sources.ts';

export interface FuzzResult {
  readonly seed: number;
  /** How many hostile files it took. */
  readonly files: number;
  readonly kind: 'files' | 'taps' | 'parquet';
  /** What the audit said; undefined: it was right. */
  readonly wrong?: string;
  readonly answer: string;
}

/** The engine of one process reads the Parquet of so many files before it is renewed. */
export const RENEWED_EVERY = 1000;

/** One case after another, from the seed on. */
export async function* fuzzAudits(folder: string, firstSeed: number, withEngine = true): AsyncGenerator<FuzzResult> {
  let engine: EmbeddedEngine | undefined;
  let files = 0;
  try {
    for (let seed = firstSeed; ; seed++) {
      const rng = createRng(`audit ${seed}`);
      const kind = rng.pick([
        'files',
        'files',
        'files',
        'files',
        'files',
        'files',
        'files',
        'files',
        'taps',
        'parquet',
      ] as const);
      const place = join(folder, String(seed));
      mkdirSync(place);
      if (kind === 'parquet' && !withEngine) continue;
      if (kind === 'parquet') {
        if (engine !== undefined && files >= RENEWED_EVERY) {
          await engine.stop();
          engine = undefined;
          files = 0;
        }
        engine ??= await startEngine(join(folder, `engine-${seed}`));
      }
      const result =
        kind === 'parquet'
          ? await fuzzParquet(rng, place, engine!)
          : kind === 'taps'
            ? await fuzzTaps(rng, place)
            : await fuzzFiles(rng, place);
      rmSync(place, { recursive: true, force: true });
      files += result.files;
      yield { seed, kind, ...result };
    }
  } finally {
    await engine?.stop();
  }
}

type One = Omit<FuzzResult, 'seed' | 'kind'>;

async function fuzzFiles(rng: Rng, place: string): Promise<One> {
  const { files, question, byName } = hostileFiles(rng);
  for (const { name, bytes } of files) writeFileSync(join(place, name), bytes);
  const folded = files.map((file) => foldFile(file, question));
  const expected = answerOf(folded, question.lenient);
  const { form, ...rest } = question;
  const asked = {
    ...{ ...rest, form, format: byName ? files[0]!.format : ('auto' as const) },
    // Ranges of a few records, that begin wherever they do.
    ...(rng.chance(0.5) && { rangeBytes: rng.int(8, 400) }),
  };
  const answer = await answerTo(
    place,
    files.map(({ name }) => join(place, name)),
    asked,
  );
  const isCounted = folded.some(({ bad }) => bad > 0) && question.lenient;
  const lines = new Map<string, bigint[]>();
  for (const one of folded) for (const [line, ids] of one.lines) lines.set(line, [...(lines.get(line) ?? []), ...ids]);
  const result = compared(answer, expected, isCounted);
  const wrong = result.wrong ?? (isCounted ? undefined : wrongLines(answer, lines));
  return { files: files.length, answer: result.answer, ...(wrong !== undefined && { wrong }) };
}

async function fuzzTaps(rng: Rng, place: string): Promise<One> {
  const files = hostileTaps(rng);
  const taps = join(place, 'taps');
  mkdirSync(taps);
  for (const [name, bytes] of files) writeFileSync(join(taps, name), bytes);
  const folded = foldTaps(files);
  const ids = [...(folded?.lines.values() ?? [])].flat();
  const repeated = repeatedIn(ids);
  const expected: Answer =
    folded === undefined
      ? 'refused'
      : { verdict: repeated > 0 ? 'fail' : ids.length === 0 ? 'unknown' : 'pass', ids: ids.length, repeated };
  const answer = await answerTo(place, [taps], { format: 'tap', lenient: false });
  // The reader of taps knows more that may be wrong with them than whether their IDs are there: a refusal is no pass.
  return answer === 'refused'
    ? { files: files.size, answer }
    : { files: files.size, ...compared(answer, expected, false) };
}

/** Columns of all types that IDs come in; and the bytes of the file changed, where it need only not be read as another. */
async function fuzzParquet(rng: Rng, place: string, engine: EmbeddedEngine): Promise<One> {
  const type = rng.pick([
    'UInt64',
    'Nullable(UInt64)',
    'Int64',
    'Nullable(Int64)',
    'String',
    'Nullable(String)',
    'Float64',
    'UInt32',
  ]);
  const many = rng.pick([0, 1, 5, 50]);
  const nulls = type.startsWith('Nullable') && rng.chance(0.5);
  const values = Array.from({ length: many }, (_, index): string | null => {
    if (nulls && rng.chance(0.1)) return null;
    if (/String/.test(type) && rng.chance(0.03))
      return rng.pick(['', '007', '18446744073709551616', '-1', 'null', 'a\nb', '"']);
    if (/Int64/.test(type) && !type.includes('UInt') && rng.chance(0.03)) return '-5';
    if (index > 0 && rng.chance(0.02)) return '7';
    return type === 'UInt32' || type === 'Float64' ? String(index * 3) : String((1n << 62n) + BigInt(index) * 7n);
  });
  const path = join(place, 'a.parquet');
  const list = values
    .map((value) => (value === null ? 'NULL' : `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`))
    .join(',');
  const rows =
    many === 0
      ? `SELECT CAST(NULL, 'Nullable(String)') AS v WHERE 0`
      : `SELECT arrayJoin([${list}]::Array(Nullable(String))) AS v`;
  const cast =
    type.startsWith('Nullable') || many === 0
      ? `CAST(v, '${type.startsWith('Nullable') ? type : `Nullable(${type})`}')`
      : `CAST(assumeNotNull(v), '${type}')`;
  await tell(engine, `INSERT INTO FUNCTION file('${path}', 'Parquet') SELECT ${cast} AS id FROM (${rows})`);
  const ids = values.map((value) =>
    value !== null && /^(0|[1-9]\d*)$/.test(value) && BigInt(value) < 2n ** 64n ? BigInt(value) : undefined,
  );
  const isBad = type === 'Float64' || ids.includes(undefined);
  const known = ids.filter((id) => id !== undefined);
  const repeated = repeatedIn(known);
  const expected: Answer = isBad
    ? 'refused'
    : { verdict: repeated > 0 ? 'fail' : known.length === 0 ? 'unknown' : 'pass', ids: known.length, repeated };
  const isCut = rng.chance(0.15);
  const isDamaged = !isCut && rng.chance(0.3);
  if (isCut || isDamaged) damage(rng, path, isCut);
  const answer = await answerTo(place, [path], { format: 'parquet', lenient: false }, engine);
  // Its end says where everything is. Other bytes may well be those of another file: no more is asked of it than an answer.
  if (!isDamaged) return { files: 1, ...compared(answer, isCut ? 'refused' : expected, false) };
  const said = compared(answer, 'refused', false);
  return { files: 1, answer: said.answer, ...(said.answer === 'crashed' && { wrong: said.wrong! }) };
}

function damage(rng: Rng, path: string, isCut: boolean): void {
  const bytes = readFileSync(path);
  const at = rng.int(4, bytes.length - 1);
  if (isCut) writeFileSync(path, bytes.subarray(0, at));
  else {
    bytes[at] = bytes[at]! ^ (1 << rng.int(0, 7));
    writeFileSync(path, bytes);
  }
}

async function tell(engine: EmbeddedEngine, query: string): Promise<void> {
  const { url, username, password } = engine.address;
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const response = await fetch(url, { method: 'POST', body: query, headers: { authorization } });
  if (!response.ok) throw new Error(`${query}: ${await response.text()}`);
}

/** Longer than any of these takes by far: an audit that hangs is told. */
const HANGS_AFTER_MS = 60_000;

async function answerTo(
  place: string,
  words: readonly string[],
  question: Pick<AuditQuestion, 'format' | 'lenient'> & Partial<AuditQuestion>,
  engine?: EmbeddedEngine,
): Promise<Audit | 'refused' | { readonly crashed: string }> {
  const folder = join(place, 'temporary');
  mkdirSync(folder);
  try {
    return await audit(
      { sources: findSources(words, question.format), tables: [], signed: false, command: '', ...question },
      {
        ...{
          folder,
          exact,
          threads: 0,
          onBytes: () => undefined,
          phase: () => undefined,
          now: () => performance.now(),
        },
        stdin: () => Readable.from([]),
        signal: AbortSignal.timeout(HANGS_AFTER_MS),
        engine: async () => engine!.address,
      },
    );
  } catch (error) {
    if (error instanceof SnowglobeError && error.exitCode === EXIT.badInput) return 'refused';
    return { crashed: messageOf(error) };
  }
}

/** Whether each line has its IDs in their order, and each witness stands where it is said to stand. */
function wrongLines(
  answer: Audit | 'refused' | { readonly crashed: string },
  expected: ReadonlyMap<string, readonly bigint[]>,
): string | undefined {
  if (answer === 'refused' || 'crashed' in answer) return undefined;
  // Files are called by their paths.
  const lineOf = (name: string): readonly bigint[] => expected.get(name) ?? expected.get(basename(name)) ?? [];
  for (const { name, ids, first, last, backward } of answer.lines) {
    const own = lineOf(name);
    const steps = own.filter((id, index) => index > 0 && id <= own[index - 1]!).length;
    const said = [ids, first, last, backward].join(' ');
    const is = [own.length, own[0], own.at(-1), steps].join(' ');
    if (said !== is) return `line ${name} is ${said}, and ${is} by the plain fold`;
  }
  for (const { id, sightings } of answer.unique?.duplicates ?? [])
    for (const { line, position } of sightings)
      if (lineOf(line)[Number(position)] !== BigInt(id)) return `${id} is not at ${line} #${position}`;
  return undefined;
}

/** `loosely`: where damage was counted, it is enough that nothing passes. */
function compared(
  answer: Audit | 'refused' | { readonly crashed: string },
  expected: Answer,
  loosely: boolean,
): Pick<FuzzResult, 'wrong' | 'answer'> {
  const told = (one: Answer): string =>
    one === 'refused' ? one : `${one.verdict} of ${one.ids} IDs, ${one.repeated} of them repeated`;
  if (answer !== 'refused' && 'crashed' in answer) return { answer: 'crashed', wrong: `crashed: ${answer.crashed}` };
  const said: Answer =
    answer === 'refused'
      ? answer
      : { verdict: answer.verdict, ids: Number(answer.ids), repeated: Number(answer.unique?.repeated ?? 0) };
  const name = said === 'refused' ? said : said.verdict;
  const isRight = loosely ? name !== 'pass' && name !== 'refused' : told(said) === told(expected);
  return isRight ? { answer: name } : { answer: name, wrong: `${told(said)}, and the plain fold: ${told(expected)}` };
}
