/**
 * Torture: repetitions that are too long for CI, in named slices of at most 45 minutes. Each appends its result, with the
 * commit that it ran on, to docs/TORTURE.md, and its runs of honest generators to docs/FALSE-ALARMS.md.
 *
 *   npm run torture -- SLICE [COUNT [FIRST_SEED]]
 *
 * Exits with 1 when a repetition failed that had to hold, with 12 when none proved anything, with 2 when there is no such
 * slice or repetition, with 3 when this machine lacks what it needs.
 */
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf, SnowglobeError } from '../harness/core/errors.ts';
import { nearestName } from '../harness/core/nearest-name.ts';
import { loadGenerators } from '../harness/registry.ts';
import { currentCommit } from './commit.ts';
import { addEvidence, honestGenerators } from './false-alarms.ts';
import { evidenceOfSlice } from './false-alarms/evidence.ts';
import { watchedLab, type WatchedLab } from './false-alarms/watched-lab.ts';
import { createLab } from './lab.ts';
import { fuzzHostileFiles } from './torture/audit-fuzz.ts';
import { catchDangerous } from './torture/dangerous.ts';
import { etcdMatrix, huntEarlyRevoke } from './torture/etcd-versions.ts';
import { exitCodeOf } from './torture/exit-code.ts';
import { fleetThroughScenarios } from './torture/fleet.ts';
import { killHarness } from './torture/kill-harness.ts';
import { killUnderLoad } from './torture/kill-under-load.ts';
import { honestThroughScenarios, proveScenarios } from './torture/proofs.ts';
import { catchReal } from './torture/real-mutants.ts';
import { remarks } from './torture/remarks.ts';
import { stallHarness } from './torture/stall-harness.ts';
import { killStores } from './torture/store-kills.ts';
import { trialLine, type Trial } from './torture/trial.ts';
import { catchWrongNodes } from './torture/wrong-nodes.ts';
import type { Lab, LabRun } from './lab.ts';

const TABLE = 'docs/TORTURE.md';
/** Slices stop by themselves after this, finished or not. */
const BUDGET_MS = 45 * 60_000;

/** Of the mutants that storm shows; the scoreboard has all of them, and all scenarios. */
const ON_REAL = ['trusts-clock-backwards', 'no-fence', 'no-bound', 'resets-sequence', 'snowflake-cached'] as const;
/** The last one's real window is microseconds: only the simulator can stop it there. */
const ON_SIM = [...ON_REAL, 'checks-on-earlier-reading'] as const;

interface Slice {
  readonly what: string;
  readonly count: number;
  /** It counts fails, which are no failure of its own: mutants are to be caught, or have a bug that shows in calm too. */
  readonly failsCount?: true;
  run(lab: Lab, seeds: readonly number[]): AsyncIterable<Trial>;
}

