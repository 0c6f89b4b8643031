import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Cause } from './cause.ts';
import type { Guarantee } from './guarantee.ts';
import type { Run } from './run.ts';
import { verdictBesideWaived, verdictInWords } from './waived.ts';
import type { Outcome, Waiver } from './waivers.ts';
import { readWaivers, unusedWaivers, waive } from './waivers.ts';

const TODAY = '2026-11-22';
const WRITTEN = {
  guarantee: 'unique',
  generator: 'snowflake-cached',
  reason: 'the cache outlives the lease',
  ticket: 'ID-7',
  expires: '2026-12-31',
};
const TWO_HOLDERS: Cause = 'two holders: paused past its lease';
const RACED: Cause = 'threads raced for one sequence';

const waiver = (more: Partial<Waiver> = {}): Waiver => ({
  ...(WRITTEN as typeof WRITTEN & Waiver),
  where: 'w:1',
  ...more,
});
const sloWaiver = (slo: string): Waiver => {
  const { guarantee: _, ...rest } = waiver();
  return { ...rest, slo };
};

type Finding = Run['findings'][number];

/** Broken as often as it has causes, each with a witness; undefined: without a cause. */
function broken(guarantee: Guarantee, causes: readonly (Cause | undefined)[], more: Partial<Finding> = {}): Finding {
  return {
    guarantee,
    promised: true,
    verdict: 'fail',
    checked: 100,
    unit: 'IDs',
    violations: causes.length,
    outsideAssumptions: 0,
    undecided: 0,
    witnesses: causes.map((cause) => ({ what: '', sightings: [], at: 0, ...(cause !== undefined && { cause }) })),
    ...more,
  };
}
const kept = (guarantee: Guarantee, more: Partial<Finding> = {}): Finding =>
  broken(guarantee, [], { verdict: 'pass', ...more });
const slo = (name: string, verdict: Run['verdict']): NonNullable<Run['slos']>[number] =>
  ({ name, verdict }) as NonNullable<Run['slos']>[number];
const DOUBT: Run['unknowns'][number] = { reason: 'node silent', scope: 'n1', detail: 'It said nothing.' };

function run(more: Partial<Run> = {}): Run {
  return {
    state: 'judged',
    scenario: { name: 'storm' },
    generator: { name: 'snowflake-cached' },
    verdict: 'fail',
    exitCode: 10,
    findings: [broken('unique', [TWO_HOLDERS])],
    unknowns: [],
    measured: {},
    ...more,
  } as Run;
}

const exitOf = (of: Run, ...waivers: readonly Waiver[]): number => waive(of, waivers).exitCode;

describe('a file of waivers', () => {
  const read = (...values: readonly unknown[]): readonly string[] =>
    readWaivers(
      values.map((value, index) => ({ value, where: `w:${index + 1}` })),
      TODAY,
    ).problems.map(({ where, what }) => `${where}: ${what}`);

  test('is taken with its last day being today, and with scenario and cause', () => {
    expect(read(WRITTEN)).toEqual([]);
    expect(read({ ...WRITTEN, expires: TODAY, scenario: 'storm', cause: TWO_HOLDERS })).toEqual([]);
  });

  test('is refused with all that is wrong in it at once, each with its place', () => {
    const { ticket: _, ...withoutTicket } = WRITTEN;
    expect(
      read(
        withoutTicket,
        { ...WRITTEN, guarantee: 'uniqe' },
        { ...WRITTEN, expires: '2026-02-30' },
        { ...WRITTEN, slo: 'latency' },
        { ...WRITTEN, expires: '2026-11-21' },
        'unique',
        { ...WRITTEN, until: '2027-01-01' },
      ),
    ).toEqual([
      expect.stringMatching(/^w:1: .*it lacks ticket/),
      expect.stringMatching(/^w:2: .*did you mean unique\?/),
      expect.stringMatching(/^w:3: .*expires: must be a day/),
      expect.stringMatching(/^w:4: .*needs guarantee or slo, one of them/),
      expect.stringMatching(/^w:5: .*has expired: it counted until 2026-11-21 \(ID-7\)/),
      expect.stringMatching(/^w:6: .*it is no object/),
      expect.stringMatching(/^w:7: .*unknown: until/),
    ]);
  });

  test('has no waiver twice', () => {
    expect(read(WRITTEN, { ...WRITTEN, ticket: 'ID-8' })).toEqual(['w:2: This waiver is the same as w:1.']);
    expect(read(WRITTEN, { ...WRITTEN, scenario: 'storm' }, { ...WRITTEN, cause: RACED })).toEqual([]);
  });
});

