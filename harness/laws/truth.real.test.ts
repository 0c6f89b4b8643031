/**
 * The reasons to say `unknown` that need real parts, and what a killed or interrupted harness leaves behind.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import type { Run } from '../core/run.ts';
import { JOURNAL_FILE, TAPS_FOLDER } from '../engine/record.ts';
import { OF_A_BUSY_MACHINE, passedUnlessBusy } from './busy-run.ts';
import type { CliProcess } from './cli-process.ts';
import { eventually, journalHas, readRun, runFolder, snowglobe } from './cli-process.ts';
import { leftoversOf } from './leftovers.ts';
import { realDrivers } from './real-drivers.ts';

const BRIEF = join(import.meta.dirname, 'fixtures/brief.json');
const root = mkdtempSync(join(tmpdir(), 'snowglobe-truth-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let folders = 0;
const newRuns = (): string => join(root, `runs-${++folders}`);
const start = (driver: string, runs: string, ...more: string[]) =>
  snowglobe(['run', BRIEF, '--driver', driver, '--runs', runs, '--seed', '3', ...more]);
const injected = (folder: string) =>
  journalHas(folder, 'a disturbance in force', (entry) => entry.kind === 'disturbance' && entry.what === 'sample');
const doubtsOf = (folder: string): readonly string[] => [
  ...new Set(readRun(folder).unknowns.map(({ reason }) => reason)),
];
const nothingLeft = async (folder: string, withinMs: number): Promise<void> => {
  const { runId } = readRun(folder).measured;
  await eventually(`nothing left of ${runId}`, withinMs, () =>
    leftoversOf(runId).length === 0 ? true : undefined,
  ).catch(() => expect(leftoversOf(runId)).toEqual([]));
};

/** In the midst of its launch: it takes down what it began. */
const endsAsInterrupted = async (ended: CliProcess['ended'], folder: string): Promise<void> => {
  const { code, stderr } = await ended;
  expect({ code, stderr }).toEqual({
    code: 130,
    stderr: expect.stringContaining('Interrupted by a signal') as unknown,
  });
  expect(stderr).not.toMatch(/crashed|defect/);
  await nothingLeft(folder, 5000);
};

test.each(realDrivers('a run'))(
  'two runs side by side on %s pass: nothing disturbs them but their timetable, and they leave nothing',
  async (driver) => {
    const both = [newRuns(), newRuns()];
    const ends = await Promise.all(both.map((runs) => start(driver, runs, '--json').ended));
    for (const { code, stdout, stderr } of ends) {
      expect(stdout, stderr).not.toBe('');
      const run = JSON.parse(stdout) as Run;
      expect(code).toBe(run.exitCode);
      if (passedUnlessBusy(`one of two runs on ${driver}`, run)) expect(run.unknowns).toEqual([]);
    }
    for (const runs of both) await nothingLeft(await runFolder(runs), 5000);
  },
);

test.concurrent.each(realDrivers('a killed run'))(
  'kill -9 of the harness in mid-fault on %s: all is swept, and judge says what the evidence is worth',
  async (driver) => {
    const runs = newRuns();
    const { child, ended } = start(driver, runs);
    const folder = await runFolder(runs);
    await injected(folder);
    child.kill('SIGKILL');
    await ended;
    await nothingLeft(folder, 30_000);

    const damaged = join(root, `damaged-${driver}`);
    cpSync(folder, damaged, { recursive: true });
    const { code } = await snowglobe(['judge', folder]).ended;
    const { verdict, evidence } = readRun(folder);
    expect({ code, verdict, doubts: doubtsOf(folder) }).toEqual({
      code: 12,
      verdict: 'unknown',
      doubts: expect.arrayContaining(['run cut short', 'disturbance not healed', 'live path blind']) as unknown,
    });
    expect(evidence.stored).toBe(evidence.minted);
    expect(Number(evidence.minted)).toBeGreaterThan(100);

    damage(damaged);
    expect((await snowglobe(['judge', damaged]).ended).code).toBe(12);
    expect(doubtsOf(damaged)).toEqual(
      expect.arrayContaining(['evidence not whole', 'input malformed, rounded or empty']),
    );
    const details = readRun(damaged).unknowns.map(({ detail }) => detail);
    expect(details).toContainEqual(expect.stringContaining('the checksum of the IDs does not match'));
  },
);

test.each(realDrivers('docker').filter((driver) => driver === 'docker'))(
  'Ctrl-C on a terminal, while %s has programs of this machine tell of their libraries, ends the launch in order',
  async (driver) => {
    const runs = newRuns();
    const programs = mkdtempSync(join(root, 'programs-'));
    const asked = join(programs, 'asked');
    // In the launch, as slow as on a busy machine.
    const slow = `#!/bin/sh\n[ -e ${runs}/brief ] && echo > ${asked} && sleep 2\nexec ${whereIs('ldd')} "$@"\n`;
    writeFileSync(join(programs, 'ldd'), slow, { mode: 0o755 });
    const args = ['run', BRIEF, '--driver', driver, '--runs', runs, '--seed', '3'];
    const PATH = `${programs}:${process.env['PATH']}`;
    const { child, ended } = snowglobe(args, { PATH }, undefined, true);
    await eventually('libraries are asked for in the launch', 15_000, () => existsSync(asked) || undefined);
    const folder = await runFolder(runs);
    process.kill(-(child.pid as number), 'SIGINT');
    await endsAsInterrupted(ended, folder);
  },
);

