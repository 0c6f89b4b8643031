/**
 * Coordinator scenarios on two etcds, that of the distribution and a current one: what each of them does to the honest
 * generator, and how often it ends a lease early.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { LeaseTotals, Run } from '../../harness/core/run.ts';
import { ETCD_VARIABLE } from '../../harness/drivers/agent/etcd-program.ts';
import type { Lab, LabRun } from '../lab.ts';
import type { Trial } from './trial.ts';

const BUILD = join(import.meta.dirname, '../etcd-current/build.sh');
const GENERATOR = 'snowflake';

/** One of each kind of thing that can happen to a coordinator. */
const MATRIX = [
  'etcd-leader-kill',
  'etcd-leader-pause',
  'etcd-quorum-loss',
  'etcd-kill-all',
  'etcd-pause-all',
  'etcd-restore-snapshot',
  'lease-expire',
] as const;

/** Each scenario of the matrix on each etcd; prints scenario × version → verdict at the end. */
export async function* etcdMatrix(lab: Lab, driver: string, seeds: readonly number[]): AsyncIterable<Trial> {
  const cells: Cell[] = [];
  for await (const { version, run } of onEachEtcd(lab, driver, MATRIX, seeds)) {
    cells.push({ scenario: run.run.scenario.name, version, verdict: verdictOf(run.run) });
    yield {
      ...run,
      generator: `${GENERATOR} in ${run.run.scenario.name} on etcd ${version}`,
      remark: verdictOf(run.run),
    };
  }
  process.stdout.write(`${matrixText(cells)}\n`);
}

/** Looks for leases that a coordinator ended although they were kept alive. */
export async function* huntEarlyRevoke(lab: Lab, driver: string, seeds: readonly number[]): AsyncIterable<Trial> {
  for await (const { version, run } of onEachEtcd(lab, driver, ['early-revoke'], seeds)) {
    const tries = run.run.disturbances.filter(({ bit }) => bit).length;
    const leases = run.run.leases ?? [];
    const [held, early] = [sum(leases, 'held'), sum(leases, 'endedEarly')];
    yield {
      ...run,
      generator: `etcd ${version}`,
      remark: `${tries} tries, ${early} of ${held} leases seen ended early`,
      counted: { tries, 'runs that saw it': early > 0 ? 1 : 0, 'leases ended early': early, leases: held },
    };
  }
}

async function* onEachEtcd(
  lab: Lab,
  driver: string,
  scenarios: readonly string[],
  seeds: readonly number[],
): AsyncIterable<{ readonly version: string; readonly run: LabRun }> {
  const current = execFileSync(BUILD, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
  const versions = new Set<string>();
  for (const program of ['', current]) {
    process.env[ETCD_VARIABLE] = program;
    for (const scenario of scenarios)
      for (const seed of seeds) {
        const run = await lab.run({ scenario, driver, generator: GENERATOR, seed: String(seed) });
        const version = run.run.measured.versions['coordinator'] ?? 'unknown';
        versions.add(version);
        yield { version, run };
      }
  }
  if (versions.size < 2) throw new Error(`both etcds are ${[...versions].join()}: nothing was compared`);
}

function sum(leases: readonly LeaseTotals[], of: 'held' | 'endedEarly'): number {
  return leases.reduce((total, own) => total + own[of], 0);
}

interface Cell {
  readonly scenario: string;
  readonly version: string;
  readonly verdict: string;
}

/** `pass (312 outside assumptions)`. */
function verdictOf({ verdict, findings }: Run): string {
  const outside = findings.reduce((sum, finding) => sum + (finding.promised ? finding.outsideAssumptions : 0), 0);
  return outside === 0 ? verdict : `${verdict} (${outside} outside assumptions)`;
}

/** Scenario × version → verdicts, as a table in Markdown. */
export function matrixText(cells: readonly Cell[]): string {
  const versions = [...new Set(cells.map(({ version }) => version))];
  const rows = [...Map.groupBy(cells, ({ scenario }) => scenario)].map(([scenario, mine]) => [
    scenario,
    ...versions.map((version) =>
      mine
        .filter((cell) => cell.version === version)
        .map(({ verdict }) => verdict)
        .join('; '),
    ),
  ]);
  const line = (row: readonly string[]): string => `| ${row.join(' | ')} |`;
  return [['scenario', ...versions.map((version) => `etcd ${version}`)], ['---', ...versions.map(() => '---')], ...rows]
    .map(line)
    .join('\n');
}
