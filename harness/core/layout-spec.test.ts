import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LAYOUT as SONYFLAKE } from '../../generators/sonyflake.ts';
import { LAYOUT as UUIDV7 } from '../../generators/uuidv7.ts';
import { layoutNames, layoutText, parseLayout } from './layout-spec.ts';
import type { Layout } from './layout.ts';
import { decodeId, isOpaque, layoutProblems, OPAQUE_128, OPAQUE_64, usesAllBits } from './layout.ts';

const TWITTER_MS = Date.UTC(2010, 10, 4, 1, 42, 54, 657);

test('a spec gives the most significant field first, and the sign bit stays clear', () => {
  const layout = parseLayout('time:41@1ms+2010-11-04T01:42:54.657Z,worker:10,sequence:12');
  expect(layout).toEqual({ timeBits: 41, workerBits: 10, sequenceBits: 12, tickMs: 1, epochMs: TWITTER_MS });
  expect(usesAllBits(layout)).toBe(false);
});

test('an epoch may be Unix milliseconds, a day, or a time with its zone', () => {
  const epochOf = (epoch: string) => parseLayout(`time:41@1ms+${epoch},worker:10,sequence:12`).epochMs;
  expect(epochOf(String(TWITTER_MS))).toBe(TWITTER_MS);
  expect(epochOf('2024-02-29')).toBe(Date.UTC(2024, 1, 29));
  expect(epochOf('2016-05-20T00:00:00+08:00')).toBe(1_463_673_600_000);
});

test.each([
  ['10ms', 10],
  ['1s', 1000],
  ['256us', 0.256],
  ['100ns', 0.0001],
  ['2.5ms', 2.5],
] as const)('a tick of %s', (tick, tickMs) => {
  expect(parseLayout(`time:40@${tick}+0,random:24`).tickMs).toBe(tickMs);
});

test('fields of the worker ID that lie side by side are read as one, and it is known that they are several', () => {
  expect(parseLayout('time:41@1ms+0,datacenter:5,worker:5,sequence:12')).toEqual({
    ...parseLayout('time:41@1ms+0,machine:10,sequence:12'),
    workerParts: [5, 5],
  });
});

test('names stand for the layouts of the generators here that follow them', () => {
  expect(parseLayout('sonyflake')).toEqual(SONYFLAKE);
  expect(parseLayout('time:48@1ms+0,fixed:4=7,sequence:12,fixed:2=2,random:62')).toEqual(UUIDV7);
});

test.each([
  // Discord's API reference decodes the one, Wikipedia's article on snowflake IDs the other.
  ['discord', 175928847299117063n, '2016-04-30T11:18:25.796Z', 32, 7n],
  ['twitter', 1541815603606036480n, '2022-06-28T16:07:40.105Z', 378, 0n],
] as const)('an ID of %s as it is documented', (name, id, time, workerId, sequence) => {
  const decoded = decodeId(parseLayout(name), id);
  expect(new Date(decoded.unixMs).toISOString()).toBe(time);
  expect(decoded).toMatchObject({ workerId, sequence });
});

test('an ObjectId, a UUID and a ULID lie in 128 bits', () => {
  // The ObjectId of MongoDB's manual.
  const objectId = decodeId(parseLayout('objectid'), 0x507f1f77bcf86cd799439011n);
  expect(new Date(objectId.unixMs).toISOString()).toBe('2012-10-17T21:13:27.000Z');
  // The example of RFC 9562, A.6.
  const uuid = decodeId(parseLayout('uuidv7'), 0x017f22e279b07cc398c4dc0c0c07398fn);
  expect(new Date(uuid.unixMs).toISOString()).toBe('2022-02-22T19:22:22.000Z');
  expect(parseLayout('uuidv4')).toMatchObject({ idBits: 128, timeBits: 0 });
  expect(parseLayout('ulid')).toMatchObject({ idBits: 128, timeBits: 48, sequenceBits: 0 });
});

test('a name takes an epoch of its user, and needs one where its maker gives it', () => {
  expect(parseLayout('bwmarrin+2024-01-01')).toEqual({
    ...parseLayout('bwmarrin'),
    epochMs: Date.UTC(2024, 0, 1),
  });
  expect(() => parseLayout('sapphire')).toThrow('sapphire+2015-01-01T00:00:00Z');
  expect(parseLayout('sapphire+2015-01-01T00:00:00Z')).toEqual(parseLayout('discord'));
});

test('every name is readable, and its text makes the same layout', () => {
  for (const name of layoutNames()) {
    const layout = parseLayout(/^(sapphire|nodejs-snowflake)$/.test(name) ? `${name}+0` : name);
    expect(layoutProblems(layout), name).toEqual([]);
    expect(parseLayout(layoutText(layout)), name).toEqual(layout);
  }
});