const SLICES: { readonly [name: string]: Slice } = {
  'storm-sim': {
    what: 'snowflake through storm, seed by seed',
    count: 1000,
    run: (lab, these) => seeds(lab, 'sim', 'snowflake', these),
  },
  'fuzz-sim': { what: 'snowflake through random schedules', count: 5000, run: (lab, these) => fuzz(lab, these) },
  'mutants-sim': {
    what: `six mutants through storm: ${ON_SIM.join(', ')}`,
    count: 50,
    failsCount: true,
    run: (lab, these) => each(ON_SIM, (name) => seeds(lab, 'sim', name, these)),
  },
  'calm-sim': {
    what: 'the six of mutants-sim through storm with the disturbances taken out',
    count: 5,
    failsCount: true,
    run: (lab, these) => each(ON_SIM, (name) => seeds(lab, 'sim', name, these, true)),
  },
  'storm-local': {
    what: 'snowflake through storm',
    count: 10,
    run: (lab, these) => seeds(lab, 'local', 'snowflake', these),
  },
  'storm-docker': {
    what: 'snowflake through storm',
    count: 10,
    run: (lab, these) => seeds(lab, 'docker', 'snowflake', these),
  },
  'mutants-local': {
    what: 'the mutants of mutants-sim but the last through storm, each until it is caught, three runs at the most',
    count: 3,
    failsCount: true,
    run: (lab, these) => each(ON_REAL, (name) => untilCaught(lab, 'local', name, these)),
  },
  'mutants-docker': {
    what: 'the same on docker',
    count: 3,
    failsCount: true,
    run: (lab, these) => each(ON_REAL, (name) => untilCaught(lab, 'docker', name, these)),
  },
  'calm-local': {
    what: 'the five of mutants-local through storm with the disturbances taken out',
    count: 1,
    failsCount: true,
    run: (lab, these) => each(ON_REAL, (name) => seeds(lab, 'local', name, these, true)),
  },
  'calm-docker': {
    what: 'the same on docker',
    count: 1,
    failsCount: true,
    run: (lab, these) => each(ON_REAL, (name) => seeds(lab, 'docker', name, these, true)),
  },
  'honest-local': {
    what: 'scenarios 1, 2, … by name, each with its own generator: promises kept, SLOs met',
    count: 100,
    run: (lab, these) => honestThroughScenarios(lab, 'local', these),
  },
  'honest-docker': {
    what: 'the same on docker',
    count: 100,
    run: (lab, these) => honestThroughScenarios(lab, 'docker', these),
  },
  'proofs-local': {
    what: 'scenarios 1, 2, … by name: the honest one passes, a mutant is caught, and passes without disturbances',
    count: 100,
    run: (lab, these) => proveScenarios(lab, 'local', these),
  },
  'proofs-docker': {
    what: 'the same on docker',
    count: 100,
    run: (lab, these) => proveScenarios(lab, 'docker', these),
  },
  fleet: {
    what: 'published generators 1, 2, … through their scenarios, on local: what is known comes out, and nothing else',
    count: 200,
    run: (_lab, these) => fleetThroughScenarios(these),
  },
  'wrong-nodes': {
    what: 'nodes 1, 2, … that break generators/PROTOCOL.md in one way each: caught by the rule of check-node for it',
    count: 100,
    run: (_lab, these) => catchWrongNodes(these),
  },
  'real-mutants': {
    what: 'mutants that need real threads or processes: each through its scenarios on local, run by run',
    count: 5,
    run: (lab, these) => realMutants(lab, these),
  },
  dangerous: {
    what: 'the ten most dangerous mutants: each caught on sim, local and docker, and these compared with one another',
    count: 10,
    run: (lab, these) => catchDangerous(lab, ['sim', 'local', 'docker'], these),
  },
  'kill-under-load': {
    what: 'nodes asked for a million IDs a second are killed: stored = minted, to the last ID, on local; tells the rate',
    count: 20,
    run: (lab, these) => killUnderLoad(lab, 'local', these),
  },
  'kill-harness': {
    what: 'kill -9 of the harness at a random moment of a run on docker: nothing is left after 30 s',
    count: 30,
    run: (_lab, these) => killHarness('docker', these),
  },
  'kill-harness-local': {
    what: 'the same on local',
    count: 30,
    run: (_lab, these) => killHarness('local', these),
  },
  'store-kills': {
    what: 'kill -9 of harness, engine or both while 20 million IDs are judged: judged again, each is stored once',
    count: 100,
    run: (_lab, these) => killStores(these),
  },
  'audit-fuzz': {
    what: 'audits of 100,000 hostile files of IDs and taps, 1,000 a repetition: what a plain fold says, and no crash',
    count: 100,
    run: (_lab, these) => fuzzHostileFiles(these),
  },
  'etcd-matrix': {
    what: 'snowflake through the coordinator scenarios, on the etcd of the distribution and a current one, on local',
    count: 1,
    run: (lab, these) => etcdMatrix(lab, 'local', these),
  },
  'early-revoke': {
    what: 'leases that a coordinator ends although they were kept alive: tries and sightings on both etcds, on local',
    count: 10,
    run: (lab, these) => huntEarlyRevoke(lab, 'local', these),
  },
  'stall-harness': {
    what: 'the harness stands still for 3 s in mid-fault on docker: it says so, and accuses no node',
    count: 5,
    run: (_lab, these) => stallHarness('docker', these),
  },
  'stall-harness-local': {
    what: 'the same on local',
    count: 5,
    run: (_lab, these) => stallHarness('local', these),
  },
};

async function* seeds(
  lab: Lab,
  driver: string,
  generator: string,
  these: readonly number[],
  calm = false,
): AsyncIterable<LabRun> {
  for (const seed of these) yield await lab.run({ scenario: 'storm', driver, generator, seed: String(seed), calm });
}

