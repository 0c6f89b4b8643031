/** SLOs in whole runs of the command line: which exit code they come to, beside guarantees and doubts. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Run } from '../core/run.ts';
import type { SloInput } from '../core/slo.ts';
import { brief, inputFolder } from './bad-input-cases.ts';
import { readRun, runFolder, snowglobe } from './cli-process.ts';

const { folder, file } = inputFolder();

const met: SloInput = {
  indicator: 'error-ratio',
  options: { nodes: 'all' },
  objective: { atMost: 0.9 },
  minSamples: 10,
};
// While its clock is back, by a second in this scenario, the holder mints nothing.
const missed: SloInput = { indicator: 'refusal', objective: { atMost: 0.001 }, minSamples: 1 };
// The clock is back all the same for who mints on.
const drifted: SloInput = { indicator: 'drift', options: { nodes: 'all' }, objective: { atMost: 500 }, minSamples: 1 };
const unjudgeable: SloInput = { ...met, name: 'many', minSamples: 10_000_000 };

async function run(
  name: string,
  slos: readonly SloInput[],
  ...args: readonly string[]
): Promise<{ readonly code: number | null; readonly run: Run; readonly text: string }> {
  const scenario = file(`${name}.json`, JSON.stringify({ ...brief, slos }));
  const runs = join(folder, name);
  const { code, stderr, stdout } = await snowglobe([
    'run',
    scenario,
    '--driver',
    'sim',
    '--seed',
    '3',
    '--runs',
    runs,
    ...args,
  ]).ended;
  return { code, run: readRun(await runFolder(runs)), text: stdout + stderr };
}

describe('a simulated run', { timeout: 60_000 }, () => {
  test('that meets its SLOs passes, and says so', async () => {
    const { code, run: judged, text } = await run('met', [met]);
    expect({ code, verdict: judged.verdict }).toEqual({ code: 0, verdict: 'pass' });
    expect(judged.reasons).toContain('1 SLO met.');
    expect(text).toContain('SLOs  1 of 1 met');
  });

  test('that misses one exits with 11, whatever else is unknown', async () => {
    const { code, run: judged, text } = await run('missed', [met, missed, unjudgeable]);
    expect({ code, verdict: judged.verdict, exitCode: judged.exitCode }).toEqual({
      code: 11,
      verdict: 'fail',
      exitCode: 11,
    });
    expect(judged.slos?.map(({ verdict }) => verdict)).toEqual(['pass', 'fail', 'unknown']);
    expect(judged.reasons).toEqual([
      expect.stringMatching(/^The SLO refusal is missed: [\d.]+ s, and at most 0.001 s was asked/),
    ]);
    expect(text).toContain('SLOs  1 of 3 met');
  });

  test('that cannot judge one exits with 12, and says which', async () => {
    const { code, run: judged } = await run('unjudgeable', [met, unjudgeable]);
    expect({ code, verdict: judged.verdict }).toEqual({ code: 12, verdict: 'unknown' });
    expect(judged.unknowns).toMatchObject([{ reason: 'too few samples', scope: 'SLO many' }]);
  });

  test('that breaks a guarantee and misses an SLO exits with 10, and tells of both', async () => {
    const { code, run: judged } = await run('broken', [drifted], '--generator', 'trusts-clock-backwards');
    expect(code).toBe(10);
    expect(judged.reasons.filter((reason) => reason.includes('is broken'))).not.toEqual([]);
    expect(judged.reasons).toContainEqual(expect.stringContaining('The SLO drift is missed: 1,000 ms'));
  });

  test('judges none where it is told so, and its command repeats that', async () => {
    const { code, run: judged } = await run('none', [missed], '--slo', 'none');
    expect(code).toBe(0);
    expect(judged.slos).toBeUndefined();
    expect(judged.scenario.slos).toBeUndefined();
    expect(judged.command).toContain('--slo none');
  });

  test('against the targets of the reference design leaves out what virtual time cannot show', async () => {
    const { run: judged } = await run('targets', [missed], '--slo', 'targets');
    expect(judged.slos?.map(({ name }) => name)).toEqual([
      ...['availability-five-nines', 'drift', 'worker-id-conflicts', 'achieved-rate'],
    ]);
    expect(judged.slos?.find(({ name }) => name === 'drift')?.because).toContain('F4');
    expect(judged.reasons).toContainEqual(expect.stringContaining('latency-p99-9'));
    expect(judged.command).toContain('--slo targets');
  });

  test('without disturbances has nothing to say of what follows them, and is not blamed for it', async () => {
    const { code, run: judged } = await run('calm', [met, missed], '--without-disturbances');
    expect(code).toBe(0);
    expect(judged.slos?.map(({ name }) => name)).toEqual(['error-ratio']);
    expect(judged.reasons).toContainEqual('1 SLO (refusal) is not judged in this run: nothing was to be disturbed.');
  });
});
