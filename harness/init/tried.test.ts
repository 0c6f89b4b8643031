import { expect, test } from 'vitest';
import type { IdForm } from '../core/node-program.ts';
import { parseLayout } from '../core/layout-spec.ts';
import { encodeId } from '../core/layout.ts';
import { misfitOf, tried } from './tried.ts';

const NOW = Date.parse('2026-03-04T05:06:07.089Z');
const twitter = parseLayout('twitter');
const idAt = (unixMs: number): bigint =>
  encodeId(twitter, { tick: unixMs - twitter.epochMs, workerId: 5, sequence: 2 });
const foundOf = (form: IdForm, idBits: 64 | 128, ...ids: readonly (bigint | { words: string; as?: 'number' })[]) => ({
  form,
  idBits,
  seen: ids.map((id) => ({
    id: typeof id === 'bigint' ? id : 7n,
    given: typeof id === 'bigint' ? id : { as: 'text' as const, ...id },
    askedMs: NOW,
    cameMs: NOW,
  })),
  tookMs: 1.26,
});
const said = (text: string) => ({ text, layout: parseLayout(text) });

test('a layout that fits is told with what it reads', () => {
  const { lines } = tried(foundOf('decimal', 64, idAt(NOW - 4), idAt(NOW)), said('twitter'));
  expect(lines).toEqual([
    `It gave 2 IDs, one in 1.3 ms: ${idAt(NOW - 4)}, ${idAt(NOW)}`,
    'time 2026-03-04T05:06:07.085Z, worker 5, sequence 2. The embedded time is 3 ms behind now: the layout fits.',
  ]);
});

test('a layout that does not fit is told with how far it is off, and with those that would', () => {
  const { lines } = tried(foundOf('decimal', 64, idAt(NOW)), said('discord'));
  expect(lines[1]).toBe(
    '! The layout discord does not fit: it puts its time 4.2 years ahead of now. These would: twitter.',
  );
});

test('where no other would fit either, the epoch may be another one', () => {
  const { lines } = tried(foundOf('decimal', 64, 12n), said('twitter'));
  expect(lines[1]).toMatch(
    /^! The layout twitter does not fit: it puts its time 15\.3 years behind now\. Is its epoch/,
  );
});

test('a layout whose fixed bits have other values does not fit', () => {
  const { lines } = tried(foundOf('uuid', 128, 0x0199f3a0_1234_4abc_8def_0123456789abn), said('uuidv7'));
  expect(lines[2]).toContain('! The layout uuidv7 does not fit: it has bits that an ID of 128 bits gave other values');
});

test('an unknown layout is guessed by its time', () => {
  const { lines, guesses } = tried(foundOf('decimal', 64, idAt(NOW)), undefined);
  expect(guesses.map(({ layout }) => layout)).toContain('twitter');
  expect(lines[1]).toEqual(
    expect.stringMatching(/^The layout twitter \(time:41@1ms.*\) fits: the time inside is now\.$/),
  );
});

test('what cannot be told is said', () => {
  expect(tried(foundOf('decimal', 64, 12n), undefined).lines[1]).toContain('it stays unknown');
  expect(tried(foundOf('uuid', 128, 12n), said('uuidv4')).lines[2]).toContain('carries no time');
});

test('an ID that comes twice in a trial is told at once', () => {
  expect(tried(foundOf('decimal', 64, 7n, 7n), undefined).lines[1]).toBe('! The same ID came more than once.');
});

test('a text is shown as it is, its beginning where it is long, and a digest is kept', () => {
  const { lines } = tried(
    foundOf('text', 128, { words: 'V1StGXR8_Z5jdHi6B-myT' }, { words: 'x'.repeat(50) }),
    undefined,
  );
  expect(lines[0]).toBe(`It gave 2 IDs, one in 1.3 ms: V1StGXR8_Z5jdHi6B-myT, ${'x'.repeat(40)}…`);
  expect(lines.at(-1)).toContain('Of each text a digest is kept');
});

test.each([
  ['912440593618042881', 'read 912440593618042881 as 912440593618042880'],
  ['9007199254740992', 'take 9007199254740992 for its neighbours'],
])('of the number %s it is told that JavaScript loses digits', (words, says) => {
  const { lines } = tried(foundOf('decimal', 64, { words, as: 'number' }), undefined);
  expect(lines[1]).toContain(says);
  expect(lines[1]).toContain('`faithful-encoding` will say so');
});

test('a number that JavaScript holds, and a text of any length, lose nothing', () => {
  for (const given of [{ words: '9007199254740991', as: 'number' } as const, { words: '912440593618042881' }])
    expect(tried(foundOf('decimal', 64, given), undefined).lines.join()).not.toContain('digits');
});

test.each([
  ['discord', '! The layout discord does not fit'],
  ['twitter', undefined],
  ['uuidv4', undefined],
])('whether %s does not fit is told by itself', (layout, says) => {
  const why = misfitOf(foundOf('decimal', 64, idAt(NOW)), said(layout));
  if (says === undefined) expect(why).toBeUndefined();
  else expect(why).toContain(says);
});
