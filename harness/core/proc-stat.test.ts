import { describe, expect, test } from 'vitest';
import { parseCpuSeconds, parseProcStat } from './proc-stat.ts';

// As Linux 6.1 wrote it.
const rest = (state: string): string =>
  `${state} 4711 812 812 34816 900 4194304 113 0 0 0 0 0 0 0 20 0 11 0 184467440737 2490368 214 18446744073709551615 1 1`;

describe('the text of /proc/PID/stat', () => {
  test.each(['sleep', 'a b', 'a) Z 1 (b', ')', '', 'a\nb'])('with the name %j', (name) => {
    expect(parseProcStat(`812 (${name}) ${rest('S')}\n`)).toEqual({
      state: 'S',
      parent: 4711,
      startTicks: '184467440737',
    });
  });

  test('with the CPU time that it took', () => {
    const text = `812 (a) Z 1 (b) ${rest('S').replace('113 0 0 0 0 0', '113 0 0 0 250 50')}`;
    expect(parseCpuSeconds(text)).toBe(3);
    expect(parseCpuSeconds('812 (node)')).toBeUndefined();
  });

  test('of a process that has ended', () => {
    expect(parseProcStat(`812 (node) ${rest('Z')}\n`)?.state).toBe('Z');
  });

  test.each(['', '812 (node', '812 (node) S 4711'])('is not %j', (text) => {
    expect(parseProcStat(text)).toBeUndefined();
  });
});