describe('what is waived', () => {
  test('fails no command, and stays broken in the record', () => {
    const waived = waive(run(), [waiver()]);
    expect(waived).toMatchObject({
      verdict: 'fail',
      exitCode: 0,
      findings: [{ verdict: 'fail' }],
      waived: [{ guarantee: 'unique', violations: 1, by: [{ ticket: 'ID-7', expires: '2026-12-31' }] }],
    });
    expect(verdictInWords(waived)).toBe('pass (1 waived)');
  });

  test('covers no other guarantee, generator or scenario', () => {
    expect(exitOf(run(), waiver({ guarantee: 'owns-worker-id' }))).toBe(10);
    expect(exitOf(run(), waiver({ generator: 'snowflake' }))).toBe(10);
    expect(exitOf(run(), waiver({ scenario: 'burst' }))).toBe(10);
    expect(exitOf(run(), waiver({ scenario: 'storm' }))).toBe(0);
  });

  test('leaves what is not waived beside it', () => {
    const two = run({ findings: [broken('unique', [RACED]), broken('owns-worker-id', [RACED])] });
    const waived = waive(two, [waiver()]);
    expect(waived).toMatchObject({ exitCode: 10, waived: [{ guarantee: 'unique' }] });
    expect(verdictInWords(waived)).toBe('fail (1 waived)');
    expect(exitOf(two, waiver(), waiver({ guarantee: 'owns-worker-id' }))).toBe(0);
  });

  test('goes by cause only where every witness has one that is waived', () => {
    const both = run({ findings: [broken('unique', [TWO_HOLDERS, RACED])] });
    expect(exitOf(both, waiver({ cause: TWO_HOLDERS }))).toBe(10);
    expect(exitOf(both, waiver({ cause: TWO_HOLDERS }), waiver({ cause: RACED }))).toBe(0);
    expect(exitOf(run({ findings: [broken('unique', [undefined])] }), waiver({ cause: RACED }))).toBe(10);
    const without = broken('unique', [], { violations: 3 });
    expect(exitOf(run({ findings: [without] }), waiver({ cause: RACED }))).toBe(10);
  });

  test('is asked for no cause of what lies outside the assumptions', () => {
    const finding = broken('unique', [RACED, TWO_HOLDERS], { outsideAssumptions: 1 });
    const witnesses = finding.witnesses.map((one, index) => ({
      ...one,
      ...(index === 0 && { outsideAssumptions: true }),
    }));
    const waived = waive(run({ findings: [{ ...finding, witnesses }] }), [waiver({ cause: TWO_HOLDERS })]);
    expect(waived).toMatchObject({ exitCode: 0, waived: [{ violations: 1 }] });
  });

  test('may be an SLO; one that is missed beside it is exit 11', () => {
    const missed = run({ findings: [kept('unique')], slos: [slo('fast', 'fail'), slo('there', 'fail')], exitCode: 11 });
    expect(exitOf(missed, sloWaiver('fast'))).toBe(11);
    expect(exitOf(missed, sloWaiver('fast'), sloWaiver('there'))).toBe(0);
    expect(exitOf(run({ slos: [slo('fast', 'fail')] }), waiver())).toBe(11);
  });

  test.each<[string, Partial<Run>]>([
    ['a doubt', { unknowns: [DOUBT] }],
    [
      'a promise that could not be judged',
      { findings: [broken('unique', [RACED]), kept('recovers', { verdict: 'unknown' })] },
    ],
    ['an SLO with too few samples', { slos: [slo('fast', 'unknown')] }],
  ])('never covers %s: exit 12', (_, more) => {
    const waived = waive(run(more), [waiver()]);
    expect(waived.exitCode).toBe(12);
    expect(verdictInWords(waived)).toBe('unknown (1 waived)');
  });

  test('is nothing in a run that broke nothing', () => {
    const unknown = run({ verdict: 'unknown', exitCode: 12, findings: [], unknowns: [DOUBT] });
    expect(waive(unknown, [waiver()])).toBe(unknown);
    expect(verdictInWords(unknown)).toBe('unknown');
  });
});

describe('a waiver that nothing needs', () => {
  const PASSED = run({ verdict: 'pass', exitCode: 0, findings: [kept('unique')] });
  const UNKNOWN = run({ verdict: 'unknown', exitCode: 12, findings: [kept('unique')], unknowns: [DOUBT] });
  const outcome = (of: Run | undefined, scenario = 'storm'): Outcome => ({
    generator: 'snowflake-cached',
    scenario,
    run: of,
  });
  const told = (waivers: readonly Waiver[], ...outcomes: readonly Outcome[]): readonly string[] =>
    unusedWaivers(waivers, outcomes).map(({ what }) => what);

  test('is told with its place and its ticket, where a run was judged without it', () => {
    expect(unusedWaivers([waiver()], [outcome(PASSED)])).toEqual([
      expect.objectContaining({
        where: 'w:1',
        what: expect.stringContaining('unique by snowflake-cached (ID-7)') as string,
      }),
    ]);
    expect(told([waiver()], outcome(PASSED), outcome(PASSED, 'burst'))).toEqual([
      expect.stringContaining('all 2 runs'),
    ]);
  });

  test.each<[string, readonly Outcome[]]>([
    ['another run needs it', [outcome(PASSED), outcome(run(), 'burst')]],
    ['a run of it proved nothing', [outcome(PASSED), outcome(UNKNOWN, 'burst')]],
    ['a run of it was never begun', [outcome(PASSED), outcome(undefined, 'burst')]],
    ['a run of it was interrupted', [outcome({ ...PASSED, exitCode: 130 })]],
    ['it is about no run of this command', [{ ...outcome(PASSED), generator: 'snowflake' }]],
  ])('is not told where %s', (_, outcomes) => {
    expect(told([waiver()], ...outcomes)).toEqual([]);
  });

  test('is one of a cause that no witness has, where all violations have a witness', () => {
    const finding = broken('unique', [TWO_HOLDERS]);
    const other = [waiver({ cause: RACED })];
    expect(told(other, outcome(run({ findings: [finding] })))).toHaveLength(1);
    expect(told(other, outcome(run({ findings: [{ ...finding, violations: 2 }] })))).toEqual([]);
    expect(told([waiver({ cause: TWO_HOLDERS })], outcome(run({ findings: [finding] })))).toEqual([]);
  });

  test('is one of a guarantee that was never promised', () => {
    const outside = { ...PASSED, findings: [{ ...broken('unique', [RACED]), promised: false }] };
    expect(told([waiver()], outcome(outside))).toHaveLength(1);
  });

  test('is one of an SLO that was met, and not one of an SLO that nobody asked for', () => {
    expect(told([sloWaiver('fast')], outcome({ ...PASSED, slos: [slo('fast', 'pass')] }))).toHaveLength(1);
    expect(told([sloWaiver('fast')], outcome(PASSED))).toEqual([]);
  });
});

