/** `snowglobe claims`: judges what the reference design claims, by arithmetic and by runs. */
import type { Result } from '../claims/carry-out.ts';
import { carryOut, distinct, keyOf } from '../claims/carry-out.ts';
import { claimsText } from '../claims/text.ts';
import type { AskedRun, Claim, ClaimsRecord, DriverName } from '../core/claim.ts';
import { DRIVER_NAMES } from '../core/claim.ts';
import { judgeClaim, runsOf } from '../core/claim-rules.ts';
import type { ExitCode } from '../core/errors.ts';
import { EXIT, problem, SnowglobeError } from '../core/errors.ts';
import { chooseAmong } from '../core/nearest-name.ts';
import { loadClaims } from '../registry.ts';
import { onInterrupt, orInterruption } from './interruption.ts';
import type { Output } from './output.ts';
import { prepare, readyDriver } from './preflight.ts';
import { makeRunsFolder } from './runs-folder.ts';
import { chooseStore } from './store.ts';

/** Where real runs are kept. */
const RUNS = 'runs';

/** `names`: all where none is given. Exits with 0 whatever the claims come to, unless a run could not be carried out. */
export async function claims(
  names: readonly string[],
  driverName: string | undefined,
  output: Output,
): Promise<ExitCode> {
  const chosen = await choose(names, driverName);
  const { record, runs, exitCode } = await judgeClaims(chosen.claims, chosen.driver, output);
  output.document(record, claimsText(record, { stream: output.stream, runs, exitCode }));
  return exitCode;
}

/** Figures of the reference design that stand for no behaviour of a run: growth, machines, cost, evidence, clients, zones. */
const UNJUDGED = /^F([7-9]|1[0-2])$/i;
const UNJUDGED_REMEDY =
  'Growth, machines, cost and evidence (F7 to F10) are what `snowglobe plan` reckons with; `snowglobe list --claims` lists what is judged.';

/** All problems of the arguments at once. */
async function choose(
  names: readonly string[],
  driver = 'sim',
): Promise<{ readonly claims: readonly Claim[]; readonly driver: DriverName }> {
  const all = await loadClaims();
  const known = new Map([...all].map(([name, claim]) => [name.toLowerCase(), claim]));
  const strangers = names.filter((name) => !known.has(name.toLowerCase()));
  const driverName = DRIVER_NAMES.find((name) => name === driver);
  const problems = [
    ...strangers.map((name) =>
      UNJUDGED.test(name)
        ? problem(
            `${name.toUpperCase()} is a figure of the reference design that claims does not judge.`,
            UNJUDGED_REMEDY,
          )
        : problem(`There is no claim called "${name}".`, chooseAmong(name, [...all.keys()], 'snowglobe list --claims')),
    ),
    ...(driverName === undefined
      ? [problem(`There is no driver called "${driver}".`, chooseAmong(driver, DRIVER_NAMES), '--driver')]
      : []),
  ];
  if (driverName === undefined || problems.length > 0) throw new SnowglobeError(EXIT.badInput, problems);
  const wanted = new Set(names.map((name) => known.get(name.toLowerCase())));
  return { claims: [...all.values()].filter((claim) => names.length === 0 || wanted.has(claim)), driver: driverName };
}

export interface Judged {
  readonly record: ClaimsRecord;
  /** How many were carried out. */
  readonly runs: number;
  readonly exitCode: ExitCode;
}

/** Carries out whatever these claims rest on, and judges them. */
export async function judgeClaims(chosen: readonly Claim[], driverName: DriverName, output: Output): Promise<Judged> {
  const asked = distinct(chosen.flatMap(({ parts }) => parts.flatMap((part) => runsOf(part, driverName))));
  const interruption = onInterrupt(output);
  try {
    const results = asked.length === 0 ? [] : await resultsOf(asked, driverName, interruption.signal, output);
    const outcomes = new Map(results.map(({ asked: one, carriedOut }) => [keyOf(one), carriedOut]));
    const record: ClaimsRecord = {
      version: 1,
      driver: driverName,
      claims: chosen.map((claim) => judgeClaim(claim, driverName, (one) => outcomes.get(keyOf(one)))),
    };
    const failed = results.find(({ exitCode }) => exitCode !== EXIT.pass);
    return { record, runs: results.length, exitCode: failed?.exitCode ?? EXIT.pass };
  } catch (error) {
    throw orInterruption(error, interruption);
  } finally {
    interruption.dispose();
  }
}

/** What all runs lack is told once, and before the first of them. */
async function resultsOf(
  asked: readonly AskedRun[],
  driverName: DriverName,
  signal: AbortSignal,
  output: Output,
): Promise<readonly Result[]> {
  const ready = await readyDriver(driverName);
  const { driver } = ready;
  const isReal = driver.inProcess !== true;
  await chooseStore(driver, undefined);
  const runsFolder = isReal ? makeRunsFolder(RUNS) : RUNS;
  await prepare(driver, output.text, signal);
  return carryOut(asked, {
    ready,
    runsFolder,
    signal,
    // Who waits for a minute and a half for each wants to know for which.
    told: (one, index) => {
      if (isReal) output.text(`${index + 1} of ${asked.length}: ${keyOf(one)}`);
    },
  });
}