async function* realMutants(lab: Lab, these: readonly number[]): AsyncIterable<Trial> {
  yield* catchReal(lab, 'local', await loadGenerators(), these);
}

async function* fuzz(lab: Lab, these: readonly number[]): AsyncIterable<LabRun> {
  for (const seed of these)
    yield await lab.run({ scenario: 'storm', driver: 'sim', generator: 'snowflake', seed: String(seed), random: true });
}

async function* untilCaught(
  lab: Lab,
  driver: string,
  generator: string,
  these: readonly number[],
): AsyncIterable<LabRun> {
  for (const seed of these) {
    const run = await lab.run({ scenario: 'storm', driver, generator, seed: String(seed) });
    yield run;
    if (run.verdict === 'fail') return;
  }
}

async function* each(names: readonly string[], runs: (name: string) => AsyncIterable<LabRun>): AsyncIterable<LabRun> {
  for (const name of names) yield* runs(name);
}

function didYouMean(name: string): string {
  const nearest = nearestName(name, Object.keys(SLICES));
  return nearest === undefined ? 'These there are:' : `Did you mean ${nearest}?`;
}

async function main([name, count, first = '1']: readonly string[]): Promise<number> {
  const slice = SLICES[name ?? ''];
  const isNumber = (text: string): boolean => /^[1-9]\d*$/.test(text);
  if (slice === undefined || !isNumber(count ?? '1') || !isNumber(first)) {
    const wrong = [count, first].find((text) => text !== undefined && !isNumber(text));
    if (name !== undefined && slice === undefined)
      process.stderr.write(`torture: there is no slice "${name}". ${didYouMean(name)}\n`);
    else if (wrong !== undefined)
      process.stderr.write(`torture: "${wrong}" is no whole number from 1 on: COUNT and FIRST_SEED are.\n`);
    process.stdout.write(
      `usage: npm run torture -- SLICE [COUNT [FIRST_SEED]]\n${Object.entries(SLICES)
        .map(([key, { what, count: n }]) => `  ${key.padEnd(16)} ${what} (${n})`)
        .join('\n')}\n`,
    );
    return 2;
  }
  const commit = currentCommit();
  const folder = mkdtempSync(join(tmpdir(), 'snowglobe-torture-'));
  const began = performance.now();
  const runs: Trial[] = [];
  let cut = '';
  let error: unknown;
  let lab: WatchedLab | undefined;
  try {
    lab = watchedLab(await createLab(folder), await honestGenerators());
    const these = Array.from({ length: Number(count ?? slice.count) }, (_, index) => Number(first) + index);
    for await (const run of slice.run(lab, these)) {
      runs.push(run);
      process.stdout.write(`${trialLine(run)}\n`);
      if (performance.now() - began > BUDGET_MS) {
        cut = '; cut short by its budget';
        break;
      }
    }
  } catch (caught) {
    // What cannot be run here, or was a defect, is said; the repetitions before it count.
    error = caught;
    cut = `; ended: ${messageOf(error)}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (runs.length === 0 && error === undefined) {
    process.stderr.write(`torture: ${name} has no repetition from ${first} on.\n`);
    return 2;
  }
  const of = (verdict: string): number => runs.filter((run) => run.verdict === verdict).length;
  const date = new Date().toISOString().slice(0, 10);
  const row = [
    date,
    commit,
    name,
    runs.length,
    of('pass'),
    of('fail'),
    of('unknown'),
    Math.round((performance.now() - began) / 1000),
    ((first === '1' ? '' : `from seed ${first}; `) + remarks(runs) + cut).replaceAll('\n', ' ').replaceAll('|', '/'),
  ];
  const line = `| ${row.join(' | ')} |`;
  appendFileSync(TABLE, `${line}\n`);
  addEvidence(evidenceOfSlice(line, { date, commit, source: String(name) }, Number(first), lab?.byDriver ?? new Map()));
  process.stdout.write(`${row.join(' | ')}\n`);
  if (error instanceof SnowglobeError) {
    process.stderr.write(`${error.message}\n`);
    return error.exitCode;
  }
  if (error !== undefined) throw error;
  return exitCodeOf(runs, slice.failsCount === true);
}

process.exitCode = await main(process.argv.slice(2));
