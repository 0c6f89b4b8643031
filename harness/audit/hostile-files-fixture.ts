/** Small files of IDs as no reader wants them: made from a seed, so that one that was read wrongly is made again. */
import { crc32, gzipSync, zstdCompressSync } from 'node:zlib';
import type { Rng } from '../core/random.ts';
import { encodeBatch } from '../core/tap.ts';
import type { FoldedFile, FoldQuestion } from './plain-fold-fixture.ts';

export interface HostileFiles {
  readonly files: readonly FoldedFile[];
  readonly question: FoldQuestion;
  /** How the audit is told the format: by its name, or by the ending of the file. */
  readonly byName: boolean;
}

const WRONG = [
  ...[
    '',
    '-1',
    '+5',
    '007',
    '00',
    '-0',
    '18446744073709551616',
    '99999999999999999999',
    '1.0',
    '1e3',
    '1E+2',
    '.5',
    '5.',
  ],
  ...[
    'null',
    'NULL',
    'nan',
    'true',
    'abc',
    '12abc',
    '0x10',
    ' 5',
    '5 ',
    '5\t',
    '1_000',
    '１２',
    '٣',
    '\u0000',
    '1\u0000',
  ],
  ...[
    '"',
    '""',
    '"5',
    '5"',
    '\\N',
    '{}',
    '[]',
    '[1]',
    '{"id":1}',
    '\uFEFF5',
    '340282366920938463463374607431768211456',
  ],
] as const;
const GOOD = [
  '0',
  '1',
  '9',
  '10',
  '18446744073709551615',
  '9223372036854775808',
  '9007199254740992',
  '9007199254740993',
] as const;
const IN_UUID = '0123456789abcdef';
const IN_ULID = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

export function hostileFiles(rng: Rng): HostileFiles {
  const form = rng.pick(['decimal', 'decimal', 'decimal', 'decimal', 'uuid', 'ulid'] as const);
  const question: FoldQuestion = {
    form,
    column: rng.pick(['id', 'id', 'id', 'ID', 'a b', 'í', 'constructor']),
    ...(rng.chance(0.3) && { nodeColumn: rng.pick(['node', 'host', '__proto__']) }),
    lenient: rng.chance(0.3),
  };
  const isRaw = form === 'decimal' && question.nodeColumn === undefined && rng.chance(0.15);
  const formats = isRaw
    ? (['u64le'] as const)
    : question.nodeColumn === undefined
      ? (['text', 'text', 'csv', 'jsonl', 'jsonl'] as const)
      : (['csv', 'jsonl'] as const);
  const isWrong = rng.chance(0.5);
  const files = Array.from({ length: rng.pick([1, 1, 1, 2, 3]) }, (_, index): FoldedFile => {
    const format = rng.pick(formats);
    const tokens = tokensOf(rng, form, isWrong ? 0.05 : 0);
    const bytes = damaged(rng, written(rng, format, tokens, question), rng.chance(0.3));
    const compression = rng.pick(['none', 'none', 'none', 'none', 'gzip', 'zstd'] as const);
    const packed = compression === 'none' ? bytes : compression === 'gzip' ? gzipSync(bytes) : zstdCompressSync(bytes);
    const whole = compression === 'none' || !rng.chance(0.1) ? packed : packed.subarray(0, rng.int(4, packed.length));
    const ending = { u64le: 'u64', u128le: 'u128', text: 'txt', csv: 'csv', jsonl: 'jsonl' }[format];
    return {
      name: `${index}.${ending}${{ none: '', gzip: '.gz', zstd: '.zst' }[compression]}`,
      format,
      compression,
      bytes: whole,
    };
  });
  return { files, question, byName: new Set(files.map(({ format }) => format)).size === 1 && rng.chance(0.5) };
}

