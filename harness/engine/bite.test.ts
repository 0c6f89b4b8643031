import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GAP_MAX_MS, judgeBite } from './bite.ts';
import { msToNs } from '../core/time.ts';

const ms = msToNs;
const span = { from: ms(1000), to: ms(6000) };
const at = (moment: number, took = true) => ({ at: ms(moment), took, measured: {} });
const every = (from: number, to: number, took = true) =>
  Array.from({ length: Math.floor((to - from) / 200) + 1 }, (_, index) => at(from + index * 200, took));

describe('a disturbance bit when it', () => {
  test('was measured in force throughout', () => {
    expect(judgeBite({ span, samples: every(1100, 5900), excused: [] })).toMatchObject({
      bit: true,
      tookFrom: ms(1100),
    });
  });

  test('took a moment to take effect', () => {
    expect(judgeBite({ span, samples: [...every(1100, 1700, false), ...every(1900, 5900)], excused: [] }).bit).toBe(
      true,
    );
  });

  test('could not be measured while the harness itself stood still', () => {
    const samples = [...every(1100, 2000), ...every(4500, 5900)];
    expect(judgeBite({ span, samples, excused: [] }).bit).toBe(false);
    expect(judgeBite({ span, samples, excused: [{ from: ms(2000), to: ms(4400) }] }).bit).toBe(true);
  });
});

describe('a disturbance did not bite when', () => {
  test('all measurements show it out of force', () => {
    expect(judgeBite({ span, samples: every(1100, 5900, false), excused: [] })).toEqual({
      bit: false,
      missed: 'it was never measured in force',
    });
  });

  test('it was over before the first measurement was done', () => {
    expect(judgeBite({ span: { from: ms(1000), to: ms(1300) }, samples: [at(1400)], excused: [] })).toEqual({
      bit: false,
      missed: 'no measurement was done within 0.30 s of its injection, when its heal began or the run was cut short',
    });
  });

  test('excuses are all that there is: an excuse is no evidence', () => {
    const samples = every(1100, 5900).map((one) => ({ ...one, took: undefined }));
    expect(judgeBite({ span, samples, excused: [span] })).toEqual({
      bit: false,
      missed: 'it could not be measured: 25 measurements told nothing, for nothing answered',
    });
  });

  test('it took longer than a second to take effect', () => {
    expect(judgeBite({ span, samples: [...every(1100, 2200, false), ...every(2300, 5900)], excused: [] }).bit).toBe(
      false,
    );
  });

  test('it ended early', () => {
    expect(judgeBite({ span, samples: every(1100, 4500), excused: [] }).missed).toContain('1.');
  });

  test('it was in force throughout on what nobody used, if it can be told; once is enough', () => {
    const samples = every(1100, 5900).map((one) => ({ ...one, used: false }));
    expect(judgeBite({ span, samples, excused: [] })).toEqual({
      bit: false,
      tookFrom: ms(1100),
      tookTo: ms(5900),
      missed: 'it was in force on the link throughout, and nobody used the link',
    });
    const once = samples.map((one, index) => ({ ...one, used: index === 7 }));
    expect(judgeBite({ span, samples: once, excused: [] }).bit).toBe(true);
  });

  test('one measurement in the middle shows it out of force', () => {
    expect(
      judgeBite({ span, samples: [...every(1100, 3000), at(3100, false), ...every(3200, 5900)], excused: [] }).missed,
    ).toContain('3.10 s');
  });

  test('measurements lie outside its span', () => {
    expect(judgeBite({ span, samples: [...every(0, 900), ...every(6200, 9000)], excused: [] }).bit).toBe(false);
  });
});

test('law: a bite implies a measurement in force within every stretch of a second', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({ at: fc.integer({ min: 0, max: 7000 }), took: fc.constantFrom(true, true, true, false, undefined) }),
      ),
      (raw) => {
        const samples = raw
          .sort((a, b) => a.at - b.at)
          .map(({ at: moment, took }) => ({ at: ms(moment), took, measured: {} }));
        if (!judgeBite({ span, samples, excused: [] }).bit) return;
        for (let from = 1000; from + GAP_MAX_MS < 6000; from += 50)
          expect(
            samples.some(
              (sample) => sample.took === true && sample.at >= ms(from) && sample.at <= ms(from + GAP_MAX_MS + 1),
            ),
          ).toBe(true);
      },
    ),
  );
});
