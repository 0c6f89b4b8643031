import { describe, expect, test } from 'vitest';
import { GENERATOR, INPUT, minted, passingRun, planned, RATE, rateOf } from '../../harness/plan/plan-for-tests.ts';
import html from './html.ts';
import json from './json.ts';
import markdown from './markdown.ts';

const HOSTILE = `<script>alert(1)</script>'"\`|*_[x](javascript:1)\u202e`;

const whole = planned(
  {
    ...INPUT,
    growth: [1, 2, 3, 5].map((year) => ({ year, idsPerSecond: year * 10_000, nodes: 10 })),
    regions: [
      { name: 'north', share: 2 },
      { name: 'south', share: 1 },
    ],
    autoscaling: { target: 'ids', kind: 'Deployment', minReplicas: 2 },
  },
  // Less than what was asked for: the rate is no lower bound.
  [rateOf(passingRun({ n1: minted(16_000) }))],
);
const hostile = planned(INPUT, [rateOf(passingRun({ n1: minted(20_000) }, { driver: HOSTILE }))], {
  ...GENERATOR,
  name: HOSTILE,
  file: HOSTILE,
});

describe('html', () => {
  const { content } = html.render(whole);

  test('is one file that asks nothing of a network and runs no script', () => {
    expect(content).not.toMatch(/<script|<link|<img|\ssrc=|url\((?!#)|@import/i);
    expect(content).toContain('Content-Security-Policy');
    expect([...content.matchAll(/href="([^"]*)"/g)].every(([, to]) => to?.startsWith('#'))).toBe(true);
  });

  test('has every part that its navigation names, and every year in each table of years', () => {
    for (const [, id] of content.matchAll(/<a href="#([^"]*)"/g)) expect(content).toContain(`id="${id}"`);
    expect([...content.matchAll(/<a href="#/g)]).toHaveLength(8);
    for (const year of [1, 2, 3, 5]) expect(content.split(`Year\u00a0${year}<`).length).toBeGreaterThan(4);
  });

  test('says in words what is short, not by its colour alone', () => {
    expect(content).toContain('Does not fit: nodes');
    expect(content).toMatch(/32 too few/);
  });

  test('hostile names are inert', () => {
    const { content: page } = html.render(hostile);
    expect(page).not.toContain('<script');
    expect(page).toContain('&lt;script&gt;alert(1)');
    expect(page).not.toContain('\u202e');
  });

  test('a manifest is there as it is, line by line', () => {
    expect(content).toContain('\n  scaleTargetRef:\n    apiVersion: apps/v1\n');
  });
});

describe('markdown', () => {
  const { content } = markdown.render(whole);

  test('each row of a table has as many cells as its head', () => {
    const tables = content.split('\n\n').filter((part) => part.startsWith('|'));
    expect(tables.length).toBeGreaterThan(5);
    for (const table of tables) {
      const widths = table.split('\n').map((line) => line.split(/(?<!\\)\|/).length);
      expect(new Set(widths).size).toBe(1);
    }
  });

  test('hostile names are text', () => {
    const { content: page } = markdown.render(hostile);
    expect(page).not.toMatch(/(?<!\\)<script/);
    expect(page).toContain(String.raw`\<script\>`);
    expect(page).not.toMatch(/(?<!\\)\[x/);
  });
});

describe('json', () => {
  test('keeps whole numbers beyond 2^53', () => {
    const { content } = json.render(planned({ ...INPUT, growth: [{ year: 1, idsPerSecond: 999_999_999_999 }] }));
    const { years } = JSON.parse(content) as { years: { evidence: { idsPerYear: string } }[] };
    expect(years[0]?.evidence.idsPerYear).toBe(String(999_999_999_999n * 31_536_000n));
  });

  test('is the plan as it is', () => {
    expect(JSON.parse(json.render(whole).content)).toEqual(whole);
  });
});

test('what was not measured is told as such, in both, and claim F10 stands in', () => {
  const { store: _, ...bytes } = RATE.bytes;
  const unmeasured = planned(INPUT, [{ ...RATE, bytes }]);
  for (const { content } of [html.render(unmeasured), markdown.render(unmeasured)]) {
    expect(content).toContain('not measured');
    expect(content).toContain('by claim F10');
  }
});
