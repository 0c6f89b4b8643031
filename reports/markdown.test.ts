import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Run } from '../harness/core/run.ts';
import { GATHERED } from '../harness/core/scope.ts';
import { failingCached } from './fixtures/cached.ts';
import { HOSTILE, poison } from './fixtures/poison.ts';
import { begunRun, unknownRun } from './fixtures/sparse.ts';
import { passingStorm } from './fixtures/storm.ts';
import { waivedCached } from './fixtures/waived.ts';
import report, { BYTES_MAX } from './markdown.ts';

const render = (run: Run): string => report.render(run).content;

test('the verdict and its reasons stand at the top', () => {
  expect(render(passingStorm())).toMatch(/^## ✅ Pass: every promise was kept, every SLO met\n\n\*\*storm\*\* shakes/);
  expect(render(failingCached())).toMatch(/^## ❌ Fail: 2 promises were broken\n[^]*?\n- owns-worker-id is broken/);
  expect(render(unknownRun())).toMatch(/^## ❔ Unknown: the run proves nothing\n/);
  expect(render(begunRun())).toMatch(/^## ❔ Unknown: the run was never judged\n/);
});

test('how the evidence was gathered stands at the top, and below the table what it tells nothing of', () => {
  const run = passingStorm();
  const text = render({ ...run, unjudged: [{ guarantee: 'recovers', because: 'nobody saw' }] });
  expect(text.split('###')[0]).toContain(`Evidence: ${GATHERED.minted}`);
  expect(text).toContain('– **recovers** is not judged: nobody saw.');
});

test('promises, SLOs, what was not as asked for, stories and the command are in it', () => {
  const failing = render(failingCached());
  expect(failing).toMatch(/\| unique \| ❌ \*\*broken\*\* \| 3,412 \|/);
  expect(failing).toMatch(/\| fails-closed \| – not promised \|/);
  expect(failing).toMatch(
    /\| latency-p99<br>latency of answered requests, 99th percentile \| ✅ met \| 12.4\u00a0ms \|/,
  );
  expect(failing).toContain('<details><summary><b>unique</b>: 3,412 violations</summary>');
  expect(failing).toContain('Cause: two holders: paused past its lease.');
  expect(failing).toContain('And 3,409 more');
  expect(failing).toContain(`\`\`\`sh\n${failingCached().command}\n\`\`\``);
  expect(render(unknownRun())).toMatch(/\| ❔ restarted-with-clock-behind \| .*not reached/);
});

test('every table has as many cells in each row as in its head, whatever the run holds', () => {
  fc.assert(
    fc.property(HOSTILE, (text) => {
      const markdown = render(poison(waivedCached(['unique']), text));
      for (const table of markdown.split('\n\n').filter((part) => part.startsWith('|'))) {
        const widths = table.split('\n').map((row) => row.split('|').length);
        expect(new Set(widths).size).toBe(1);
      }
    }),
    { numRuns: 40 },
  );
});

test('no string of a run becomes markup', () => {
  fc.assert(
    fc.property(HOSTILE, (text) => {
      const markdown = render(poison(waivedCached(['unique']), `q7${text}7q`));
      // What we write ourselves; the command stands in its fence.
      const bare = markdown
        .replace(/^(`{3,})sh\n.*\n\1$/m, '')
        .replaceAll(/<\/?(?:details|summary|b|br)>/g, '')
        .replaceAll(/&#\d+;/g, '');
      expect(bare).not.toMatch(/[<>`[\]_\\@]/);
      // By characters: half of a pair that is whole is no lone surrogate.
      expect(markdown).not.toMatch(/[\u0000-\u0008\u202e\ud800]/u);
    }),
    { numRuns: 40 },
  );
});

test('a summary stays below what GitHub takes, however much a run says', () => {
  const run = failingCached();
  const long = '<'.repeat(20_000);
  const many = Array.from({ length: 500 }, () => ({ ...run.slos![0]!, what: long, where: long }));
  const markdown = render({ ...poison(run, long), slos: many, reasons: Array.from({ length: 5000 }, () => long) });
  expect(Buffer.byteLength(markdown)).toBeLessThan(BYTES_MAX);
  expect(markdown).toMatch(/_\d+ of \d+ parts were too long for this summary: see report.html._/);
  expect(markdown).toContain('### Promised and kept');
});

test('what is waived stands below the verdict, and is marked where it is judged and where it is told', () => {
  const markdown = render(waivedCached());
  expect(markdown).toMatch(/^## ✅ Pass \(2 waived\): all that was broken is known of\n/);
  expect(markdown).toContain('Attempt 2 of 3 at the most, each with the same seed. The one before it was unknown');
  expect(markdown.indexOf('### Waived')).toBeLessThan(markdown.indexOf('### Promised and kept'));
  expect(markdown).toContain('| unique | – broken, waived | 3,412 |');
  expect(markdown).toContain('<b>unique</b>: 3,412 violations, waived</summary>');
  expect(render(waivedCached(['owns-worker-id']))).toMatch(/\| unique \| ❌ \*\*broken\*\* \|/);
});

test('figures of the whole run stand beside the SLOs, those of its parts are folded below them', () => {
  const markdown = render(passingStorm());
  const [before, folded = ''] = markdown.split(
    '<details><summary>5 figures of phases and of single disturbances</summary>',
  );
  expect(before).toContain('| drift<br>');
  expect(before).not.toContain('time-to-first-id');
  expect(folded).toContain('| after paused: pause n3 | time-to-first-id | 13.4\u00a0ms | 1 |');
});