function tokensOf(rng: Rng, form: FoldQuestion['form'], wrong: number): readonly string[] {
  const many = rng.pick([0, 1, 2, 5, 20, 100, 300]);
  const base = BigInt(rng.int(0, 2 ** 40)) << 22n;
  // A producer whose numbers are doubles, or one whose IDs all begin a tick.
  const grain = rng.pick([1n, 1n, 1n, 1n, 256n, 4096n]);
  const repeats = rng.chance(0.3) ? 0.02 : 0;
  const tokens: string[] = [];
  for (let index = 0; index < many; index++)
    if (rng.chance(wrong)) tokens.push(rng.pick(WRONG));
    else if (tokens.length > 0 && rng.chance(repeats)) tokens.push(rng.pick(tokens));
    else if (form === 'uuid') tokens.push(uuid(rng));
    else if (form === 'ulid') tokens.push(`${rng.int(0, 7)}${letters(rng, IN_ULID, 25)}`);
    else if (rng.chance(0.01)) tokens.push(rng.pick(GOOD));
    else tokens.push(String(base + BigInt(index) * grain * BigInt(rng.pick([1, 1, 1, 7]))));
  return tokens;
}

function uuid(rng: Rng): string {
  const parts = [8, 4, 4, 4, 12].map((length) => letters(rng, IN_UUID, length));
  const text = parts.join(rng.chance(0.02) ? '' : '-');
  return rng.chance(0.1) ? text.toUpperCase() : text;
}

const letters = (rng: Rng, from: string, length: number): string =>
  Array.from({ length }, () => from[rng.int(0, from.length - 1)]).join('');

function written(rng: Rng, format: FoldedFile['format'], tokens: readonly string[], question: FoldQuestion): Buffer {
  if (format === 'u64le') {
    const ids = BigUint64Array.from(tokens.filter((token) => /^\d{1,19}$/.test(token)).map(BigInt));
    return Buffer.from(ids.buffer);
  }
  const line = rng.chance(0.2) ? '\r\n' : '\n';
  const rows =
    format === 'text' ? tokens : format === 'csv' ? csvRows(rng, tokens, question) : jsonRows(rng, tokens, question);
  const end = rng.chance(0.85) ? line : '';
  const mark = rng.chance(0.1) ? '\uFEFF' : '';
  return Buffer.from(`${mark}${rows.join(line)}${rows.length === 0 ? '' : end}`);
}

const node = (rng: Rng): string => rng.pick(['n1', 'n1', 'n2', 'n3', 'ñ', 'a,b', '"q"', '']);

