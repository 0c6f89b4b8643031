import { expect, test } from 'vitest';
import { failingCached } from '../fixtures/cached.ts';
import { passingStorm } from '../fixtures/storm.ts';
import { NS_PER_S } from '../../harness/core/time.ts';
import { createAxis, PLOT_MIN_PX } from './axis.ts';
import { excursions } from './curves.ts';
import { clashesOf, offsetAt, targetsOf } from './facts.ts';
import { html, inlineJson } from '../shared/markup.ts';
import { disturbanceLane, phaseLane, slotLane } from './schedule.ts';
import { clashSentence, tenureLanes } from './tenures.ts';
import { contrast, NODE_TONES, TONES } from './theme.ts';
import { grouped, lasting, offset, rate, seconds, settings, wallClock } from '../shared/words.ts';

const TEXT_CONTRAST_MIN = 4.5;

test('every colour of text and of nodes can be read on page and panels, in both themes', () => {
  const words = [TONES.ink, TONES.soft, TONES.good, TONES.bad, TONES.unsure, TONES.link, ...NODE_TONES];
  for (const theme of [0, 1] as const)
    for (const tone of words)
      for (const ground of [TONES.page, TONES.raised])
        expect(contrast(tone[theme], ground[theme]), `${tone[theme]} on ${ground[theme]}`).toBeGreaterThanOrEqual(
          TEXT_CONTRAST_MIN,
        );
});

test('a phase is named where its name fits, and only there: the next one covers the rest', () => {
  const run = passingStorm();
  const named = (seconds: number): boolean => {
    const phases = [{ phase: 'warm-up', from: 0, to: seconds * NS_PER_S }] as const;
    const { body } = phaseLane(createAxis(0, 100 * NS_PER_S), { ...run, phases });
    return String(html`${body}`).includes('>warm-up</text');
  };
  expect([6.4, 7].map(named)).toEqual([false, true]);
});

test('numbers, times and settings in words', () => {
  expect(grouped('18446744073709551615')).toBe('18,446,744,073,709,551,615');
  expect(grouped(-1234.5)).toBe('\u22121,234.5');
  expect(seconds(48_213_000_000, 3)).toBe('48.213\u00a0s');
  expect(lasting(350e6)).toBe('350\u00a0ms');
  expect(lasting(4.8e9)).toBe('4.8\u00a0s');
  expect(offset(-2999)).toBe('\u22123.00\u00a0s');
  expect(offset(10_000)).toBe('+10.00\u00a0s');
  expect(offset(-0.2)).toBe('0\u00a0ms');
  expect(rate(20_090)).toBe('20.1\u00a0k');
  expect(rate(999_600)).toBe('1.0\u00a0M');
  expect(wallClock(Date.UTC(2026, 10, 21, 12, 4, 5, 678))).toBe('2026-11-21 12:04:05.678');
  expect(wallClock(1e300)).toBe('1e+300 ms');
  expect(settings({ node: 'n2', byMs: -3000, peers: ['etcd1', 'etcd2'], serving: [], leader: null })).toBe(
    'node n2 · by \u22123,000\u00a0ms · peers etcd1, etcd2 · serving none · leader –',
  );
});

test('values of a template are escaped, markup is not, and nothing is nothing', () => {
  expect(html`<a title="${'"><b>'}">${[html`<i>${1}</i>`, false, undefined, '&']}</a>`.text).toBe(
    '<a title="&quot;&gt;&lt;b&gt;"><i>1</i>&amp;</a>',
  );
  expect(inlineJson({ a: '</script>\u2028' }).text).toBe('{"a":"\\u003c/script\\u003e\\u2028"}');
});

test('a clash is the time in which two lives minted under one worker ID', () => {
  expect(clashesOf(passingStorm().tenures)).toEqual([]);
  expect(clashSentence(passingStorm().tenures)).toBeUndefined();
  const clashes = clashesOf(failingCached().tenures);
  expect(clashes).toHaveLength(3);
  for (const { span, holders } of clashes) {
    expect(holders[0].node).not.toBe(holders[1].node);
    expect(span.to).toBeGreaterThan(span.from);
  }
});