test('of opaque IDs nothing is known, and random bits alone are nothing else', () => {
  expect(parseLayout('opaque')).toEqual(OPAQUE_64);
  expect(parseLayout('opaque:128')).toEqual(OPAQUE_128);
  expect(parseLayout('random:64')).toEqual(OPAQUE_64);
  expect([OPAQUE_64, OPAQUE_128].map(layoutText)).toEqual(['opaque', 'opaque:128']);
  expect(isOpaque(parseLayout('unused:64,random:64'))).toBe(false);
  expect(isOpaque(parseLayout('sequence:63'))).toBe(false);
});

const bits = (max: number) => fc.integer({ min: 1, max });
const middle = fc.oneof(
  bits(20).map((n) => `random:${n}`),
  bits(20).map((n) => `unused:${n}`),
  bits(20).chain((n) => fc.integer({ min: 0, max: 2 ** n - 1 }).map((value) => `fixed:${n}=${value}`)),
);
const time = fc
  .tuple(bits(53), fc.constantFrom('1ms', '10ms', '3s', '256us', '7ns'), fc.integer({ min: -1e13, max: 1e15 }))
  .map(([n, tick, epoch]) => `time:${n}@${tick}+${epoch}`);
const spec = fc
  .tuple(
    fc.option(bits(9).map((n) => `unused:${n}`)),
    fc.option(time),
    fc.array(middle, { maxLength: 2 }),
    fc.option(bits(31).map((n) => `worker:${n}`)),
    fc.array(middle, { maxLength: 2 }),
    fc.option(bits(63).map((n) => `sequence:${n}`)),
    fc.array(middle, { maxLength: 1 }),
    fc.boolean(),
  )
  .map(([unused, time, upper, worker, inner, sequence, lower, isSwapped]) =>
    [unused, time, upper, isSwapped ? [sequence, inner, worker] : [worker, inner, sequence], lower]
      .flat(2)
      .filter((part) => part !== null),
  )
  .filter((parts) => parts.some((part) => !part.startsWith('unused')))
  .filter((parts) => bitsOf(parts) <= 128)
  .map((parts) => parts.join(','));

function bitsOf(parts: readonly string[]): number {
  return parts.reduce((sum, part) => sum + Number(/:(\d+)/.exec(part)![1]), 0);
}

test('the text of a layout makes the same layout, and every spec makes one that can be read', () => {
  fc.assert(
    fc.property(spec, (text) => {
      const layout = parseLayout(text);
      expect(layoutProblems(layout)).toEqual([]);
      expect(parseLayout(layoutText(layout))).toEqual(layout);
    }),
  );
});

test.each([
  ['twiter', 'there is no layout called "twiter": did you mean twitter?'],
  ['nothing-like-it', 'take one of baidu-uid, '],
  ['time:41,worker:10,sequence:12', 'time:41 needs its tick and its epoch, as in time:41@1ms+'],
  ['time:41@1ms+yesterday,random:22', 'the epoch "yesterday" of time:41@1ms+yesterday is neither'],
  ['time:41@1ms+2024-02-30,random:22', 'the epoch "2024-02-30"'],
  ['time:41@1ms+2024-01-01T00:00:00,random:22', 'a time with its zone'],
  ['time:41@0ms+0,random:22', 'a tick of 0ms is no time at all'],
  ['time:54@1ms+0,random:10', 'time has 54 bits, and may have 1 to 53'],
  ['worker:10,time:41@1ms+0,sequence:12', 'the time comes first'],
  ['time:41@1ms+0,worker:5,sequence:12,machine:5', 'where they lie side by side'],
  ['time:41@1ms+0,worker:16,machine:16', 'the worker ID of time:41@1ms+0,worker:16,machine:16 has 32 bits'],
  ['time:41@1ms+0,sequence:5,random:3,sequence:5', 'more than one sequence'],
  ['time:41@1ms+0,worcer:10,sequence:12', 'no field is called "worcer": did you mean worker?'],
  ['time:41@1ms+0,worker', '"worker" is not a field and its bits'],
  ['time:41@1ms+0,worker:10=3', '"=3" after worker:10 means nothing'],
  ['fixed:4,random:60', 'needs the value that it always has'],
  ['fixed:2=4,random:62', 'does not fit in 2 bits'],
  ['random:129', 'random has 129 bits'],
  ['random:100,sequence:29', 'sum up to 129 bits'],
  ['unused:64', 'leaves all bits unused'],
  ['', 'there is no layout called ""'],
] as const)('%j is refused with what is wrong', (text, says) => {
  expect(() => parseLayout(text)).toThrow(says);
});

test('layouts of programs are told too', () => {
  const layout: Layout = { timeBits: 40, workerBits: 8, sequenceBits: 8, tickMs: 1, epochMs: 0, idBits: 128 };
  expect(layoutText(layout)).toBe('unused:72,time:40@1ms+1970-01-01T00:00:00.000Z,worker:8,sequence:8');
  expect(parseLayout(layoutText(layout))).toEqual(layout);
});
