/**
 * The library as a test of a user has it, on the simulator; in a project of one's own the two imports are from
 * 'snowglobe' and 'snowglobe/vitest'.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { ScenarioInput } from '../index.ts';
import { snowglobe, SnowglobeError } from '../index.ts';
import '../vitest.ts';
import { BRIEF } from './bad-input-cases.ts';
import { snowglobe as commandLine } from './cli-process.ts';

const runs = mkdtempSync(join(tmpdir(), 'snowglobe-library-'));
afterAll(() => rmSync(runs, { recursive: true, force: true }));

/** A clock steps back by a second under the holder of the one worker ID. */
const clockBack: ScenarioInput = {
  name: 'clock-back',
  question: 'Does a node whose clock steps back mint an ID twice?',
  generator: 'snowflake',
  cluster: { nodes: 2, coordinatorMembers: 1, options: { pool: 1, ttlMs: 2000 } },
  pool: 1,
  load: { idsPerSecond: 500, batch: { min: 1, max: 20, mean: 10 } },
  warmUpMs: 1000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'back',
        lengthMs: 2800,
        disturbances: [{ fault: 'clock-step', options: { node: '@holder', byMs: -1000 }, atMs: 0, forMs: 2000 }],
      },
    ],
  },
  recoverMs: 1300,
};

// The first call loads the harness.
test('snowflake keeps its IDs unique when a clock steps back', { timeout: 60_000 }, async () => {
  const run = await snowglobe(clockBack, { driver: 'sim', seed: 7, runs });
  expect(run).toPass();
  expect(run).toKeep('unique');
  expect(run).toKeep('increasing-across-lives');
});

test('one that trusts its clock does not, and the message tells the story', async () => {
  const run = await snowglobe(clockBack, { driver: 'sim', seed: 7, runs, generator: 'trusts-clock-backwards' });
  expect(run).not.toPass();
  expect(run).not.toKeep('unique');
  expect(() => expect(run).toKeep('unique')).toThrow(
    /^unique is broken [\d,]+ times: "No ID is minted twice\." There were [^]*\nAt \d+\.\d{3} s: [^]*\nBecause: [^]*\nTo see it again: await snowglobe\("clock-back"/,
  );
});

describe('a call', () => {
  test('leaves the folder of its run, as the command line does', async () => {
    const run = await snowglobe(clockBack, { driver: 'sim', seed: '7', runs: join(runs, 'one') });
    const [folder = ''] = readdirSync(join(runs, 'one/clock-back'));
    expect(folder).toContain(run.measured.runId);
    expect(readdirSync(join(runs, 'one/clock-back', folder))).toEqual(
      expect.arrayContaining(['report.html', 'run.json']),
    );
  });

  test(
    'by a path is what the command line carries out: the same command repeats it, with the same evidence',
    { timeout: 60_000 },
    async () => {
      const run = await snowglobe(BRIEF, { driver: 'sim', seed: 3, runs });
      expect(run.command).toBe(`npx snowglobe run ${BRIEF} --driver sim --seed 3`);
      const { stdout } = await commandLine([...run.command.split(' ').slice(2), '--runs', runs, '--json']).ended;
      expect((JSON.parse(stdout) as typeof run).evidence).toEqual(run.evidence);
    },
  );

  test('waits for the one before: two at once are two runs', async () => {
    const both = await Promise.all([1, 2].map((seed) => snowglobe(clockBack, { driver: 'sim', seed, runs })));
    expect(both.map(({ seed, verdict }) => [seed, verdict])).toEqual([
      ['1', 'pass'],
      ['2', 'pass'],
    ]);
  });

  test.each<[string, Parameters<typeof snowglobe>, number, RegExp]>([
    ['an unknown scenario', ['drizzle', {}], 2, /no scenario called "drizzle"/],
    ['a scenario with a slip', [{ ...clockBack, lode: 1 } as ScenarioInput, {}], 2, /the scenario: .*unknown: lode/],
    ['an unknown generator', [clockBack, { generator: 'snowfake', driver: 'sim' }], 2, /Did you mean snowflake/],
    ['an unknown driver', [clockBack, { driver: 'cloud' }], 2, /no driver called "cloud"/],
    ['a seed that is none', [clockBack, { seed: -1 }], 2, /"-1" is no seed/],
    ['a store for a run in memory', [clockBack, { driver: 'sim', store: 'http://127.0.0.1:9' }], 2, /uses no store/],
  ])('%s: rejects with a SnowglobeError, and nothing is started', async (name, [scenario, options], exitCode, says) => {
    const folder = join(runs, name);
    const error: unknown = await snowglobe(scenario, { ...options, runs: folder }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SnowglobeError);
    expect(error).toMatchObject({ exitCode, message: expect.stringMatching(says) as unknown });
    expect(() => readdirSync(folder)).toThrow('ENOENT');
  });

  test('that failed does not keep the next one from running', async () => {
    const bad = snowglobe('drizzle', { runs });
    const good = snowglobe(clockBack, { driver: 'sim', seed: 7, runs });
    await expect(bad).rejects.toThrow('drizzle');
    expect(await good).toPass();
  });

  test('that is aborted before it starts is never started', async () => {
    const options = { driver: 'sim', runs, signal: AbortSignal.abort(new Error('not today')) };
    await expect(snowglobe(clockBack, options)).rejects.toThrow('not today');
  });
});