test('time that four holders share is told once, not once for each pair of them', () => {
  const run = passingStorm();
  const tenures = ['n1', 'n2', 'n3', 'n4'].map((node, i) => ({
    ...run.tenures[0]!,
    workerId: 0,
    node,
    incarnation: 1,
    from: i * NS_PER_S,
    to: (98 - i) * NS_PER_S,
  }));
  const [lane] = tenureLanes(createAxis(0, 100 * NS_PER_S), run, tenures);
  expect(String(html`${lane?.note}`)).toContain('✕ up to 4 holders, 96.0\u00a0s');
  expect(String(html`${lane?.body}`).match(/class="clash"/g)).toHaveLength(1);
  expect(clashSentence(tenures)).toBe(
    'Once, two holders or more minted under one worker ID: n1, n2, n3 and n4 under 0, from 1.0\u00a0s to 97.0\u00a0s.',
  );
});

test('no label of a slot runs into another, also where those near the end are written to the left', () => {
  const run = passingStorm();
  const names = ['clock-back', 'paused', 'etcd-away', 'cut-and-back', 'ahead-and-cut', 'killed-and-back'];
  const slots = names.map((name, i) => ({
    name,
    from: (40 + 10 * i) * NS_PER_S,
    ...(i % 2 === 1 && { holder: 'n3' }),
  }));
  const lane = slotLane(createAxis(0, 100 * NS_PER_S), { ...run, slots });
  const labels = [
    ...String(html`${lane.body}`).matchAll(/<text[^>]*x="([\d.]+)%"[^>]*y="(\d+)"[^>]*dx="-?4"([^>]*)>([^<]+)</g),
  ].map(([, x, y, anchor, words = '']) => {
    const at = (Number(x) / 100) * PLOT_MIN_PX;
    // A character of this font is not narrower than this.
    const width = 5 * words.length;
    return { y, words, from: anchor === '' || !anchor?.includes('end') ? at : at - width, width };
  });
  expect(labels.map(({ words }) => words.split(' ')[0])).toEqual(names);
  for (const [i, a] of labels.entries())
    for (const b of labels.slice(i + 1))
      expect(a.y === b.y && a.from < b.from + b.width && b.from < a.from + a.width, `${a.words} on ${b.words}`).toBe(
        false,
      );
});

test('no label of a disturbance covers its own bar, wherever the bar ends', () => {
  const run = passingStorm();
  const [record] = run.disturbances;
  for (let end = 60; end < 99; end += 0.25) {
    const moved = { ...record!, injected: (end - 8) * NS_PER_S, healed: end * NS_PER_S, tookTo: end * NS_PER_S };
    const lane = String(html`${disturbanceLane(createAxis(0, 100 * NS_PER_S), run, [moved]).body}`);
    const label = /<text[^>]*>/.exec(lane)?.[0] ?? '';
    expect(Number(/x="([\d.]+)%"/.exec(label)?.[1])).toBeCloseTo(label.includes('"end"') ? end - 8 : end, 2);
  }
});

test('the target of a disturbance is the one it names, or else the one that was measured', () => {
  const run = passingStorm();
  const target = (fault: string) =>
    targetsOf(run, run.disturbances.find((record) => record.fault === fault) as (typeof run.disturbances)[number]);
  expect(target('pause')).toHaveLength(1);
  expect(target('etcd-leader-kill')).toEqual(['etcd2']);
});

test('an offset is the nearest reading, and no reading within a second is none', () => {
  const run = passingStorm();
  const paused = run.slots.find(({ name }) => name === 'paused');
  const stepped = run.slots.find(({ name }) => name === 'clock-back');
  expect(offsetAt(run, stepped?.holder ?? '', (stepped?.from ?? 0) + 2e9)).toBeCloseTo(-3000, -2);
  expect(offsetAt(run, paused?.holder ?? '', (paused?.from ?? 0) + 3e9)).toBeUndefined();
});

test('an excursion is told once, at its furthest point', () => {
  expect(
    excursions([
      [0, 1],
      [1, -500],
      [2, -2000],
      [3, -1900],
      [4, null],
      [5, -2001],
      [6, 3],
      [7, 900],
    ]),
  ).toEqual([
    { at: 2, ms: -2000 },
    { at: 7, ms: 900 },
  ]);
});
