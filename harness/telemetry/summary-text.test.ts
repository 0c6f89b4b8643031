import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { EXIT } from '../core/errors.ts';
import type { Run } from '../core/run.ts';
import { summaryText } from './summary-text.ts';

type Told = Pick<Run, 'verdict' | 'findings' | 'unknowns'>;

const run = (told: Partial<Told> & Pick<Told, 'verdict'>): Run =>
  ({ findings: [], unknowns: [], generator: { name: 'snowflake' }, driver: 'sim', ...told }) as unknown as Run;
const finding = (guarantee: string, verdict: string, promised = true) => ({ guarantee, verdict, promised });
const doubt = (reason: string) => ({ reason, scope: 'n1', detail: 'it was so' });

const RUNS = [
  run({ verdict: 'pass' }),
  run({
    verdict: 'fail',
    findings: [finding('unique', 'fail'), finding('recovers', 'pass'), finding('time-honest', 'fail', false)],
    unknowns: [doubt('node silent')],
  } as unknown as Told),
  run({ verdict: 'unknown', unknowns: [doubt('node silent'), doubt('node silent')] } as unknown as Told),
];

function lines(columns?: number): readonly string[] {
  const stream = Object.assign(new PassThrough(), columns === undefined ? {} : { columns });
  return summaryText(['calm', 'paused-long', 'cut', 'later'], RUNS, { stream, exitCode: EXIT.guaranteeBroken }).split(
    '\n',
  );
}

test('each scenario has a line with its verdict and why, and the last line has the totals and the exit code', () => {
  expect(lines()).toEqual([
    ' ✔ pass     calm         snowflake on sim',
    ' ✘ fail     paused-long  snowflake on sim  unique',
    ' ? unknown  cut          snowflake on sim  node silent',
    ' – not run  later      ',
    ' 4 scenarios  1 pass, 1 fail, 1 unknown, 1 not run  exit 10',
    '',
  ]);
});

test('no line is wider than the terminal', () => {
  for (const line of lines(40)) expect(line.length).toBeLessThan(40);
});

test('what is waived, and that it was tried before, stand in the line of the scenario', () => {
  const waived = [{ guarantee: 'unique', violations: 3, by: [] }] as const;
  const known = run({ ...RUNS[1], unknowns: [], waived } as unknown as Told);
  const again = { ...run({ verdict: 'pass' }), attempt: { number: 2, of: 3 } };
  const told = summaryText(['known', 'again'], [known, again], { stream: new PassThrough(), exitCode: EXIT.pass });
  expect(told.split('\n').slice(0, 3)).toEqual([
    ' ✔ pass     known  snowflake on sim  unique  1 waived',
    ' ✔ pass     again  snowflake on sim  attempt 2 of 3',
    ' 2 scenarios  2 pass  exit 0',
  ]);
});

test('SLOs that were missed are named after what is broken', () => {
  const slos = [
    { name: 'p99', verdict: 'fail' },
    { name: 'up', verdict: 'pass' },
  ];
  const missed = run({ verdict: 'fail', findings: [finding('unique', 'fail')], slos } as unknown as Told);
  const told = summaryText(['quick'], [missed], { stream: new PassThrough(), exitCode: EXIT.guaranteeBroken });
  expect(told.split('\n')[0]).toBe(' ✘ fail     quick  snowflake on sim  unique, SLO p99');
});
