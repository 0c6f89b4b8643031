import { mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { badInput, EXIT, environmentLacks, type SnowglobeError } from '../core/errors.ts';
import type { Run } from '../core/run.ts';
import type { Waiver } from '../core/waivers.ts';
import { inputFolder } from '../laws/bad-input-cases.ts';
import type { AskedReport } from './asked-reports.ts';
import { conclude, type Ending, type Series } from './conclude.ts';
import type { Output } from './output.ts';
import { unknownMode } from './unknown-mode.ts';

const { folder } = inputFolder();
const file = join(folder, 'told');
beforeEach(() => rmSync(file, { recursive: true, force: true }));

const report: AskedReport = {
  reporter: { name: 'words', render: ({ verdict }) => ({ file: 'words', content: verdict }) },
  file,
  where: '--junit',
  appends: false,
};
const run = (verdict: Run['verdict'], exitCode: number): Run =>
  ({
    ...{ state: 'judged', verdict, exitCode, unknowns: [], findings: [] },
    scenario: { name: 'storm' },
    generator: { name: 'snowflake', promises: [] },
  }) as unknown as Run;
const [PASS, FAIL, MISSED, UNKNOWN] = [run('pass', 0), run('fail', 10), run('fail', 11), run('unknown', 12)];
const UNUSED: Waiver = {
  ...{ guarantee: 'unique', generator: 'snowflake', reason: 'known', ticket: 'ID-7', expires: '2999-12-31' },
  where: 'waivers.yaml:1',
};

/** What the command ends with, what it tells, and what is in the file. */
function end(
  series: Partial<Series> & Pick<Series, 'runs'>,
  more: Partial<Ending> = {},
  signal = new AbortController().signal,
) {
  const told: string[] = [];
  const documents: unknown[] = [];
  const output = {
    json: true,
    text: (text: string) => void told.push(text),
    document: (document: unknown) => void documents.push(document),
    error: (error: SnowglobeError, beside: object) => {
      documents.push({ ...beside, error: error.message });
      return error.exitCode;
    },
  } as unknown as Output;
  const items = series.runs.map(() => ({
    scenario: { name: 'storm' },
    generator: { generator: { name: 'snowflake' } },
  }));
  const ending: Ending = { items, reports: [report], waivers: [], unknown: unknownMode(), ...more };
  const code = conclude({ decisive: series.runs, folders: [], ...series }, ending, { signal }, output);
  return {
    code,
    told,
    documents,
    written: statSync(file, { throwIfNoEntry: false })?.isFile() === true ? readFileSync(file, 'utf8') : undefined,
  };
}

const FAILURE = { error: environmentLacks('The engine is gone.', 'Start it.') };

describe('reports are written', () => {
  test.each<[string, Run, number]>([
    ['a pass', PASS, 0],
    ['a broken guarantee', FAIL, 10],
    ['a missed SLO', MISSED, 11],
    ['an unknown', UNKNOWN, 12],
  ])('of %s', (_, of, code) => {
    expect(end({ runs: [of] })).toMatchObject({ code, written: of.verdict, documents: [of] });
  });

  test('of what was judged before a scenario that could not be run, and of an interrupted command', () => {
    expect(end({ runs: [PASS, UNKNOWN], failure: FAILURE })).toMatchObject({ code: 3, written: 'pass\nunknown' });
    expect(end({ runs: [PASS] }, {}, AbortSignal.abort())).toMatchObject({ code: 130, written: 'pass' });
    expect(end({ runs: [PASS], failure: FAILURE }, {}, AbortSignal.abort()).written).toBe('pass');
  });

  test('of every attempt, of which the last decides', () => {
    expect(end({ runs: [UNKNOWN, PASS], decisive: [PASS] })).toMatchObject({ code: 0, written: 'unknown\npass' });
  });

  test('of no command without a run', () => {
    expect(end({ runs: [], failure: FAILURE })).toMatchObject({ code: 3, written: undefined });
  });
});

test('a report that cannot be written any more is exit 3, and hides nothing that is broken', () => {
  mkdirSync(file);
  expect(end({ runs: [PASS] }).code).toBe(3);
  expect(end({ runs: [PASS] }).documents).toEqual([
    { runs: [PASS], error: expect.stringContaining('could not be written') as string },
  ]);
  expect(end({ runs: [FAIL] }).code).toBe(10);
  rmSync(file, { recursive: true });
});

test('what is broken or missed outweighs the error after it, and an unknown or a pass does not', () => {
  const codes = [FAIL, MISSED, UNKNOWN, PASS].map((of) => end({ runs: [of], failure: FAILURE }).code);
  expect(codes).toEqual([10, 11, 3, 3]);
  const crash = { error: badInput('no', 'no') };
  expect(end({ runs: [FAIL], failure: crash }, {}, AbortSignal.abort()).code).toBe(EXIT.badInput);
});

test('a waiver that nothing needs is exit 2 with the runs, unless the user interrupted or something is broken', () => {
  const waivers = [UNUSED];
  expect(end({ runs: [PASS] }, { waivers })).toMatchObject({ code: 2, documents: [{ runs: [PASS] }], written: 'pass' });
  expect(end({ runs: [PASS] }, { waivers }, AbortSignal.abort()).code).toBe(130);
  expect(end({ runs: [UNKNOWN] }, { waivers: [{ ...UNUSED, generator: 'sonyflake' }] }).code).toBe(12);
});

test('with --unknown warn an unknown is a warning, and exit 0', () => {
  const { code, told } = end({ runs: [PASS, UNKNOWN] }, { unknown: unknownMode('warn') });
  expect({ code, told }).toEqual({ code: 0, told: [expect.stringMatching(/^Warning: unknown, 1 scenario of 2/)] });
});