describe.each(realDrivers('local').filter((driver) => driver === 'local'))('on %s: unknown, because', (driver) => {
  test('engine lost: ClickHouse was killed in mid-run', async () => {
    const runs = newRuns();
    const { child, ended } = start(driver, runs);
    const folder = await runFolder(runs);
    await injected(folder);
    process.kill(childOf(child.pid as number, 'chdb-server'), 'SIGKILL');
    expect((await ended).code).toBe(12);
    expect(doubtsOf(folder)).toContain('engine lost');
    await nothingLeft(folder, 5000);
    // The taps were whole, and what clients received was kept beside them: judged again, so is the run. What it measured of
    // itself stays as it was.
    const { seconds, versions, ...measured } = readRun(folder).measured;
    const { stdout } = await snowglobe(['judge', folder]).ended;
    expect(doubtsOf(folder).filter((reason) => !OF_A_BUSY_MACHINE.has(reason))).toEqual([]);
    expect(readRun(folder).measured).toMatchObject({ ...measured, versions, seconds });
    expect(readRun(folder).measured.seconds).toHaveProperty('judge again');
    expect(stdout.indexOf('reading the taps into the store')).toBeLessThan(stdout.search(/PASS|UNKNOWN/));
    expect(stdout).toMatch(
      /Written anew in .*: .*report\.html.*run\.json|Written anew in .*: .*run\.json.*report\.html/,
    );
  });

  test('load not achieved: nobody can send that many requests', async () => {
    const runs = newRuns();
    const scenario = join(root, 'flood.json');
    const brief = JSON.parse(readFileSync(BRIEF, 'utf8')) as object;
    writeFileSync(
      scenario,
      JSON.stringify({
        ...brief,
        load: { idsPerSecond: 100_000, batch: { min: 1, max: 1, mean: 1 } },
        warmUpMs: 500,
        timetable: {
          order: 'given',
          slots: [
            {
              name: 'pause',
              lengthMs: 1000,
              disturbances: [{ fault: 'pause', options: { node: 'n1' }, atMs: 0, forMs: 300 }],
            },
          ],
        },
        recoverMs: 500,
      }),
    );
    expect((await snowglobe(['run', scenario, '--driver', driver, '--runs', runs]).ended).code).toBe(12);
    expect(doubtsOf(await runFolder(runs))).toContain('load not achieved');
  });

  // From here on side by side: what is expected of them does not depend on how fast they are.
  test.concurrent('harness stalled: it was stopped for two seconds in mid-fault', async () => {
    const runs = newRuns();
    const { child, ended } = start(driver, runs);
    const folder = await runFolder(runs);
    await injected(folder);
    child.kill('SIGSTOP');
    await sleep(2000);
    child.kill('SIGCONT');
    expect((await ended).code).toBe(12);
    expect(doubtsOf(folder)).toContain('harness stalled');
    // It accuses nobody of its own standstill.
    expect(readRun(folder).findings.filter(({ verdict }) => verdict === 'fail')).toEqual([]);
  });

  test.concurrent.each([
    ['SIGINT', 'it alone'],
    // As `timeout` and a CI system's cancel do.
    ['SIGTERM', 'every process of its group'],
  ] as const)('run cut short: sent %s, %s, it heals, judges what there is and exits with 130', async (signal, whom) => {
    const runs = newRuns();
    const args = ['run', BRIEF, '--driver', driver, '--runs', runs, '--seed', '3'];
    const { child, ended } = snowglobe(args, {}, undefined, true);
    const folder = await runFolder(runs);
    await injected(folder);
    process.kill(whom === 'it alone' ? (child.pid as number) : -(child.pid as number), signal);
    const { code, stdout } = await ended;
    expect(code).toBe(130);
    expect(stdout).toMatch(/UNKNOWN .* exit 130\n +Interrupted, hence the exit code, and healed: /);
    expect(stdout).not.toContain('exit 12');
    const run = readRun(folder);
    expect(run).toMatchObject({ state: 'judged', verdict: 'unknown', exitCode: 130 });
    expect(Number(run.evidence.minted)).toBeGreaterThan(0);
    expect(run.evidence.stored).toBe(run.evidence.minted);
    expect(doubtsOf(folder)).toContain('run cut short');
    expect(doubtsOf(folder)).not.toContain('engine lost');
    await nothingLeft(folder, 5000);
  });

  test.concurrent(
    'interrupted while it launches: it takes down what it began, says so and exits with 130',
    async () => {
      const runs = newRuns();
      const { child, output, ended } = start(driver, runs);
      const folder = await runFolder(runs);
      await eventually(
        'the launch is told of',
        15_000,
        () => /launching 1 etcd member and 2 nodes/.exec(output()) ?? undefined,
      );
      child.kill('SIGINT');
      await endsAsInterrupted(ended, folder);
    },
  );
});

/** Flips a bit of an ID in the tap of one lane, and scribbles over a line of the journal. */
function damage(folder: string): void {
  const taps = join(folder, TAPS_FOLDER);
  const ids = readdirSync(taps)
    .filter((file) => file.endsWith('.ids'))
    .map((file) => join(taps, file))
    .sort((a, b) => statSync(b).size - statSync(a).size)[0] as string;
  const bytes = readFileSync(ids);
  bytes[Math.floor(bytes.length / 2)]! ^= 4;
  writeFileSync(ids, bytes);
  const journal = join(folder, JOURNAL_FILE);
  const lines = readFileSync(journal, 'utf8').split('\n');
  lines[Math.floor(lines.length / 2)] = '{"at":12,"kind":"hea';
  writeFileSync(journal, lines.join('\n'));
}

function whereIs(program: string): string {
  return execFileSync('which', [program], { encoding: 'utf8' }).trim();
}

function childOf(pid: number, name: string): number {
  const found = execFileSync('pgrep', ['-P', String(pid), '-f', name], { encoding: 'utf8' })
    .trim()
    .split('\n')[0];
  return Number(found);
}
