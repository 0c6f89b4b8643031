import { Writable } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clock, count, duration, measuredText, offset, sparkline } from './format.ts';
import type { Line } from './text.ts';
import { fit, fitted, painter, span, textOf, widthOf, wrap } from './text.ts';

const words = fc.array(fc.stringMatching(/^[a-zé−●]{1,9} {0,2}$/u), { minLength: 1, maxLength: 30 });
const line = words.map((all): Line => all.map((text) => span(text)));

test('a cut line is never wider than asked, and says that it was cut', () => {
  fc.assert(
    fc.property(line, fc.integer({ min: 1, max: 80 }), (given, width) => {
      const cut = fit(given, width);
      expect(widthOf(cut)).toBeLessThanOrEqual(width);
      if (widthOf(given) > width) expect(textOf(cut).endsWith('…')).toBe(true);
      else expect(cut).toEqual(given);
    }),
  );
});

test('a wrapped line keeps every word in order, and only a word alone beside its indent may be too wide', () => {
  fc.assert(
    fc.property(line, fc.integer({ min: 12, max: 80 }), (given, width) => {
      const lines = wrap(given, width, 3);
      const split = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');
      expect(lines.flatMap((part) => split(textOf(part)))).toEqual(split(textOf(given)));
      for (const part of lines)
        expect(textOf(part).trimEnd().length <= width || split(textOf(part).slice(3)).length === 1).toBe(true);
    }),
  );
});

test('a line of a list stays whole where the width is not known', () => {
  for (const columns of [undefined, 0])
    expect(fitted('  name  what it is', columns, 4)).toEqual(['  name  what it is']);
  expect(fitted('  name  what it is', 14, 4)).toEqual(['  name  what', '    it is']);
  expect(fitted('  name          what it is', 20, 16)).toEqual(['  name', '          what it', '          is']);
});

test('without a terminal there are no colours', () => {
  const stream = new Writable({ write: (_chunk, _encoding, done) => done() });
  expect(painter(stream)([span('FAIL', 'bad'), span(' storm', 'strong')])).toBe('FAIL storm');
});

test('figures', () => {
  expect([count(1234567), count(12345678901234567890n)]).toEqual(['1,234,567', '12,345,678,901,234,567,890']);
  expect([clock(67_340), clock(67_340, true), clock(0), clock(59_999, true), clock(600_000)]).toEqual([
    '1:07',
    '1:07.3',
    '0:00',
    '0:59.9',
    '10:00',
  ]);
  expect([duration(350), duration(7000), duration(8500)]).toEqual(['350 ms', '7 s', '8.5 s']);
  expect([offset(0.21), offset(-3000.1), offset(10_000)]).toEqual(['+0.2 ms', '−3.000 s', '+10.000 s']);
  expect(sparkline([0, 4, 8], 8)).toBe('▁▅█');
  expect(sparkline([0, 0], 0)).toBe('▁▁');
});

test('measurements', () => {
  expect(measuredText({ askedMs: -3000, observedMs: -3000.26 })).toBe('asked −3.000 s, observed −3.000 s');
  expect(measuredText({ elapsedMs: 50.04, advancedMs: 0 })).toBe('elapsed 50 ms, advanced 0 ms');
  expect(measuredText({ healthAnswers: true, reached: [] })).toBe('health answers yes, reached none');
  expect(measuredText({ members: 3, serving: ['etcd1', 'etcd3'], member: null })).toBe(
    'members 3, serving etcd1 etcd3, member unknown',
  );
});
