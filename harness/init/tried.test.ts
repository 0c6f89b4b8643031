import { expect, test } from 'vitest';
import { parseLayout } from '../core/layout-spec.ts';
import { encodeId } from '../core/layout.ts';
import { tried } from './tried.ts';

const NOW = Date.parse('2026-03-04T05:06:07.089Z');
const twitter = parseLayout('twitter');
const idAt = (unixMs: number): bigint =>
  encodeId(twitter, { tick: unixMs - twitter.epochMs, workerId: 5, sequence: 2 });
const trialOf = (...ids: readonly bigint[]) => ({
  seen: ids.map((id) => ({ id, askedMs: NOW, cameMs: NOW })),
  tookMs: 1.26,
});
const said = (text: string) => ({ text, layout: parseLayout(text) });

test('a layout that fits is told with what it reads', () => {
  const { lines } = tried(trialOf(idAt(NOW - 4), idAt(NOW)), 'decimal', said('twitter'), 64);
  expect(lines).toEqual([
    `It gave 2 IDs, one in 1.3 ms: ${idAt(NOW - 4)}, ${idAt(NOW)}`,
    'time 2026-03-04T05:06:07.085Z, worker 5, sequence 2. The embedded time is 3 ms behind now: the layout fits.',
  ]);
});

test('a layout that does not fit is told with how far it is off, and with those that would', () => {
  const { lines } = tried(trialOf(idAt(NOW)), 'decimal', said('discord'), 64);
  expect(lines[1]).toBe(
    '! The layout discord does not fit: it puts its time 4.2 years ahead of now. These would: twitter.',
  );
});

test('where no other would fit either, the epoch may be another one', () => {
  const { lines } = tried(trialOf(12n), 'decimal', said('twitter'), 64);
  expect(lines[1]).toMatch(
    /^! The layout twitter does not fit: it puts its time 15\.3 years behind now\. Is its epoch/,
  );
});

test('a layout whose fixed bits have other values does not fit', () => {
  const { lines } = tried(trialOf(0x0199f3a0_1234_4abc_8def_0123456789abn), 'uuid', said('uuidv7'), 128);
  expect(lines[1]).toContain('! The layout uuidv7 does not fit: it has bits that an ID of 128 bits gave other values');
});

test('an unknown layout is guessed by its time', () => {
  const { lines, guesses } = tried(trialOf(idAt(NOW)), 'decimal', undefined, 64);
  expect(guesses.map(({ layout }) => layout)).toContain('twitter');
  expect(lines[1]).toEqual(
    expect.stringMatching(/^The layout twitter \(time:41@1ms.*\) fits: the time inside is now\.$/),
  );
});

test('what cannot be told is said', () => {
  expect(tried(trialOf(12n), 'decimal', undefined, 64).lines[1]).toContain('it stays unknown');
  expect(tried(trialOf(12n), 'text', undefined, 128).lines[1]).toContain('a digest is kept');
  expect(tried(trialOf(12n), 'uuid', said('uuidv4'), 128).lines[1]).toContain('carries no time');
});

test('an ID that comes twice in a trial is told at once', () => {
  expect(tried(trialOf(7n, 7n), 'decimal', undefined, 64).lines[1]).toBe('! The same ID came more than once.');
});
