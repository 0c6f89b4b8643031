import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NAMED_LAYOUTS } from '../core/layout-names.ts';
import { layoutNames, parseLayout } from '../core/layout-spec.ts';
import type { Layout } from '../core/layout.ts';
import { encodeId, idBitsOf } from '../core/layout.ts';
import { guessLayouts, offOf } from './guess-layout.ts';

const NOW = Date.parse('2026-03-04T05:06:07.089Z');

/** An ID that was minted at this time. */
const idAt = (layout: Layout, unixMs: number, workerId = 0, sequence = 0): bigint =>
  encodeId(layout, { tick: Math.floor((unixMs - layout.epochMs) / layout.tickMs), workerId, sequence });

/** Those that carry a time that is not over yet, by an epoch that everybody has. */
const named = layoutNames().filter((name) => {
  if (NAMED_LAYOUTS[name]!.epoch !== undefined) return false;
  const { timeBits, tickMs, epochMs } = parseLayout(name);
  return timeBits > 0 && epochMs + tickMs * 2 ** timeBits > NOW;
});

test.each(named)('IDs of the layout %s that were minted now are recognised, and their time is now', (name) => {
  const layout = parseLayout(name);
  const seen = [0, 7, 20].map((later) => ({
    id: idAt(layout, NOW + later),
    askedMs: NOW + later,
    cameMs: NOW + later,
  }));
  const guesses = guessLayouts(seen, idBitsOf(layout));
  const meant = guesses.map((guess) => parseLayout(guess.layout)).find(({ epochMs }) => epochMs === layout.epochMs);
  expect(meant).toMatchObject({ timeBits: layout.timeBits, tickMs: layout.tickMs });
  expect(guesses[0]!.offMs).toBe(0);
});

test('a midnight as an epoch of somebody’s own is found', () => {
  const spec = 'time:41@1ms+2021-06-01T00:00:00.000Z,worker:5,worker:5,sequence:12';
  const seen = [{ id: idAt(parseLayout(spec), NOW, 3, 9), askedMs: NOW + 4, cameMs: NOW + 9 }];
  expect(guessLayouts(seen, 64)).toContainEqual({ layout: spec, offMs: -3 });
});

describe('no layout is guessed', () => {
  test.each<[string, bigint]>([
    ['of a count', 4711n],
    ['of 0', 0n],
    ['of an ID of last year', idAt(parseLayout('twitter'), NOW - 365 * 86_400_000 - 5_000_000)],
    ['of all bits set', 2n ** 64n - 1n],
  ])('%s', (_, id) => {
    expect(guessLayouts([{ id, askedMs: NOW, cameMs: NOW }], 64)).toEqual([]);
  });

  test('of nothing', () => expect(guessLayouts([], 64)).toEqual([]));

  test('where only some of the IDs are of now', () => {
    const layout = parseLayout('twitter');
    const ids = [idAt(layout, NOW), 12n];
    expect(
      guessLayouts(
        ids.map((id) => ({ id, askedMs: NOW, cameMs: NOW })),
        64,
      ),
    ).toEqual([]);
  });

  test('of a UUID of another version', () => {
    const random = 0x0199f3a0_1234_4abc_8def_0123456789abn;
    expect(guessLayouts([{ id: random, askedMs: NOW, cameMs: NOW }], 128).map(({ layout }) => layout)).not.toContain(
      'uuidv7',
    );
  });
});

test('how far the time inside lies from now is told to the millisecond, whichever side', () => {
  const layout = parseLayout('twitter');
  fc.assert(
    fc.property(fc.integer({ min: -50_000, max: 50_000 }), fc.nat(1023), fc.nat(4095), (offMs, worker, sequence) => {
      const id = idAt(layout, NOW + offMs, worker, sequence);
      // The tick of an ID that is behind has lasted for a millisecond.
      expect(offOf(layout, [{ id, askedMs: NOW, cameMs: NOW }])).toBe(offMs < 0 ? offMs + 1 : offMs);
    }),
  );
});

test('a time between the asking and the answer is no difference', () => {
  const layout = parseLayout('twitter');
  expect(offOf(layout, [{ id: idAt(layout, NOW + 20), askedMs: NOW, cameMs: NOW + 30 }])).toBe(0);
});

test('bits above the time that are not 0 are not of the layout', () => {
  const layout = parseLayout('twitter');
  expect(offOf(layout, [{ id: idAt(layout, NOW) | (1n << 63n), askedMs: NOW, cameMs: NOW }])).toBeUndefined();
});