describe('law', () => {
  const guarantees = ['unique', 'owns-worker-id', 'recovers'] as const satisfies readonly Guarantee[];
  const causes = fc.constantFrom<Cause | undefined>(TWO_HOLDERS, RACED, undefined);
  const verdict = fc.constantFrom<Run['verdict']>('pass', 'fail', 'unknown');
  const anyFinding = fc
    .record({
      guarantee: fc.constantFrom(...guarantees),
      witnessed: fc.array(causes, { maxLength: 3 }),
      verdict,
      promised: fc.boolean(),
    })
    .map(({ guarantee, witnessed, ...more }) =>
      broken(guarantee, witnessed, { ...more, violations: witnessed.length + 1 }),
    );
  const anyWaiver = fc
    .record(
      {
        guarantee: fc.constantFrom(...guarantees),
        generator: fc.constantFrom('snowflake', 'snowflake-cached'),
        scenario: fc.constantFrom('storm', 'burst'),
        cause: fc.constantFrom(TWO_HOLDERS, RACED),
      },
      { requiredKeys: ['guarantee', 'generator'] },
    )
    .map((more) => waiver(more));
  const anySloWaiver = fc.constantFrom('fast', 'there').map(sloWaiver);
  const anyRun = fc
    .record({
      findings: fc.uniqueArray(anyFinding, { selector: ({ guarantee }) => guarantee }),
      slos: fc.uniqueArray(fc.record({ name: fc.constantFrom('fast', 'there'), verdict }), {
        selector: ({ name }) => name,
      }),
      doubted: fc.boolean(),
    })
    .map(({ findings, slos, doubted }) =>
      run({ findings, slos: slos.map((one) => slo(one.name, one.verdict)), unknowns: doubted ? [DOUBT] : [] }),
    )
    .filter(({ findings, slos = [] }) =>
      [...findings.filter(({ promised }) => promised), ...slos].some((one) => one.verdict === 'fail'),
    );

  test('no set of waivers makes exit 0 of a violation that none of them covers, or of anything unknown', () => {
    let zeros = 0;
    fc.assert(
      fc.property(anyRun, fc.array(fc.oneof(anyWaiver, anySloWaiver), { maxLength: 6 }), (of, waivers) => {
        const { exitCode, verdict: kept, waived } = waive(of, waivers);
        const mine = waivers.filter(
          ({ generator, scenario }) => generator === 'snowflake-cached' && scenario !== 'burst',
        );
        const isOpen =
          of.findings.some(
            (finding) =>
              finding.promised &&
              finding.verdict === 'fail' &&
              !mine.some((one) => one.guarantee === finding.guarantee && one.cause === undefined) &&
              (finding.witnesses.length === 0 ||
                finding.witnesses.some(
                  ({ cause }) =>
                    !mine.some(
                      (one) => one.guarantee === finding.guarantee && one.cause !== undefined && one.cause === cause,
                    ),
                )),
          ) || (of.slos ?? []).some((one) => one.verdict === 'fail' && !mine.some((other) => other.slo === one.name));
        const isUnknown =
          of.unknowns.length > 0 ||
          of.findings.some((one) => one.promised && one.verdict === 'unknown') ||
          (of.slos ?? []).some((one) => one.verdict === 'unknown');
        expect(exitCode === 0).toBe(!isOpen && !isUnknown);
        expect(kept).toBe('fail');
        if (waived !== undefined) expect(verdictBesideWaived({ ...of, waived }) === 'pass').toBe(exitCode === 0);
        if (exitCode === 0) zeros++;
      }),
      { numRuns: 2000 },
    );
    expect(zeros).toBeGreaterThan(20);
  });
});