function csvRows(rng: Rng, tokens: readonly string[], { column, nodeColumn }: FoldQuestion): readonly string[] {
  const quoted = (text: string): string =>
    /[",\n\r]/.test(text) || rng.chance(0.1) ? `"${text.replaceAll('"', '""')}"` : text;
  const names = rng.shuffle([
    column,
    ...(nodeColumn === undefined ? [] : [nodeColumn]),
    ...rng.pick([[], ['x'], ['x', 'y']]),
  ]);
  const other = (): string => rng.pick(['', 'text', 'a,b', 'two\nlines', 'q"q', '5']);
  return [
    names.map(quoted).join(','),
    ...tokens.map((token) =>
      // What is wrong is written as it is: quotes that do not match, too.
      names
        .map((name) =>
          name === column
            ? rng.chance(0.1)
              ? quoted(token)
              : token
            : quoted(name === nodeColumn ? node(rng) : other()),
        )
        .join(','),
    ),
  ];
}

function jsonRows(rng: Rng, tokens: readonly string[], { column, nodeColumn }: FoldQuestion): readonly string[] {
  const unquoted = rng.pick([0, 0.5, 1]);
  const blank = rng.pick(['', '', ' ', '\t']);
  return tokens.map((token) => {
    const asNumber = rng.chance(unquoted);
    const value = asNumber ? token : rng.chance(0.03) ? escaped(token) : JSON.stringify(token);
    const member = (key: string, text: string): string => `${JSON.stringify(key)}${blank}:${blank}${text}`;
    const members = [
      member(rng.chance(0.005) ? rng.pick(['Id', 'no', '']) : column, value),
      ...(nodeColumn === undefined ? [] : [member(nodeColumn, rng.pick([JSON.stringify(node(rng)), '17', 'null']))]),
      ...(rng.chance(0.3)
        ? [member('more', rng.pick(['{"id":1,"x":[1,{}]}', '[]', '"id"', '1e400', 'true', '"\\u0069d"', '-0.5e-3']))]
        : []),
      ...(rng.chance(0.01) ? [member(column, value)] : []),
    ];
    return `${blank}{${blank}${rng.shuffle(members).join(`${blank},${blank}`)}${blank}}${blank}`;
  });
}

/** The same string of JSON, in which each letter is a number. */
const escaped = (text: string): string =>
  `"${Array.from({ length: text.length }, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')}"`;

function damaged(rng: Rng, bytes: Buffer, isDamaged: boolean): Buffer {
  if (!isDamaged || bytes.length === 0) return bytes;
  const at = rng.int(0, bytes.length - 1);
  switch (rng.int(0, 6)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]);
    case 2:
      return Buffer.concat([bytes.subarray(0, at), Buffer.from([rng.int(0, 255)]), bytes.subarray(at)]);
    case 3: {
      const other = Buffer.from(bytes);
      other[at] = other[at]! ^ (1 << rng.int(0, 7));
      return other;
    }
    case 4:
      return Buffer.concat([bytes, bytes.subarray(at)]);
    case 5:
      return Buffer.concat([
        bytes.subarray(0, at),
        Buffer.from(rng.pick(['\n', '\r\n', '\r', '"', ',', '\0', '\\', '}', '\uFEFF'])),
        bytes.subarray(at),
      ]);
    default:
      return Buffer.concat([bytes, Buffer.from(rng.pick(['\n', '\n\n', ' ', '\r\n', '\0', '\u001a', '-1']))]);
  }
}

/** The taps of a few lanes, some of them damaged. */
export function hostileTaps(rng: Rng): ReadonlyMap<string, Buffer> {
  const files = new Map<string, Buffer>();
  const base = BigInt(rng.int(0, 2 ** 30)) << 22n;
  for (let lane = 0; lane < rng.int(1, 3); lane++) {
    const name = `n${lane + 1}-1-0`;
    files.set(`n${lane + 1}-1.life`, Buffer.alloc(0));
    let seq = 0;
    for (let segment = 0; segment < rng.int(1, 2); segment++) {
      const [ids, batches]: [Buffer[], Buffer[]] = [[], []];
      const firstSeq = seq;
      for (let batch = 0; batch < rng.int(1, 4); batch++) {
        const count = rng.int(0, 5);
        const own = Buffer.alloc(count * 8);
        for (let k = 0; k < count; k++)
          own.writeBigUInt64LE(base + BigInt(rng.chance(0.02) ? 0 : (lane << 12) + seq + k), k * 8);
        const record = Buffer.alloc(96);
        encodeBatch(
          {
            ...{
              firstSeq: BigInt(seq),
              count,
              flags: 0,
              calledNs: 1n,
              returnedNs: 2n,
              wallCalledNs: 1n,
              wallReturnedNs: 2n,
            },
            ...{ workerId: lane, lease: 0n, createRevision: 0n, fenceNs: 0n, limitMs: 0n },
            ...(rng.chance(0.7) && { idsChecksum: crc32(own) }),
          },
          record,
        );
        ids.push(own);
        batches.push(record);
        seq += count;
      }
      files.set(`${name}-${firstSeq}.ids`, Buffer.concat(ids));
      files.set(`${name}-${firstSeq}.batches`, Buffer.concat(batches));
      // A next segment would have the name of this one.
      if (seq === firstSeq) break;
    }
  }
  const names = [...files.keys()].filter((name) => !name.endsWith('.life'));
  if (rng.chance(0.5)) {
    const name = rng.pick(names);
    if (rng.chance(0.1)) files.delete(name);
    else files.set(name, damaged(rng, files.get(name)!, true));
  }
  return files;
}
