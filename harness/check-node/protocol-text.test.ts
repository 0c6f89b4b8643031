/** What PROTOCOL.md shows is what the code does: its rules, its bytes, its fields. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { NODE_METRICS } from '../core/metric-names.ts';
import { decodeBatch } from '../core/tap.ts';
import { loadRules } from '../registry.ts';
import { fieldProblems, HEALTH_FIELDS } from './health-answer.ts';
import { SECTIONS } from './rule.ts';

const TEXT = readFileSync(join(import.meta.dirname, '../../generators/PROTOCOL.md'), 'utf8');
const rules = await loadRules();

const inOneLine = (text: string): string => text.replaceAll(/\s+/g, ' ');

/** From a heading to the next of its kind. */
function section(heading: string): string {
  const [, ...parts] = TEXT.split(/^## /m);
  return inOneLine(parts.find((part) => part.startsWith(`${heading}\n`)) ?? '');
}

/** What stands in the only fence of this kind. */
function fence(kind: string): string {
  const found = [...TEXT.matchAll(/^```(\w+)\n(.*?)^```$/gms)].filter(([, name]) => name === kind);
  expect(found).toHaveLength(1);
  return found[0]?.[2] as string;
}

const bytesIn = (hex: string): Buffer => Buffer.from(hex.replaceAll(/\s/g, ''), 'hex');

test.each([...rules.values()])('the rule $name stands in PROTOCOL.md, word for word', ({ section: heading, says }) => {
  expect(section(heading)).toContain(inOneLine(says));
});

test('each section of rules is a heading, in this order', () => {
  const places = SECTIONS.map((heading) => TEXT.indexOf(`\n## ${heading}\n`));
  expect(places.every((place) => place > 0)).toBe(true);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
});

test('the record that it shows byte by byte decodes to what it says of it', () => {
  const ids = bytesIn(fence('ids'));
  const record = bytesIn(fence('record'));
  expect(record).toHaveLength(96);
  expect([ids.readBigUInt64LE(0), ids.readBigUInt64LE(8)]).toEqual([382510843574624256n, 382510843574624257n]);
  const sound = {
    firstSeq: 5n,
    count: 2,
    flags: 0,
    calledNs: 2365876106754n,
    returnedNs: 2365876112345n,
    wallCalledNs: 1735689600123000000n,
    wallReturnedNs: 1735689600123000000n,
    workerId: 7,
    lease: 0n,
    createRevision: 0n,
    fenceNs: 0n,
    limitMs: 0n,
  };
  expect(decodeBatch(record)).toEqual(sound);
  expect(record.readUInt32LE(4)).toBe(0x6fa5abb4);
  // The same with the checksum of the IDs, as the text goes on.
  record.set(bytesIn('08 00 00 00'), 20);
  record.set(bytesIn('fe c6 fe 9c'), 60);
  record.writeUInt32LE(0xd5c63721, 4);
  expect(decodeBatch(record)).toEqual({ ...sound, idsChecksum: 0x9cfec6fe });
  expect(crc32(ids)).toBe(0x9cfec6fe);
  for (const shown of ['0x6fa5abb4', '08 00 00 00', 'fe c6 fe 9c', '0x9cfec6fe', '0xd5c63721'])
    expect(TEXT).toContain(shown);
});

test('the answer to a question after health that it shows has all fields that must be there', () => {
  expect(fieldProblems(JSON.parse(fence('json')) as Record<string, unknown>)).toEqual([]);
});

test('its table of health has the fields that are checked, and calls the same ones optional', () => {
  const rows = [...TEXT.matchAll(/^\| ((?:`\w+`(?:, )?)+) +\| (.*) +\|$/gm)].filter(([, , says]) => says !== undefined);
  const fields = rows.flatMap(([, names = '', says = '']) =>
    [...names.matchAll(/`(\w+)`/g)].map(([, name = '']) => ({ name, says })),
  );
  const inTable = fields.filter(({ name }) => !/^(SNOWGLOBE_|[a-z]+\/)/.test(name));
  expect(inTable.map(({ name }) => name).toSorted()).toEqual(Object.keys(HEALTH_FIELDS).toSorted());
  for (const { name, says } of inTable)
    expect(HEALTH_FIELDS[name]?.isOptional ?? false, name).toBe(/^optional|if it does|with the last two/.test(says));
});

test('it names every metric of a node', () => {
  for (const { name } of Object.values(NODE_METRICS)) expect(TEXT).toContain(`\`${name}`);
});
