import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Run } from '../harness/core/run.ts';
import { GATHERED } from '../harness/core/scope.ts';
import { failingCached } from './fixtures/cached.ts';
import { HOSTILE, poison } from './fixtures/poison.ts';
import { begunRun, unknownRun } from './fixtures/sparse.ts';
import { passingStorm } from './fixtures/storm.ts';
import { waivedCached } from './fixtures/waived.ts';
import { unclosed } from './fixtures/unclosed.ts';
import report from './junit.ts';

const render = (run: Run): string => report.render(run).content;

/** Tests of the document with how each came out. */
function tests(xml: string): readonly { readonly group: string; readonly name: string; readonly result: string }[] {
  return [...xml.matchAll(/<testcase classname="([^"]*)" name="([^"]*)" time="0"(?:\/>|><(\w+)[ >])/g)].map(
    ([, group = '', name = '', result = 'pass']) => ({ group: group.split('.').at(-1) as string, name, result }),
  );
}

const resultOf = (run: Run, name: string): string | undefined =>
  tests(render(run)).find((found) => found.name === name)?.result;

describe('of each run', () => {
  test.each(
    Object.entries({
      passing: passingStorm(),
      failing: failingCached(),
      unknown: unknownRun(),
      begun: begunRun(),
    }),
  )('that is %s the suite counts its tests, and is green only for a pass', (_, run) => {
    const xml = render(run);
    const found = tests(xml);
    const count = (result: string): number => found.filter((one) => one.result === result).length;
    const [, all, failures, errors, skipped] =
      / tests="(\d+)" failures="(\d+)" errors="(\d+)" skipped="(\d+)"/.exec(xml) ?? [];
    expect([all, failures, errors, skipped].map(Number)).toEqual([
      found.length,
      count('failure'),
      count('error'),
      count('skipped'),
    ]);
    expect(count('failure') > 0).toBe(run.verdict === 'fail');
    expect(count('failure') + count('error') === 0).toBe(run.verdict === 'pass');
    expect(new Set(found.map(({ group, name }) => `${group} ${name}`)).size).toBe(found.length);
  });
});

test('a broken promise is a failure that tells the story, what to do, and how to repeat it', () => {
  const run = failingCached();
  const xml = render(run);
  const witness = run.findings.find(({ guarantee }) => guarantee === 'unique')!.witnesses[0]!;
  const failure = /name="unique" time="0"><failure type="guarantee broken"[^>]*>(.*?)<\/failure>/s.exec(xml)?.[1];
  for (const part of [witness.what, witness.cause!, 'What to do: Check the lease', run.command])
    expect(failure?.replaceAll('\n', ' ')).toContain(part);
});

test('no line of a text is longer than readers show, but for the command, and no word of it is lost', () => {
  const run = failingCached();
  const told = run.findings[0]!.witnesses[0]!.explanation!;
  const xml = render(run);
  const texts = [...xml.matchAll(/<(failure|error|skipped|system-out)\b[^>]*>(.*?)<\/\1>/gs)].map(
    ([, , text = '']) => text,
  );
  const lines = texts.flatMap((text) => text.split('\n')).filter((line) => !line.startsWith('Repeat: '));
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(96);
  expect(texts.join('\n').replaceAll(/\s+/g, ' ')).toContain(told.replaceAll(/\s+/g, ' '));
  expect(xml.match(new RegExp(`^Repeat: ${run.command}`, 'gm'))).toHaveLength(3);
});

test('what is not promised is skipped, broken or not', () => {
  expect(resultOf(failingCached(), 'increasing-across-lives (worker-id)')).toBe('skipped');
  expect(resultOf(failingCached(), 'fails-closed')).toBe('skipped');
});

test('violations that all lie outside the assumptions are no failure, and no pass either', () => {
  const run = passingStorm();
  const [first, ...others] = run.findings;
  const outside = { ...run, findings: [{ ...first!, violations: 2, outsideAssumptions: 2 }, ...others] };
  expect([resultOf(run, 'unique'), resultOf(outside, 'unique')]).toEqual(['pass', 'skipped']);
});

test('a missed SLO is a failure, one with too few samples an error', () => {
  const run = passingStorm();
  const missed = { ...run, slos: run.slos!.map((slo) => ({ ...slo, verdict: 'fail' as const })) };
  expect([run, missed, unknownRun()].map((one) => resultOf(one, 'latency-p99'))).toEqual(['pass', 'failure', 'error']);
});

