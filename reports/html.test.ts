import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { disturbanceLabel } from '../harness/core/phrases.ts';
import { parseRun } from '../harness/core/run-schema.ts';
import { OPAQUE_64 } from '../harness/core/layout.ts';
import type { Run } from '../harness/core/run.ts';
import { bigRun } from './fixtures/big.ts';
import { failingCached } from './fixtures/cached.ts';
import { HOSTILE, poison } from './fixtures/poison.ts';
import { begunRun, unknownRun } from './fixtures/sparse.ts';
import { waivedCached } from './fixtures/waived.ts';
import { passingStorm } from './fixtures/storm.ts';
import { unclosed } from './fixtures/unclosed.ts';
import report from './html.ts';
import { SCRIPT } from './page/script.ts';

const render = (run: Run): string => report.render(run).content;
const RUNS: Readonly<Record<string, Run>> = {
  passing: passingStorm(),
  failing: failingCached(),
  unknown: unknownRun(),
  begun: begunRun(),
  waived: waivedCached(),
};
const BYTES_MAX = 500_000;
const BIG_BYTES_MAX = 3_000_000;

describe.each(Object.entries(RUNS))('the report of a %s run', (_, run) => {
  const page = render(run);

  test('is made from a run that the schema takes', () => {
    expect(parseRun(JSON.stringify(run))).toEqual(run);
  });

  test('has every section, with a heading, in the order of its contents', () => {
    const linked = [...page.matchAll(/<li><a href="#([a-z]+)">/g)].map(([, id]) => id);
    const sections = [...page.matchAll(/<section id="([a-z]+)" aria-labelledby="\1-title">\s*<h2 id="\1-title">/g)].map(
      ([, id]) => id,
    );
    expect(linked).toHaveLength(run.waived === undefined ? 10 : 11);
    expect(sections).toEqual(linked);
  });

  test('asks nothing of a network and runs one script only', () => {
    expect(page).toContain("default-src 'none'");
    expect(page.match(/\b(?:src|srcset|data-src|action|formaction)="/g)).toBeNull();
    expect([...page.matchAll(/href="([^"]*)"/g)].filter(([, target]) => !target?.startsWith('#'))).toEqual([]);
    expect(page).not.toMatch(/@import|url\((?!#)/);
    expect(page.match(/<script>/g)).toHaveLength(1);
    const script = /<script>(.*)<\/script>/s.exec(page)?.[1] ?? '';
    expect(page).toContain(`script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'`);
  });

  test('has well-formed markup, unique ids, and a target for every link', () => {
    expect(unclosed(page)).toEqual([]);
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, target] of page.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(target);
  });

  test('gives every picture a title', () => {
    const pictures = [...page.matchAll(/<svg[^>]*role="img"[^>]*>\s*(<title>[^<]*<\/title>)?/g)];
    for (const [, title] of pictures) expect(title).toBeDefined();
  });

  test('draws no place that is not a number', () => {
    expect(page.replace(SCRIPT, '')).not.toMatch(/NaN|Infinity|undefined|\[object/);
  });

  test('is below its size', () => {
    expect(Buffer.byteLength(page)).toBeLessThan(BYTES_MAX);
  });
});

test('ten minutes and a hundred million IDs of sixteen nodes make a report of less than 3 MB', () => {
  const run = bigRun();
  expect(() => parseRun(JSON.stringify(run))).not.toThrow();
  const page = render(run);
  expect(Buffer.byteLength(page)).toBeLessThan(BIG_BYTES_MAX);
  expect(unclosed(page)).toEqual([]);
});

test('the verdict stands in words at the top', () => {
  expect(render(passingStorm())).toContain('<h1 id="verdict-title">Pass: every promise was kept, every SLO met</h1>');
  expect(render(failingCached())).toContain('<h1 id="verdict-title">Fail: 2 promises were broken</h1>');
  expect(render(unknownRun())).toContain('<h1 id="verdict-title">Unknown: the run proves nothing</h1>');
  expect(render(begunRun())).toContain('<h1 id="verdict-title">Unknown: the run was never judged</h1>');
});

test('what is waived stands first, with reason, ticket and last day, and the verdict is the one beside it', () => {
  const page = render(waivedCached());
  expect(page).toContain('<h1 id="verdict-title">Pass (2 waived): all that was broken is known of</h1>');
  expect(page).toMatch(/<section class="verdict good"/);
  const section = words(page.slice(page.indexOf('<section id="waived"'), page.indexOf('<section id="promises"')));
  expect(section).toContain('owns-worker-id');
  expect(section).toContain(
    'unique 3,412 violations the cache outlives the lease until the new client is out any ID-8 2026-12-31',
  );
  expect(render(failingCached())).not.toContain('id="waived"');
});

test('violations are marked as waived where they are told, and those that nobody waived are not', () => {
  const page = render(waivedCached(['unique']));
  expect(page).toContain('Fail (1 waived): a promise was broken beside what is waived</h1>');
  expect(page).toMatch(/<section class="verdict bad"/);
  const badges = [...page.matchAll(/<span class="badge (\w+)">(✕ broken[^<]*)</g)].map(([, tone, told]) => [
    tone,
    told,
  ]);
  expect(badges).toEqual([
    ['bad', '✕ broken'],
    ['plain', '✕ broken, waived'],
  ]);
  const marked = (story: string): boolean => story.includes('(ID-7, until 2026-12-31)') && story.startsWith(' waived"');
  const stories = page.split('<article class="story').slice(1);
  expect(stories.map(marked)).toContain(true);
  expect(stories.map(marked)).toEqual(stories.map((story) => /id="violation-2-/.test(story)));
  expect(words(page)).toMatch(/unique: 3,412 violations, waived/);
});

test('an SLO that is missed and waived is marked so', () => {
  const run = passingStorm();
  const [first, ...others] = run.slos!;
  const by = [{ reason: 'a slow disk', ticket: 'ID-9', expires: '2026-12-31' }];
  const waived = [{ slo: first!.name, violations: 1, by }];
  const missed = { ...run, verdict: 'fail', slos: [{ ...first!, verdict: 'fail' }, ...others] } as const;
  expect(words(render({ ...missed, waived }))).toContain('✕ missed, waived');
  expect(words(render(missed))).not.toContain('waived');
});

test('of an attempt it is told which it is, and where the others are', () => {
  const run = unknownRun();
  const earlierAttempts = ['2026-11-21T12-00-00-ab12cd34', '2026-11-21T12-02-00-cd34ef56'];
  const told = (number: number, before: readonly string[]): string =>
    words(render({ ...run, attempt: { number, of: 3 }, measured: { ...run.measured, earlierAttempts: before } }));
  expect(told(1, [])).toContain(
    'Attempt 1 of 3 at the most, each with the same seed. The next one, unless the command was interrupted, is beside the folder of this one, under a later time.',
  );
  expect(told(3, earlierAttempts)).toContain(
    `Those before it were unknown and are beside the folder of this one: ${earlierAttempts.join(', ')}. It was the last.`,
  );
  expect(words(render(waivedCached()))).toContain(
    'The one before it was unknown and is beside the folder of this one: 2026-11-21T12-00-00-ab12cd34. None followed it: it is an answer.',
  );
  expect(words(render(run))).not.toContain('ttempt');
});

test('a guarantee that is not promised is never shown as kept, nor as a failure', () => {
  const run = failingCached();
  const rows = [...render(run).matchAll(/<th role="rowheader" scope="row">([a-z-]+).*?<\/tr>/gs)];
  for (const { guarantee } of run.findings.filter(({ promised }) => !promised)) {
    const row = rows.find(([, name]) => name === guarantee)?.[0];
    expect(row).toContain('– not promised');
    expect(row).not.toMatch(/badge (good|bad)/);
  }
});

test('a violation names its cause, both nodes, their clocks, and the bits of the ID', () => {
  const run = failingCached();
  const page = render(run);
  const witness = run.findings.find(({ guarantee }) => guarantee === 'unique')?.witnesses[0];
  const story = page.slice(page.indexOf(witness?.what ?? ''));
  expect(story).toContain('two holders: paused past its lease');
  for (const sighting of witness?.sightings ?? []) expect(story).toContain(`<h5>${sighting.node}<`);
  const bits = story.replaceAll(/>\s+|\s+(?=[<>])/g, (space) => space.trim());
  expect(bits).toMatch(/<code>0<\/code><small>sign<\/small><\/span><span class="time"><code>[01]{41}<\/code>/);
  expect(bits).toMatch(
    /<code>[01]{10}<\/code><small>worker<\/small><\/span><span class="sequence"><code>[01]{12}<\/code>/,
  );
  expect(page.match(/class="clash"/g)?.length).toBeGreaterThan(3);
});

test('a violation tells what to do, who held what lease when, and what was disturbed before it', () => {
  const run = failingCached();
  const page = words(render(run));
  const witness = run.findings.find(({ guarantee }) => guarantee === 'unique')!.witnesses[0]!;
  const story = page.slice(page.indexOf(witness.what), page.indexOf(witness.what) + 4000);
  expect(story).toContain('What to do Check the lease against the monotonic clock');
  for (const { node, lease, createRevision } of witness.tenures!)
    expect(story).toMatch(new RegExp(`${node} 1 [\\d.]+ s [\\d.]+ s ${lease} ${createRevision}`));
  expect(story).toContain(
    'What was disturbed then Disturbances around the violation Disturbance Target Asked Measured in force paused: pause n3',
  );
  expect(story).toContain('Every bit is the same in all of them.');
});

test('of IDs that differ it is shown in which fields', () => {
  const run = failingCached();
  const finding = run.findings.find(({ guarantee }) => guarantee === 'unique')!;
  const [first, second] = finding.witnesses[0]!.sightings;
  // Bits 12 to 21 are the worker's.
  const other = { ...second!, id: String(BigInt(first!.id!) ^ (1n << 12n)) };
  const witnesses = [{ ...finding.witnesses[0]!, sightings: [first!, other] }];
  const page = words(render({ ...run, findings: [{ ...finding, witnesses }] }));
  expect(page).toContain('worker ≠');
  expect(page).toContain('They differ in worker.');
  expect(page).not.toMatch(/(time|sequence) ≠/);
});

test('each SLO is shown with value, bound, samples, verdict and where it counts', () => {
  const rows = (run: Run): readonly string[] =>
    [...render(run).matchAll(/<tr role="row">(.*?)<\/tr>/gs)].map(([, row = '']) => words(row));
  expect(rows(passingStorm())).toContainEqual(
    expect.stringMatching(/^latency-p99 .*✓ met the whole run under load 12.4 ms at most 50 ms [\d,]+ needs 1,000$/),
  );
  expect(rows(unknownRun())).toContainEqual(
    expect.stringMatching(
      /^latency-p99 .*\? unknown There were 12 samples, and it needs more\. the whole run under load – /,
    ),
  );
  expect(rows(passingStorm())).toContainEqual(expect.stringMatching(/^drift .* 1.49 ms 1,604$/));
  const { slos: _slos, figures: _figures, ...bare } = passingStorm();
  expect(render(bare)).toContain('No SLO was asked for.');
});

test('figures of phases and of single disturbances are folded, a row a part of the run', () => {
  const page = render(passingStorm());
  const folded = page.slice(page.indexOf('5 figures of phases and of single disturbances'));
  expect(page).toMatch(/<details>\s*<summary>5 figures of phases/);
  const tables = folded.split('</details>')[0]!.split('<h4>').slice(1).map(words);
  expect(tables).toEqual([
    expect.stringMatching(
      /^latency-p50, latency-p99 .* Where latency-p50 latency-p99 Samples the warm-up 5 ms 9.9 ms 4,000 after the last heal 5 ms 9.9 ms 4,000$/,
    ),
    expect.stringMatching(
      /^time-to-first-id .* after paused: pause n3 After 1 heal the service was not whole before the next disturbance. 13.4 ms 1$/,
    ),
  ]);
});

test('latencies and requests without IDs have lanes of their own, of what occurred', () => {
  const run = passingStorm();
  const page = words(render(run));
  expect(page).toMatch(
    /Latency of answers with IDs, by the second in which the request was due: p50 up to .* p99 up to/,
  );
  expect(page).toContain('Errors, requests a second: most 3, 3 in all.');
  expect(page).not.toContain('Not sent/s');
  const { requests: _requests, ...series } = run.series;
  expect(words(render({ ...run, series }))).not.toContain('Latency of answers with IDs');
});

test('who offered the load is told, and how much of what clients received was compared', () => {
  const run = passingStorm();
  const told = (load: Run['load']): string => words(render({ ...run, load: load! }));
  expect(words(render(run))).toMatch(/Offered by the client k6 1\.8\.1 \. All [\d,]+ answers with IDs were compared/);
  expect(told({ client: 'built-in', compared: 10, answered: 40, sample: 'each fourth answer' })).toContain(
    'Offered by the client built-in . 10 of 40 answers with IDs were compared with what was minted: each fourth answer.',
  );
});

test('a disturbance that did not bite is told as such, with the reason', () => {
  expect(render(unknownRun())).toMatch(/\? did not bite<\/span><small>the clock went on/);
});

test('a disturbance is called by its label wherever it is shown, and never by its key', () => {
  const run = passingStorm();
  const [first, ...others] = run.disturbances;
  const doubted = { ...first!, key: 'drained/0-pause', name: 'first', bit: false, missed: 'nobody saw it' };
  const label = disturbanceLabel(doubted);
  const unknowns = [
    { reason: 'disturbance did not bite', scope: doubted.key, detail: `${label}: nobody saw it.` },
  ] as const;
  const page = render({ ...run, disturbances: [doubted, ...others], unknowns });
  expect(page).not.toContain(doubted.key);
  expect(page).toContain(`<th role="rowheader" scope="row">${label}</th>`);
  expect(page).toContain(`${label} (did not bite)`);
  expect(page).toContain(`<div>${label}: nobody saw it.</div>`);
  if (doubted.samples.length > 0) expect(page).toContain(`<h4>${label}`);
});

test('a disturbance whose signal never came is told as never injected, with what it waited for', () => {
  const run = passingStorm();
  const { injected: _injected, healed: _healed, tookFrom: _from, tookTo: _to, ...rest } = run.disturbances[0]!;
  const awaited = 'the heal of cut';
  const never = { ...rest, bit: false, missed: 'it waited 2.5 s for it', signal: { awaited }, samples: [] };
  const page = render({ ...run, disturbances: [never] });
  expect(page).toMatch(/\? never injected<\/span\s*><small>it waited 2\.5 s for it/);
  expect(page).toContain('<small>waited for the heal of cut</small>');
  expect(page).toContain(`${disturbanceLabel(rest)} (never injected)`);
  expect(page.replace(SCRIPT, '')).not.toMatch(/NaN|Infinity|undefined|\[object/);
});

test('a disturbance that bit and was not healed is told as both', () => {
  const run = passingStorm();
  const { healed: _healed, ...rest } = run.disturbances[0]!;
  const page = render({ ...run, disturbances: [{ ...rest, unhealed: 'the run was cut short' }] });
  expect(page).toMatch(/✓ bit<\/span.*\? not healed<\/span><small>the run was cut short/s);
  expect(page).toContain('? 1 not healed');
  expect(page).toContain('(not healed)');
  expect(page).not.toContain('? did not bite');
  expect(page).not.toContain('(did not bite)');
});

test('a pass of a cluster that nothing disturbed says so in its headline', () => {
  const page = render({ ...passingStorm(), disturbances: [] });
  expect(page).toContain(
    '<h1 id="verdict-title">Pass: every promise was kept, every SLO met, and nothing was disturbed</h1>',
  );
  expect(page).not.toContain('0 of 0');
  const noop = { ...passingStorm().disturbances[0]!, fault: 'noop', name: 'noop', disturbs: [] };
  const quiet = render({ ...passingStorm(), disturbances: [noop] });
  expect(quiet).toContain('Pass: every promise was kept, every SLO met, and nothing was disturbed</h1>');
  expect(quiet).toContain('how it bears faults was not tried');
});

test('a pass of nodes that were to drive themselves and did not says so in its headline', () => {
  const run = passingStorm();
  const cluster = { ...run.scenario.cluster, selfLoad: 1_000_000_000 };
  const page = render({ ...run, scenario: { ...run.scenario, cluster } });
  expect(page).toContain('Pass: every promise was kept, every SLO met, without the load of the question</h1>');
});

test('of an ID without a worker ID or a time none is shown', () => {
  const failing = RUNS['failing']!;
  const page = (fields: object): string =>
    render({ ...failing, generator: { ...failing.generator, layout: { ...failing.generator.layout, ...fields } } });
  expect(page({})).toMatch(/bits: time tick \d+, worker \d+, sequence \d+/);
  expect(page({})).toContain('<dt>Worker</dt>');
  const bare = page({ workerBits: 0, timeBits: 0 });
  expect(bare).toMatch(/bits: sequence \d+/);
  expect(bare).not.toMatch(/<dt>(Worker|Embedded time)<\/dt>/);
});

test('of an ID of unknown layout no field is read, and no bits are drawn', () => {
  const failing = RUNS['failing']!;
  const page = render({ ...failing, generator: { ...failing.generator, layout: OPAQUE_64 } });
  expect(page).toContain('Its layout is unknown');
  expect(page).not.toMatch(/class="bits"|<dt>(Worker|Embedded time|Sequence)<\/dt>/);
});

test('how often the coordinator ended a lease early is told with its version, also when it never did', () => {
  const passing = RUNS['passing']!;
  const versions = { coordinator: '3.4.23' };
  const page = (endedEarly: number, unclear: number): string =>
    render({
      ...passing,
      measured: { ...passing.measured, versions },
      leases: [{ held: 24, endedEarly, unclear, forgotten: 0, revoked: 0 }],
    })
      .replaceAll(/<[^>]*>/g, ' ')
      .replaceAll(/\s+/g, ' ');
  const early = 'ended early by its own doing: kept alive, and revoked by nobody.';
  expect(page(1, 1)).toContain(
    `✕ broke its word etcd 3.4.23: 1 of 24 leases ${early} Besides: 1 ended early, by whom is not known.`,
  );
  expect(page(0, 0)).toContain(`✓ kept its word etcd 3.4.23: 0 of 24 leases ${early}`);
});

test('every probe of a disturbance is drawn, what was asked beside what was observed', () => {
  const run = passingStorm();
  const page = render(run);
  const [, figures = ''] = page.split(/Every probe of 11 disturbances/);
  expect(figures.match(/class="plot"/g)).toHaveLength(11);
  expect(figures).toMatch(/observed −3,002\u00a0ms to −2,998; asked −3,000\u00a0ms/);
  const record = run.disturbances.find(({ fault }) => fault === 'clock-step')!;
  const silent = { ...record, samples: record.samples.map((sample) => ({ ...sample, took: undefined, measured: {} })) };
  expect(render({ ...run, disturbances: [silent] })).toContain('could not be measured, ');
});

test('of many doubts for one reason the first is told at the top, and all of them below', () => {
  const run = unknownRun();
  const unknowns = ['n1', 'n2', 'n3'].map(
    (scope) => ({ reason: 'load not achieved', scope, detail: `${scope} was late.` }) as const,
  );
  const page = render({ ...run, unknowns, reasons: unknowns.map(({ reason, detail }) => `${reason}: ${detail}`) });
  expect(page).toContain('<li>load not achieved: n1 was late. And 2 more of these.</li>');
  expect(page).not.toContain('<li>load not achieved: n2');
  for (const { detail } of unknowns) expect(page).toContain(`</span> ${detail}</div>`);
});

test('an ID with its highest bit set is shown with that bit in the sign', () => {
  const run = failingCached();
  const page = render({
    ...run,
    findings: run.findings.map((finding) => ({
      ...finding,
      witnesses: finding.witnesses.map((witness) => ({
        ...witness,
        sightings: witness.sightings.map((sighting) => ({ ...sighting, id: '18446744073709551615' })),
      })),
    })),
  });
  expect(page).toContain('<code>1</code><small>sign</small>');
});

test('no string of a run gets into the markup unescaped', () => {
  const whole = waivedCached(['unique']);
  // Two witnesses of each finding carry every kind of string; more, and long curves, would only make the pages longer.
  const base = {
    ...whole,
    findings: whole.findings.map((finding) => ({ ...finding, witnesses: finding.witnesses.slice(0, 2) })),
    disturbances: whole.disturbances.map((record) => ({ ...record, samples: record.samples.slice(0, 2) })),
    series: {
      ...whole.series,
      idsByNode: whole.series.idsByNode.map((line) => ({ ...line, values: line.values.slice(0, 4) })),
      offsetsByNode: whole.series.offsetsByNode.map((line) => ({ ...line, points: line.points.slice(0, 4) })),
    },
  };
  fc.assert(
    fc.property(HOSTILE, (text) => {
      const marked = `q7${text}7q`;
      const page = render(poison(base, marked));
      expect(unclosed(page)).toEqual([]);
      expect(page.match(/<script>/g)).toHaveLength(1);
      expect(page.match(/<style>/g)).toHaveLength(1);
      expect(page).not.toMatch(/[\u2028\u2029\u202e\u0000]/);
      const [island, inside = ''] = /<script type="application\/json"[^>]*>(.*?)<\/script>/s.exec(page) ?? [''];
      expect(inside).not.toMatch(/[<>&]/);
      if (/[<>"'`&]/.test(text)) expect(page.replace(island, '')).not.toContain(marked);
    }),
    { numRuns: 40 },
  );
});

/** What a reader sees, with one space between words. */
function words(page: string): string {
  return page
    .replace(/<(style|script)[^>]*>.*?<\/\1>/gs, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

test('no label of the time axes is written out of what is shown, where its bar fills it', () => {
  const run = failingCached();
  const lasting = run.disturbances.map((record) => ({ ...record, injected: 7e9, healed: 80e9 }));
  const page = render({ ...run, disturbances: lasting });
  expect(page).toMatch(/<text\s+class=" over"/);
  for (const [label] of page.matchAll(/<text[^>]*text-anchor="end"[^>]*>/g))
    expect(Number(/x="([\d.]+)%"/.exec(label)?.[1]), label).toBeGreaterThan(5);
});
