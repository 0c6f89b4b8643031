import { readFileSync } from 'node:fs';
import { link, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { encodeBatch } from '../core/tap.ts';
import { auditIn, auditOf, found, refusal } from './audit-for-tests.ts';
import { auditJsonSchema, auditSchema } from './audit-schema.ts';

const IDS = ['1724551118844858368', '1724551118844858369', '1724551118849052672'] as const;
const u64 = (ids: readonly (string | bigint)[]): Buffer => Buffer.from(BigUint64Array.from(ids.map(BigInt)).buffer);

/** One ID in a file of each format that has texts, and where it then stands. */
const FORMATS = {
  text: { name: 'a.txt', of: (tokens: readonly string[]) => tokens.map((token) => `${token}\n`).join(''), line: 1 },
  csv: {
    name: 'a.csv',
    of: (tokens: readonly string[]) => `n,id\n${tokens.map((token) => `x,${token}\n`).join('')}`,
    line: 2,
  },
  'JSONL, as strings': {
    name: 'a.jsonl',
    of: (tokens: readonly string[]) => tokens.map((token) => `{"n":1,"id":${JSON.stringify(token)}}\n`).join(''),
    line: 1,
  },
  'JSONL, as numbers': {
    name: 'a.jsonl',
    of: (tokens: readonly string[]) => tokens.map((token) => `{"n":1,"id":${token}}\n`).join(''),
    line: 1,
  },
} as const;

const HOSTILE: Readonly<Record<string, { readonly token: string; readonly says: RegExp }>> = {
  'a garbage line': { token: 'abc', says: /is no ID|is not a JSON object/ },
  'digits with garbage behind them': { token: '12abc', says: /is no ID|is not a JSON object/ },
  'a minus sign': { token: '-5', says: /has a minus sign/ },
  'a minus sign before 0': { token: '-0', says: /has a minus sign/ },
  'a plus sign': { token: '+5', says: /has a plus sign/ },
  'leading zeros': { token: '007', says: /has leading zeros/ },
  '2^64': { token: '18446744073709551616', says: /is more than the largest ID/ },
  'twenty nines': { token: '99999999999999999999', says: /is more than the largest ID/ },
  'a hundred digits': { token: '1'.repeat(100), says: /is more than the largest ID/ },
  'a fraction': { token: '1.5', says: /has a fraction/ },
  'a fraction of nothing': { token: '1.0', says: /has a fraction/ },
  'an exponent': { token: '1e3', says: /has an exponent/ },
  null: { token: 'null', says: /is null/ },
  nothing: { token: '', says: /is empty|is not a JSON object/ },
  true: { token: 'true', says: /is no ID/ },
  'a blank before it': { token: 'x 5', says: /is no ID|is not a JSON object/ },
  'hexadecimal digits among decimal ones': { token: '0x10', says: /is no ID|is not a JSON object/ },
};

describe.each(Object.entries(FORMATS))('%s', (_, { name, of, line }) => {
  test.each(Object.entries(HOSTILE))('%s is an error with file, line and reason', async (_, { token, says }) => {
    const said = refusal(await auditOf({ [name]: of([IDS[0], token, IDS[1]]) }, { form: 'decimal' }));
    expect(said).toMatch(says);
    expect(said).toMatch(new RegExp(`^${name}:${line + 1} `));
  });

  test.each(Object.entries(HOSTILE))(
    '%s is counted where that is asked for, and nothing passes',
    async (_, { token }) => {
      const { verdict, exitCode, ids, refused, reasons } = found(
        await auditOf({ [name]: of([IDS[0], token, IDS[1]]) }, { form: 'decimal', lenient: true }),
      );
      expect({ verdict, exitCode, ids }).toEqual({ verdict: 'unknown', exitCode: 12, ids: '2' });
      expect(refused).toMatchObject({ total: 1, shown: [{ input: name, line: line + 1 }] });
      expect(reasons).toEqual([expect.stringContaining('1 record was no ID and left out')]);
    },
  );

  test('0 and 2^64 − 1 are IDs, and so are 2^53 + 1 and its neighbours', async () => {
    const tokens = ['0', '9007199254740991', '9007199254740992', '9007199254740993', '18446744073709551615'];
    const { verdict, ids, lines } = found(await auditOf({ [name]: of(tokens) }));
    expect({ verdict, ids, max: lines[0]?.max }).toEqual({ verdict: 'pass', ids: '5', max: '18446744073709551615' });
  });

  test('a duplicate among what can be read is one, whatever else cannot', async () => {
    const audit = found(await auditOf({ [name]: of([IDS[0], 'abc!', IDS[0]].with(1, '-5')) }, { lenient: true }));
    expect(audit).toMatchObject({ verdict: 'fail', exitCode: 10, refused: { total: 1 } });
  });

  test('a byte-order mark and CRLF are harmless', async () => {
    const { verdict, ids, lines } = found(await auditOf({ [name]: `\uFEFF${of(IDS).replaceAll('\n', '\r\n')}` }));
    expect({ verdict, ids, first: lines[0]?.first }).toEqual({ verdict: 'pass', ids: '3', first: IDS[0] });
  });

  test('nothing is unknown', async () => {
    expect(found(await auditOf({ [name]: '' }))).toMatchObject({ verdict: 'unknown', exitCode: 12, ids: '0' });
    expect(found(await auditOf({ [name]: of([]) })).reasons).toEqual(['There is no ID in the input.']);
  });

  test.each(['gzip', 'zstd'] as const)('%s is taken off, and one that ends too early is told', async (compression) => {
    const packed = compression === 'gzip' ? gzipSync(of(IDS)) : zstdCompressSync(Buffer.from(of(IDS)));
    const named = `${name}.${compression === 'gzip' ? 'gz' : 'zst'}`;
    expect(found(await auditOf({ [named]: packed }))).toMatchObject({ verdict: 'pass', ids: '3' });
    const cut = packed.subarray(0, packed.length - 6);
    expect(refusal(await auditOf({ [named]: cut }))).toContain('Cannot be read');
    expect(found(await auditOf({ [named]: cut }, { lenient: true }))).toMatchObject({ verdict: 'unknown' });
  });

  test('a line of four million letters is told, and those behind it are read', async () => {
    const content = of([IDS[0], '1'.repeat(4_000_000), IDS[1]]);
    expect(refusal(await auditOf({ [name]: content }))).toMatch(new RegExp(`^${name}:${line + 1} .*too long`));
    expect(found(await auditOf({ [name]: content }, { lenient: true }))).toMatchObject({
      ids: '2',
      verdict: 'unknown',
    });
  });
});

describe('a file that ends in mid-ID', () => {
  test.each([
    ['text', { 'a.txt': `${IDS[0]}\n${IDS[1].slice(0, 9)}` }, 'a.txt:2'],
    ['csv, the ID last', { 'a.csv': `id\n${IDS[0]}\n${IDS[1].slice(0, 9)}` }, 'a.csv:3'],
    ['csv, a column is missing', { 'a.csv': `id,x\n${IDS[0]},1\n${IDS[1]}` }, 'a.csv:3'],
    ['csv, in quotes', { 'a.csv': `id,x\n${IDS[0]},1\n"${IDS[1]}` }, 'a.csv:3'],
    ['JSONL', { 'a.jsonl': `{"id":${IDS[0]}}\n{"id":${IDS[1].slice(0, 9)}` }, 'a.jsonl:2'],
    ['UUIDs', { 'a.txt': 'd931535f-e88a-4f70-bf65-dec7901ca583\nd931535f-e88a-4f70-bf65-dec7901ca5' }, 'a.txt:2'],
    ['raw', { 'a.u64': u64(IDS).subarray(0, 20) }, 'a.u64'],
    ['raw, compressed', { 'a.u64.gz': gzipSync(u64(IDS).subarray(0, 20)) }, 'a.u64.gz'],
    ['raw, 128 bits', { 'a.u128': u64(IDS) }, 'a.u128'],
  ])('%s', async (_, files, where) => {
    const said = refusal(await auditOf(files));
    expect(said.split(' ')[0]).toBe(where);
    expect(said).toMatch(/cut off|middle of an ID|quotes|other number of columns/);
    expect(found(await auditOf(files, { lenient: true }))).toMatchObject({ verdict: 'unknown', refused: { total: 1 } });
  });

  test('an end without a line feed behind a whole ID is none', async () => {
    for (const [name, content] of [
      ['a.txt', IDS.join('\n')],
      ['a.csv', `id\n${IDS.join('\n')}`],
      ['a.jsonl', IDS.map((id) => `{"id":${id}}`).join('\n')],
    ] as const)
      expect(found(await auditOf({ [name]: content }))).toMatchObject({ verdict: 'pass', ids: '3' });
  });
});

describe('columns', () => {
  test('a missing one is told with those that are there', async () => {
    expect(refusal(await auditOf({ 'a.csv': 'key,node\n1,a\n' }))).toBe(
      'a.csv Its header has no column id: it has key, node.',
    );
    const wide = Array.from({ length: 15 }, (_, column) => `c${column}`).join(',');
    expect(refusal(await auditOf({ 'a.csv': `${wide}\n` }))).toContain(
      'it has c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11 and 3 more.',
    );
    expect(refusal(await auditOf({ 'a.jsonl': '{"key":1}\n' }))).toMatch(/^a\.jsonl:1 .*lacks the column/);
    expect(found(await auditOf({ 'a.csv': 'key,node\n1,a\n' }, { lenient: true }))).toMatchObject({
      verdict: 'unknown',
      refused: { byKind: { 'missing column': 1 } },
    });
  });

  test('one that is there twice is none', async () => {
    expect(refusal(await auditOf({ 'a.csv': 'id,id\n1,2\n' }))).toContain('a column twice');
    expect(refusal(await auditOf({ 'a.jsonl': '{"id":1,"\\u0069d":2}\n' }))).toContain('has the column twice');
  });

  test('any name, any separator, quotes, line feeds within them; by number where there is no header', async () => {
    const quoted = found(await auditOf({ 'a.csv': 'x;"the id"\n"two\nlines";"7"\n"";8\n' }, { column: 'the id' }));
    expect(quoted).toMatchObject({ verdict: 'pass', ids: '2' });
    expect(found(await auditOf({ 'a.tsv': 'x\tid\n1\t7\n1\t8\n' }))).toMatchObject({ verdict: 'pass', ids: '2' });
    expect(found(await auditOf({ 'a.csv': '1,7\n1,8\n' }, { column: '2' }))).toMatchObject({
      verdict: 'pass',
      ids: '2',
    });
    // A name or a number: as a name it would take the first row away, and another column for that of the IDs.
    const unclear = await auditOf({ 'a.csv': '2,500\n3,500\n' }, { column: '2' });
    expect(refusal(unclear)).toMatch(/^a\.csv Nobody can tell whether 2 is the name of a column or its number/);
    // The line of an error counts the line feeds in quotes.
    expect(refusal(await auditOf({ 'a.csv': 'x,id\n"two\nlines",7\n"",x\n' }))).toMatch(/^a\.csv:4 /);
  });

  test('a node is called as it is written, its quotes taken off', async () => {
    const csv = 'id,node\n1,"say ""hi"""\n2,ñ\n3,"ñ"\n4,a"b\n';
    const jsonl = '{"id":5,"node":"say \\"hi\\""}\n{"id":6,"node":17}\n';
    const { lines } = found(await auditOf({ 'a.csv': csv, 'b.jsonl': jsonl }, { nodeColumn: 'node' }));
    expect(lines.map(({ name, ids }) => `${name}: ${ids}`)).toEqual(['say "hi": 2', 'ñ: 2', 'a"b: 1', '17: 1']);
  });

  test('a row that has another number of them is an error', async () => {
    expect(refusal(await auditOf({ 'a.csv': 'id,x\n1,2\n3\n4,5\n' }))).toMatch(/^a\.csv:3 .*another number of columns/);
  });

  test('IDs of one node keep their order, in several files too', async () => {
    const files = { 'a.csv': 'id,node\n5,n1\n1,n2\n6,n1\n', 'b.csv': 'id,node\n4,n1\n2,n2\n' };
    const { lines } = found(await auditOf(files, { nodeColumn: 'node' }));
    expect(lines.map(({ name, ids, backward, steps }) => ({ name, ids, backward, steps }))).toEqual([
      { name: 'n1', ids: '3', backward: '1', steps: [{ position: '2', before: '6', after: '4' }] },
      { name: 'n2', ids: '2', backward: '0', steps: [] },
    ]);
    expect(refusal(await auditOf({ 'a.jsonl': '{"id":1,"node":null}\n' }, { nodeColumn: 'node' }))).toContain(
      'names no node',
    );
  });
});

describe('files', () => {
  test('each is one node in order of emission', async () => {
    const audit = found(await auditOf({ 'a.txt': '5\n4\n', 'b.jsonl': '{"id":"5"}\n', 'c.u64': u64(['7', '8']) }));
    expect(audit).toMatchObject({ verdict: 'fail', exitCode: 10, ids: '5' });
    expect(audit.unique).toMatchObject({
      repeated: '1',
      duplicates: [
        {
          id: '5',
          total: '2',
          sightings: [
            { line: 'a.txt', position: '0' },
            { line: 'b.jsonl', position: '0' },
          ],
        },
      ],
    });
    expect(audit.lines.map(({ name, backward }) => `${name} ${backward}`)).toEqual(['a.txt 1', 'b.jsonl 0', 'c.u64 0']);
  });

  test('folders in order of their names, patterns, and a file that is named twice counts once', async () => {
    const files = { 'f/10.txt': '3\n', 'f/2.txt': '2\n', 'f/in/1.txt': '4\n' };
    const folder = found(await auditOf(files, { words: ['f', 'f/2.txt'] }));
    expect(folder.lines.map(({ name }) => name)).toEqual(['f/2.txt', 'f/10.txt', 'f/in/1.txt']);
    expect(found(await auditOf(files, { words: ['f/*.txt'] })).ids).toBe('2');
    expect(refusal(await auditOf(files, { words: ['f/*.csv'] }))).toContain('Nothing matches it');
    expect(refusal(await auditOf(files, { words: ['g'] }))).toContain('no such file');
  });

  test('a file of two names counts once', async () => {
    const place = await mkdtemp(join(tmpdir(), 'snowglobe-names-'));
    try {
      await writeFile(join(place, 'a.txt'), '1\n2\n');
      await link(join(place, 'a.txt'), join(place, 'b.txt'));
      await symlink('a.txt', join(place, 'c.txt'));
      const audit = found(await auditIn(place, ['a.txt', 'b.txt', 'c.txt', '*.txt']));
      expect(audit).toMatchObject({ verdict: 'pass', ids: '2' });
    } finally {
      await rm(place, { recursive: true });
    }
  });

  test('what several runs of a compressor wrote into one file is all read', async () => {
    const twice = (one: Buffer): Buffer => Buffer.concat([one, one]);
    for (const [name, bytes] of Object.entries({
      'a.txt.zst': twice(zstdCompressSync('1\n2\n')),
      'a.txt.gz': twice(gzipSync('1\n2\n')),
      'a.csv.zst': Buffer.concat([zstdCompressSync(''), zstdCompressSync('id\n'), twice(zstdCompressSync('1\n'))]),
    }))
      expect(found(await auditOf({ [name]: bytes })), name).toMatchObject({ verdict: 'fail' });
    expect(
      refusal(await auditOf({ 'a.txt.gz': Buffer.concat([gzipSync('1\n'), Buffer.from('\u00001\n')]) })),
    ).toContain('something follows the zeros');
  });

  test('what has no end, or cannot be read, is an error with its reason', async () => {
    const asked = { words: [`${'../'.repeat(30)}dev/zero`, 'a.txt'] };
    expect(refusal(await auditOf({ 'a.txt': '1\n' }, asked))).toMatch(
      /dev\/zero Has no end: it is a device and no file/,
    );
    const audit = found(await auditOf({ 'a.txt': '1\n' }, { ...asked, lenient: true }));
    expect(audit).toMatchObject({ verdict: 'unknown', ids: '1', refused: { byKind: { endless: 1 } } });
  });

  test('standard input, in any format that is no Parquet', async () => {
    expect(found(await auditOf({}, { words: ['-'], stdin: '1\n2\n' }))).toMatchObject({ verdict: 'pass', ids: '2' });
    const jsonl = { words: ['-'], stdin: gzipSync('{"id":1}\n{"id":1}\n') };
    expect(found(await auditOf({}, jsonl))).toMatchObject({ verdict: 'fail', inputs: [{ format: 'jsonl' }] });
  });

  test('text by the name of raw IDs, and half of a tap by itself, are no IDs', async () => {
    const text = { 'a.u64': '12345678\n23456789\n34567890\n4567\n' };
    expect(refusal(await auditOf(text))).toContain('begins with lines of digits');
    expect(found(await auditOf(text, { format: 'u64le' }))).toMatchObject({ ids: '4' });
    const half = { 'n1-1-0-0.ids': u64(IDS) };
    expect(refusal(await auditOf(half))).toContain('half of a tap: name its folder');
    expect(found(await auditOf(half, { format: 'u64le' }))).toMatchObject({ verdict: 'pass', ids: '3' });
  });

  test('a format that nothing tells is asked for', async () => {
    expect(refusal(await auditOf({ 'a.bin': u64(IDS) }))).toContain('format cannot be told');
    expect(found(await auditOf({ 'a.bin': u64(IDS) }, { format: 'u64le' }))).toMatchObject({
      verdict: 'pass',
      ids: '3',
    });
  });

  test('IDs of two lengths are not judged together', async () => {
    const files = { 'a.txt': '1\n', 'b.u128': Buffer.alloc(16) };
    expect(refusal(await auditOf(files))).toContain('128 bits, and those of');
    expect(refusal(await auditOf({ 'a.u64': u64(['1']) }, { layout: 'uuidv7' }))).toContain(
      'The layout is of 128 bits',
    );
  });

  test('large files are read in ranges, side by side, and to the same end', async () => {
    const many = 6000;
    const line = (index: number): string =>
      `${1_724_551_118_844_858_368n + BigInt(index)},"${'x'.repeat(20)}${index % 1000 === 0 ? '\n' : ''}"\n`;
    let content = 'id,x\n';
    for (let index = 0; index < many; index++) content += line(index);
    const duplicate = `${1_724_551_118_844_858_368n + 5n},""\n`;
    const audit = found(await auditOf({ 'a.csv': content + duplicate }, { threads: 2, rangeBytes: 5000 }));
    expect(audit).toMatchObject({ verdict: 'fail', ids: String(many + 1) });
    expect(audit.unique?.duplicates[0]?.sightings.map(({ position }) => position)).toEqual(['5', String(many)]);
    const said = refusal(await auditOf({ 'a.csv': `${content}x,""\n` }, { threads: 2, rangeBytes: 5000 }));
    expect(said).toMatch(new RegExp(`^a\\.csv:${many + many / 1000 + 2} `));
  });
});

describe('folders of taps', () => {
  /** One lane, in one segment, a batch for each list. */
  function lane(name: string, batches: readonly (readonly bigint[])[]): Readonly<Record<string, Buffer>> {
    let seq = 0;
    const records = batches.map((ids) => {
      const record = Buffer.alloc(96);
      encodeBatch(
        {
          ...{ firstSeq: BigInt(seq), count: ids.length, flags: 0, idsChecksum: crc32(u64(ids)) },
          ...{ calledNs: 1n, returnedNs: 2n, wallCalledNs: 1n, wallReturnedNs: 2n },
          ...{ workerId: 1, lease: 0n, createRevision: 0n, fenceNs: 0n, limitMs: 0n },
        },
        record,
      );
      seq += ids.length;
      return record;
    });
    return { [`taps/${name}-0.ids`]: u64(batches.flat()), [`taps/${name}-0.batches`]: Buffer.concat(records) };
  }
  const one = BigInt(IDS[0]);
  const sound: Readonly<Record<string, Buffer>> = {
    ...lane('n1-1-0', [[one, one + 1n], [BigInt(IDS[2])]]),
    ...lane('n1-2-0', [[one + 5n]]),
    ...lane('n2-1-0', [[one]]),
  };
  const asked = { words: ['taps'], layout: 'twitter' };

  test('are read where they are: a line of order each lane, what was not committed left out', async () => {
    const audit = found(await auditOf({ ...sound, 'taps/n2-1-0-0.ids': u64([one, 77n]) }, asked));
    expect(audit).toMatchObject({ verdict: 'fail', ids: '5', tornBytes: 8, inputs: [{ format: 'tap' }] });
    expect(audit.lines.map(({ name, node, ids }) => `${name} of ${node}: ${ids}`)).toEqual([
      'n1-1-0 of n1: 3',
      'n1-2-0 of n1: 1',
      'n2-1-0 of n2: 1',
    ]);
    expect(audit.unique?.duplicates[0]?.sightings.map(({ node }) => node)).toEqual(['n1', 'n2']);
    // Two lives of n1 are no two nodes; n2 is another one. What n1 minted in the next tick is no suspect.
    expect(audit.suspects?.overlaps).toMatchObject([{ nodes: ['n1', 'n2'], ids: 4 }]);
  });

  test('a bit that flipped, half of a pair and a missing beginning are errors', async () => {
    const flipped = Buffer.from(sound['taps/n1-1-0-0.ids']!);
    flipped[3] = flipped[3]! ^ 1;
    const damaged = { ...sound, 'taps/n1-1-0-0.ids': flipped };
    expect(refusal(await auditOf(damaged, asked))).toMatch(/^taps The taps are not whole: n1-1-0-0/);
    expect(found(await auditOf(damaged, { ...asked, lenient: true }))).toMatchObject({ refused: { total: 1 } });
    const half = Object.fromEntries(Object.entries(sound).filter(([name]) => name !== 'taps/n1-1-0-0.batches'));
    expect(refusal(await auditOf(half, asked))).toContain('no .batches file beside it');
  });

  test('what lies among them and is none is an error; one that is named beside its folder counts once', async () => {
    const sound = lane('n1-1-0', [[1n], [2n, 3n]]);
    const stray = { ...sound, 'taps/n1-1.life': '', 'taps/start-up.snapshot': 'x', 'taps/more.csv': 'id\n1\n1\n' };
    expect(refusal(await auditOf(stray, { words: ['taps'] }))).toMatch(/^taps\/more\.csv .*lies among taps[^\n]*$/);
    expect(found(await auditOf(stray, { words: ['taps'], lenient: true }))).toMatchObject({
      verdict: 'unknown',
      ids: '3',
    });
    for (const words of [
      ['taps', 'taps/n1-1-0-0.ids'],
      ['taps/n1-1-0-0.ids', 'taps'],
    ])
      expect(found(await auditOf(sound, { words }))).toMatchObject({ verdict: 'pass', ids: '3' });
    const life = { ...sound, 'taps/n2-2.life': '', 'taps/n2-3.life': '' };
    expect(refusal(await auditOf(life, asked))).toContain('n2-1.life is missing');
  });
});

test('an ID that was cut is told by those of other ranges, too', async () => {
  const lines = Array.from({ length: 50 }, (_, index) => `${1_724_551_118_844_858_368n + BigInt(index)}\n`).join('');
  for (const rangeBytes of [20, 40, 333])
    for (const [name, content] of [
      ['a.txt', `${lines}1724551118`],
      ['a.csv', `id\n${lines}1724551118`],
    ] as const) {
      expect(refusal(await auditOf({ [name]: content }, { rangeBytes }))).toMatch(
        /^a\.(txt:51|csv:52) "1724551118" may have/,
      );
      expect(found(await auditOf({ [name]: content }, { rangeBytes, lenient: true }))).toMatchObject({ ids: '50' });
    }
});

describe('forms of 128 bits are recognised', () => {
  const uuid = 'd931535f-e88a-4f70-bf65-dec7901ca583';
  test.each([
    [
      'UUIDs, in whatever case, with dashes and without',
      [uuid, uuid.toUpperCase().replaceAll('-', '')],
      'uuid',
      128,
      'fail',
    ],
    ['ULIDs', ['01ARZ3NDEKTSV4RRFFQ69G5FAV', '01arz3ndektsv4rrffq69g5fav'], 'ulid', 128, 'fail'],
    ['32 hexadecimal digits', [uuid.replaceAll('-', ''), 'f'.repeat(32)], 'hex', 128, 'pass'],
    ['16 hexadecimal digits', ['00000000deadbeef', '00000000deadbeee'], 'hex', 64, 'pass'],
  ] as const)('%s', async (_, ids, form, idBits, verdict) => {
    expect(found(await auditOf({ 'a.txt': `${ids.join('\n')}\n` }))).toMatchObject({ form, idBits, verdict, ids: '2' });
  });

  test('decimal numbers of 128 bits go with a layout of 128 bits', async () => {
    const ids = `${2n ** 100n}\n${2n ** 128n - 1n}\n7\n`;
    expect(found(await auditOf({ 'a.txt': ids }, { layout: 'opaque:128' }))).toMatchObject({
      ...{ verdict: 'pass', idBits: 128 },
      lines: [{ max: String(2n ** 128n - 1n), last: '7' }],
    });
    expect(refusal(await auditOf({ 'a.txt': ids }))).toContain('a.txt:1');
    expect(refusal(await auditOf({ 'a.txt': `${2n ** 128n}\n` }, { layout: 'opaque:128' }))).toContain(
      'more than the largest',
    );
  });

  test('one of another form among them is an error', async () => {
    expect(refusal(await auditOf({ 'a.txt': `${uuid}\n123\n` }))).toMatch(/^a\.txt:2 .*is no ID/);
    expect(refusal(await auditOf({ 'a.txt': '00000000deadbeef\ndeadbeef\n' }))).toMatch(/^a\.txt:2 /);
  });
});

describe('rounded by the producer', () => {
  /** As JavaScript writes them. */
  const doubles = (many: number, at: (index: number) => bigint): string =>
    Array.from({ length: many }, (_, index) => `{"id":${BigInt(Number(at(index)))}}\n`).join('');
  const in2026 = (index: number): bigint => (1n << 60n) + BigInt(index) * 999_983n;

  test('unquoted integers that are all doubles, and count within a tick, are unknown, duplicates or not', async () => {
    const { verdict, exitCode, reasons } = found(await auditOf({ 'a.jsonl': doubles(64, in2026) }));
    expect({ verdict, exitCode }).toEqual({ verdict: 'unknown', exitCode: 12 });
    expect(reasons[0]).toContain('Rounded by the producer');
    const repeated = found(await auditOf({ 'a.jsonl': doubles(64, (index) => (1n << 60n) + 256n + BigInt(index)) }));
    expect(repeated).toMatchObject({
      verdict: 'unknown',
      unique: { repeated: expect.not.stringMatching(/^0$/) as string },
    });
  });

  test('fewer than 64 above 2^53 prove nothing; in several files they add up', async () => {
    expect(found(await auditOf({ 'a.jsonl': doubles(63, in2026) })).verdict).toBe('pass');
    const halves = { 'a.jsonl': doubles(40, in2026), 'b.jsonl': doubles(40, (index) => in2026(index + 40)) };
    expect(found(await auditOf(halves)).verdict).toBe('unknown');
  });

  test('one that no double is clears them', async () => {
    const content = `${doubles(100, in2026)}{"id":${(1n << 60n) + 1n}}\n`;
    expect(found(await auditOf({ 'a.jsonl': content })).verdict).toBe('pass');
  });

  test('an honest slow service, sequence 0 in every ID, is not accused', async () => {
    const slow = (index: number): bigint => (1n << 60n) + (BigInt(index) << 22n);
    expect(found(await auditOf({ 'a.jsonl': doubles(100, slow) })).verdict).toBe('pass');
    // The layout says which bits count within a tick: here they are others than the lowest 12.
    const machine = (index: number): bigint => (1n << 60n) + (BigInt(index) << 24n) + (1n << 10n);
    expect(found(await auditOf({ 'a.jsonl': doubles(100, machine) }, { layout: 'sonyflake' })).verdict).toBe('pass');
    expect(found(await auditOf({ 'a.jsonl': doubles(100, machine) })).verdict).toBe('unknown');
  });

  test('the same as strings were never numbers', async () => {
    const quoted = doubles(100, in2026).replaceAll(/:(\d+)/g, ':"$1"');
    expect(found(await auditOf({ 'a.jsonl': quoted })).verdict).toBe('pass');
  });
});

test('negative IDs of a signed column are read as they are held there', async () => {
  const audit = found(
    await auditOf({ 'a.csv': 'id\n-1\n9223372036854775807\n-9223372036854775808\n' }, { signed: true }),
  );
  expect(audit.lines[0]).toMatchObject({ first: '18446744073709551615', last: '9223372036854775808' });
  expect(refusal(await auditOf({ 'a.txt': '9223372036854775808\n' }, { signed: true }))).toContain(
    'more than the largest',
  );
  expect(refusal(await auditOf({ 'a.txt': '-9223372036854775809\n' }, { signed: true }))).toContain('a.txt:1');
});

test('what an audit says fits its published schema', async () => {
  const audit = found(await auditOf({ 'a.txt': '1\n1\nx\n' }, { lenient: true, layout: 'twitter' }));
  expect(auditSchema.parse(audit)).toEqual(audit);
});

test('docs/audit.schema.json is the one that tools/schemas.ts writes', () => {
  expect(readFileSync(new URL('../../docs/audit.schema.json', import.meta.url), 'utf8')).toBe(auditJsonSchema());
});