test('a disturbance that did not bite and a hazard that was not reached are errors', () => {
  expect(resultOf(unknownRun(), 'clock-frozen/clock-freeze')).toBe('error');
  expect(resultOf(unknownRun(), 'restarted-with-clock-behind')).toBe('error');
});

test('a doubt that belongs to none of them makes the evidence an error, and the suite not green', () => {
  const doubts = [{ reason: 'load not achieved', scope: 'n1', detail: 'Of 100 requests 40 were not sent.' }] as const;
  const xml = render({ ...passingStorm(), verdict: 'unknown', unknowns: doubts });
  expect(tests(xml).filter(({ result }) => result === 'error')).toEqual([
    { group: 'evidence', name: 'nothing is in doubt', result: 'error' },
  ]);
  expect(xml).toContain('n1: load not achieved: Of 100 requests 40 were not sent.');
});

test('a promise that nothing was found about is an error', () => {
  const run = passingStorm();
  expect(resultOf({ ...run, findings: run.findings.slice(1) }, 'unique')).toBe('error');
});

test('what such evidence tells nothing of is skipped, and a property says how it was gathered', () => {
  const run = passingStorm();
  const promises = run.generator.promises.filter(({ guarantee }) => guarantee !== 'recovers');
  const generator = { ...run.generator, promises, evidence: { gathered: 'clients', says: GATHERED.clients } as const };
  const findings = run.findings.filter(({ guarantee }) => guarantee !== 'recovers');
  const told: Run = { ...run, generator, findings, unjudged: [{ guarantee: 'recovers', because: 'nobody saw' }] };
  expect(resultOf(told, 'recovers')).toBe('skipped');
  expect(render(told)).toContain('<skipped>Not judged: nobody saw.</skipped>');
  expect(render(told)).toContain(`<property name="evidence" value="${GATHERED.clients}"/>`);
  expect(render(run)).toContain(`<property name="evidence" value="${GATHERED.minted}"/>`);
});

test('no string of a run gets into the markup unescaped, and none that XML forbids', () => {
  fc.assert(
    fc.property(HOSTILE, (text) => {
      const xml = render(poison(waivedCached(['unique']), `q7${text}7q`));
      expect(unclosed(xml.replace(/^<\?xml[^>]*\?>/, ''))).toEqual([]);
      expect(xml).not.toMatch(/&(?!(?:lt|gt|amp|quot|#\d+|#x[0-9a-f]+);)/);
      expect(xml).toMatch(/^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u);
    }),
    { numRuns: 40 },
  );
});

test('documents of several runs are one, and a place tells their suites apart', () => {
  const parts = [passingStorm(), { ...unknownRun(), attempt: { number: 2, of: 3 } }].map(
    (run) => report.render(run).content,
  );
  const joined = report.join(parts);
  expect(joined.match(/<\?xml|<testsuites>|<\/testsuites>/g)).toHaveLength(3);
  expect([...joined.matchAll(/<testsuite id="(\d)"[^>]* name="([^"]+)"/g)].map(([, id, name]) => [id, name])).toEqual([
    ['0', 'snowglobe.storm.snowflake'],
    ['1', expect.stringMatching(/\.attempt-2$/) as string],
  ]);
  expect(report.join(parts.slice(0, 1))).toBe(parts[0]);
});

test('what is waived is skipped, and told with reason and ticket; what is not stays a failure', () => {
  const run = failingCached();
  const broken = run.findings.filter(({ promised, verdict }) => promised && verdict === 'fail');
  const [first] = broken;
  const by = [{ reason: 'known <of>', ticket: 'ID-7', expires: '2026-12-31' }];
  const { content } = report.render({ ...run, waived: [{ guarantee: first!.guarantee, violations: 1, by }] });
  expect(content).toContain(
    `name="${first!.guarantee}" time="0"><skipped>Waived: known &lt;of&gt; (ID-7, until 2026-12-31).`,
  );
  expect(content.match(/<failure/g)).toHaveLength(broken.length - 1);
});

test('the suite says the verdict beside what is waived, and which attempt it is', () => {
  const xml = render(waivedCached());
  expect(xml).toContain('<property name="verdict" value="pass (2 waived)"/>');
  expect(xml).toContain('<property name="attempt" value="2 of 3"/>');
  expect(xml).toMatch(/<system-out>Pass \(2 waived\): all that was broken is known of\n/);
  expect(xml.replaceAll('\n', ' ')).toContain(
    'The one before it was unknown and is beside the folder of this one: 2026-11-21T12-00-00-ab12cd34.',
  );
  expect(tests(xml).filter(({ result }) => result === 'failure' || result === 'error')).toEqual([]);
});
