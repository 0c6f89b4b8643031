/**
 * From evidence to the record of a run: findings, doubts, verdict, reasons. Pure but for the questions to the history.
 */
import { inTurns } from '../core/at-once.ts';
import type { CarriedWorkers } from '../core/carried-workers.ts';
import type { Finding } from '../core/finding.ts';
import type { Tenure } from '../core/tenure.ts';
import { disturbing } from '../core/disturbing.ts';
import type { ExitCode } from '../core/errors.ts';
import { EXIT } from '../core/errors.ts';
import { all, counted, times } from '../core/phrases.ts';
import type { Guarantee, Promise_ } from '../core/guarantee.ts';
import { GUARANTEES } from '../core/guarantee.ts';
import type { Hazard } from '../core/hazard.ts';
import type { LeaseFact, RequestColumns } from '../core/history.ts';
import type { JournalEntry } from '../core/journal.ts';
import { leaseTotals } from '../core/lease-totals.ts';
import { sentenceOf } from '../core/reasons-in-short.ts';
import type { DisturbanceRecord, HazardRecord, Measured, Run, Series } from '../core/run.ts';
import { RUN_VERSION } from '../core/run.ts';
import { missingSelfLoad } from '../core/self-load.ts';
import type { Unjudged } from '../core/scope.ts';
import { judgeableOf, seesClocks, unjudgedOf } from '../core/scope.ts';
import type { SequenceSecond } from '../core/sequence-use.ts';
import type { SloRecord } from '../core/slo.ts';
import type { Unheld } from '../core/tenures.ts';
import type { UnknownReason, Verdict } from '../core/verdict.ts';
import { gravest } from '../core/verdict.ts';
import type { LaneTotal } from './evidence.ts';
import { busyMachine, tooMuchLoad } from './busy-machine.ts';
import { judgeEvidence, requestsMissing } from './evidence.ts';
import { disturbanceRecords } from './disturbance-records.ts';
import { doubts } from './doubts.ts';
import { endingRemarks } from './ended-nodes.ts';
import { errorRemarks } from './error-remarks.ts';
import { explain } from './explain.ts';
import { besideUnheld, heldByWhom } from './held-by-whom.ts';
import type { Indicators } from './judge-slos.ts';
import { metSlos, missedSlos } from './judge-slos.ts';
import { disagreements } from './live/disagreements.ts';
import { measure } from './measure.ts';
import { loadRecord, meanIdsPerSecond } from './load-record.ts';
import { phaseBegin } from './phase-begin.ts';
import { requestSeries } from './request-series.ts';
import { offsetsByNode, phasesOf, slotsOf, SERIES_BUCKET_MS } from './series.ts';

/** What is known of a run before it starts. */
export type RunHeader = Pick<Run, 'scenario' | 'generator' | 'driver' | 'seed' | 'command' | 'attempt'>;

/** Questions to what a run emitted, answered by folds over memory or by SQL. */
export interface HistorySource {
  find(promise: Promise_): Promise<Finding>;
  tenures(): Promise<readonly Tenure[]>;
  /** Minted by nodes that said that they held no worker ID. */
  unheld(): Promise<readonly Unheld[]>;
  /** IDs minted in each bucket since the origin, by node. */
  idsByNode(bucketMs: number): Promise<Series['idsByNode']>;
  /** The one worker ID that all IDs of a node carry: a question to every ID. */
  carriedWorkers(): Promise<CarriedWorkers>;
  /** How full ticks are: a question to every ID. */
  sequenceUse(): Promise<readonly SequenceSecond[]>;
  readonly leases: readonly LeaseFact[];
}

export interface JudgeInput {
  readonly header: RunHeader;
  readonly journal: readonly JournalEntry[];
  readonly hazards: ReadonlyMap<string, Hazard>;
  readonly indicators: Indicators;
  /** Undefined when the store was lost. */
  readonly source: HistorySource | undefined;
  readonly minted: readonly LaneTotal[];
  readonly stored: readonly LaneTotal[];
  readonly batches: number;
  readonly tornBytes: number;
  readonly tapProblems: readonly string[];
  readonly requests: RequestColumns | undefined;
  /** IDs that each node was asked for, a second, at the start of the load. */
  readonly idsPerSecond: number;
  /** Time was virtual, and the load the thinner one of the simulator. */
  readonly virtualTime: boolean;
  readonly doubts: readonly UnknownReason[];
  readonly measured: Measured;
}

export async function judge(input: JudgeInput): Promise<Run> {
  const { header, journal, source } = input;
  const { scenario, generator } = header;
  const origin = journal.find((entry) => entry.kind === 'origin');
  const nodes = origin?.kind === 'origin' ? origin.nodes : [];

  const disturbances = disturbanceRecords(journal);
  const answers = await ask(source, generator);
  const hazards = hazardRecords(input, answers.tenures);
  const evidence = judgeEvidence({
    journal,
    nodes,
    minted: input.minted,
    stored: input.stored,
    batches: input.batches,
    tornBytes: input.tornBytes,
    problems: input.tapProblems,
    requests: input.requests,
  });
  const promised = explained(answers.promised, input, disturbances, answers).map((finding) => ({
    ...finding,
    promised: true,
  }));
  const others = explained(answers.others, input, disturbances, answers).map((finding) => ({
    ...finding,
    promised: false,
  }));
  const measured = await measure({
    ...input,
    // Of some that are missing nobody knows how they went: what the others show is no figure of the run.
    requests: input.requests && requestsMissing(input.requests, journal) > 0 ? undefined : input.requests,
    nodes,
    disturbances,
    tenures: answers.tenures,
    findings: [...promised, ...others],
  });
  const { slos } = measured;
  const unjudged = unjudgedOf(generator);
  const unknowns: readonly UnknownReason[] = [
    ...input.doubts,
    ...answers.doubts,
    ...evidence.unknowns,
    ...doubts({
      journal,
      scenario,
      disturbances,
      hazards,
      minted: input.minted,
      tenures: answers.tenures,
      leases: source?.leases ?? [],
      idsPerSecond: meanIdsPerSecond(input.idsPerSecond, scenario.load, journal),
      idsCarryWorkerIds: generator.layout.workerBits > 0,
    }),
    ...untried(header.scenario, journal, disturbances),
    ...(generator.promises.length === 0 ? [NOTHING_PROMISED] : []),
    ...promised.filter(({ verdict }) => verdict === 'unknown').map(nothingChecked),
    ...promisedUnjudged(generator.promises, unjudged),
    ...heldByWhom(promised, others, answers.unheld),
    ...disagreements({ journal, findings: [...promised, ...others], lanes: input.minted }),
    ...slos.unknowns,
  ];
  const phases = phasesOf(journal);
  const load = loadRecord(journal, input.requests, input.virtualTime);
  const leases = leaseTotals(
    source?.leases ?? [],
    journal.filter((entry) => entry.kind === 'revoke'),
  );
  const kept = gravest(promised.map((finding) => finding.verdict));
  const verdict = gravest([kept, ...slos.records.map((slo) => slo.verdict), ...unknowns.map((): Verdict => 'unknown')]);
  const exitCode = exitCodeOf(verdict, kept);
  const busy = verdict === 'unknown' || exitCode === EXIT.sloMissed ? busyMachine(journal) : [];
  return {
    version: RUN_VERSION,
    state: 'judged',
    ...header,
    verdict,
    exitCode,
    reasons: [
      // What the doubts after it may come from.
      ...busy,
      ...reasonsOf(verdict, promised, slos.records, unknowns, disturbances, hazards),
      ...(verdict === 'unknown' && busy.length === 0 ? tooMuchLoad(unknowns) : []),
      ...(verdict === 'pass' ? thinnerLoad({ scenario, evidence: evidence.totals, phases }) : []),
      ...remarks(others),
      ...endingRemarks(journal, unknowns),
      ...errorRemarks(journal),
      ...slos.leftOut,
    ],
    unknowns,
    findings: [...promised, ...others],
    ...(unjudged.length > 0 && { unjudged }),
    disturbances,
    hazards,
    ...(slos.records.length > 0 && { slos: slos.records }),
    ...(measured.figures.length > 0 && { figures: measured.figures }),
    ...(load !== undefined && { load }),
    evidence: evidence.totals,
    ...(leases.length > 0 && { leases }),
    slots: slotsOf(journal),
    phases,
    nodes,
    series: {
      bucketMs: SERIES_BUCKET_MS,
      idsByNode: answers.idsByNode,
      offsetsByNode: seesClocks(generator.evidence) ? offsetsByNode(journal, nodes) : [],
      ...(input.requests !== undefined && {
        requests: requestSeries(input.requests, journal, { latencies: !input.virtualTime }),
      }),
    },
    tenures: answers.tenures,
    measured: input.measured,
  };
}

/** A broken guarantee before a missed SLO before what is not known. */
function exitCodeOf(verdict: Verdict, kept: Verdict): ExitCode {
  if (verdict === 'fail') return kept === 'fail' ? EXIT.guaranteeBroken : EXIT.sloMissed;
  return verdict === 'unknown' ? EXIT.unknown : EXIT.pass;
}

interface Answers {
  readonly promised: readonly Finding[];
  readonly others: readonly Finding[];
  readonly tenures: readonly Tenure[];
  readonly unheld: readonly Unheld[];
  readonly idsByNode: Series['idsByNode'];
  /** Of nodes that do not say which they hold; else empty. */
  readonly carried: CarriedWorkers;
  readonly doubts: readonly UnknownReason[];
}

/** An engine answers each by one core. */
const QUESTIONS_AT_ONCE = 2;

async function ask(source: HistorySource | undefined, generator: Run['generator']): Promise<Answers> {
  const none: Answers = {
    promised: [],
    others: [],
    tenures: [],
    unheld: [],
    idsByNode: [],
    carried: new Map(),
    doubts: [],
  };
  // Whoever lost the store has said so among the doubts already.
  if (source === undefined) return none;
  const lost = (scope: string, error: unknown): UnknownReason => ({
    reason: 'engine lost',
    scope,
    detail: `The history could not be asked: ${error instanceof Error ? error.message : String(error)}`,
  });
  const findAll = (wanted: readonly Promise_[]): Promise<readonly (Finding | UnknownReason)[]> =>
    inTurns(wanted, QUESTIONS_AT_ONCE, async (promise) => {
      try {
        return await source.find(promise);
      } catch (error) {
        return lost(promise.guarantee, error);
      }
    });
  try {
    const tenures = await source.tenures();
    const unheld = await source.unheld();
    const idsByNode = await source.idsByNode(SERIES_BUCKET_MS);
    const { promises, evidence } = generator;
    const carried = evidence?.untoldHolders === true ? await source.carriedWorkers() : none.carried;
    const promised = await findAll(judgeableOf(promises, generator));
    const others = await findAll(judgeableOf(notPromised(promises), generator));
    return {
      promised: promised.filter(isFinding).map((found) => besideUnheld(found, unheld)),
      others: others
        .filter(isFinding)
        .map((found) => besideUnheld(found, unheld))
        .map((found) => (found.guarantee === 'time-honest' ? { ...found, scope: WITHIN_A_DAY_SCOPE } : found)),
      tenures,
      unheld,
      idsByNode,
      carried,
      doubts: promised.filter((result): result is UnknownReason => !isFinding(result)),
    };
  } catch (error) {
    return { ...none, doubts: [lost('run', error)] };
  }
}

function isFinding(result: Finding | UnknownReason): result is Finding {
  return 'verdict' in result;
}

/**
 * What no clock and no fault here explains: the layout by which the time is read out of IDs is another one, or its epoch.
 * Nobody promised it, but then nothing that is read out of IDs means what it says.
 */
const WITHIN_A_DAY = { guarantee: 'time-honest', pastMs: 86_400_000, futureMs: 86_400_000 } as const;
const WITHIN_A_DAY_SCOPE = 'within a day';

/** Guarantees that can be judged without declared bounds, less those that are promised; and `WITHIN_A_DAY`. */
function notPromised(promises: readonly Promise_[]): readonly Promise_[] {
  const judgeable: readonly Promise_[] = [
    { guarantee: 'unique' },
    { guarantee: 'increasing-per-node' },
    { guarantee: 'increasing-across-lives', scope: 'worker-id' },
    { guarantee: 'increasing-across-lives', scope: 'node' },
    { guarantee: 'owns-worker-id' },
    { guarantee: 'well-formed' },
    { guarantee: 'fails-closed' },
    { guarantee: 'faithful-encoding' },
    WITHIN_A_DAY,
  ];
  const name = (promise: Promise_): string => `${promise.guarantee}/${'scope' in promise ? promise.scope : ''}`;
  const declared = new Set(promises.map(name));
  return judgeable.filter((promise) => !declared.has(name(promise)));
}

function explained(
  findings: readonly Finding[],
  { header, journal, source }: JudgeInput,
  disturbances: readonly DisturbanceRecord[],
  { tenures, carried }: Pick<Answers, 'tenures' | 'carried'>,
): readonly Finding[] {
  return explain(findings, {
    layout: header.generator.layout,
    scope: header.generator.evidence,
    carried,
    journal,
    tenures,
    leases: source?.leases ?? [],
    disturbances,
  });
}

function hazardRecords({ header, hazards, journal }: JudgeInput, tenures: readonly Tenure[]): readonly HazardRecord[] {
  return header.scenario.hazards.map(({ hazard: name, options }) => {
    const hazard = hazards.get(name);
    const reached = hazard?.reached({ journal, tenures }, options);
    return { hazard: name, summary: hazard?.summary ?? name, reached: reached !== undefined, ...reached };
  });
}

/** A run that came to its end tried every disturbance of its scenario, or its journal is not whole. */
function untried(
  { timetable }: Run['scenario'],
  journal: readonly JournalEntry[],
  disturbances: readonly DisturbanceRecord[],
): readonly UnknownReason[] {
  const whole = phaseBegin(journal, 'judge') !== undefined;
  const planned = timetable.slots.reduce((sum, slot) => sum + slot.disturbances.length, 0);
  if (!whole || disturbances.length === planned) return [];
  const detail = `The scenario has ${planned} disturbances; the journal tells of ${disturbances.length}.`;
  return [{ reason: 'disturbance did not bite', scope: 'run', detail }];
}

/** Whoever runs one is told before it starts; a record may be older, or written by hand. */
function promisedUnjudged(promises: readonly Promise_[], unjudged: readonly Unjudged[]): readonly UnknownReason[] {
  return unjudged
    .filter(({ guarantee }) => promises.some((promise) => promise.guarantee === guarantee))
    .map(({ guarantee, because }) => ({
      reason: 'evidence not whole',
      scope: guarantee,
      detail: `${guarantee} cannot be judged: ${because}.`,
    }));
}

const NOTHING_PROMISED: UnknownReason = {
  reason: 'too few samples',
  scope: 'run',
  detail: 'The generator promises nothing: there is nothing to judge.',
};

function nothingChecked({ guarantee, scope, undecided }: Finding): UnknownReason {
  const name = scope === undefined ? guarantee : `${guarantee} (${scope})`;
  const detail =
    undecided === 0
      ? `There was nothing to judge ${name} by.`
      : `The evidence could not decide ${counted(undecided, 'case')} of ${name}.`;
  return { reason: 'too few samples', scope: guarantee, detail };
}

function reasonsOf(
  verdict: Verdict,
  promised: readonly Finding[],
  slos: readonly SloRecord[],
  unknowns: readonly UnknownReason[],
  disturbances: readonly DisturbanceRecord[],
  hazards: readonly HazardRecord[],
): readonly string[] {
  if (verdict === 'unknown') return unknowns.map(sentenceOf);
  if (verdict === 'fail')
    return [
      ...promised
        .filter((finding) => finding.verdict === 'fail')
        .map(
          (finding) =>
            `${finding.guarantee} is broken ${times(finding.violations - finding.outsideAssumptions)}: "${GUARANTEES[finding.guarantee]}" That was promised.`,
        ),
      ...missedSlos(slos),
    ];
  const outside = promised.reduce((sum, finding) => sum + finding.outsideAssumptions, 0);
  const kept = [
    `${sentenceCase(all(promised.length, 'promise'))} ${promised.length === 1 ? 'was' : 'were'} kept`,
    ...(outside > 0 ? [` (${counted(outside, 'violation')} outside assumptions)`] : []),
  ].join('');
  const reached = hazards.length === 0 ? '' : ` and ${all(hazards.length, 'hazard')} reached`;
  const disturbed = disturbing(disturbances).length;
  if (disturbed > 0)
    return [`${kept}, with ${all(disturbed, 'disturbance')} in force as measured${reached}.`, ...metSlos(slos)];
  return [
    `${kept}, and nothing was disturbed: how the generator bears faults was not tried.`,
    ...(hazards.length === 0
      ? []
      : [`${sentenceCase(all(hazards.length, 'hazard'))} came about without a disturbance.`]),
    ...(promised.some(({ guarantee }) => guarantee === 'recovers')
      ? ['recovers was kept where there was nothing to recover from.']
      : []),
    ...metSlos(slos),
  ];
}

function sentenceCase(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

/**
 * What colours no verdict and yet must not be missed: whoever promises nothing of calls that fail may not know that
 * theirs leave IDs behind, and that its other findings may stem from them; nor that clients receive other IDs.
 */
const REMARKABLE: readonly Guarantee[] = ['fails-closed', 'faithful-encoding'];

function remarks(others: readonly Finding[]): readonly string[] {
  return others
    .filter(({ violations }) => violations > 0)
    .flatMap(({ guarantee, scope, violations, checked }) => {
      if (scope === WITHIN_A_DAY_SCOPE)
        return `A remark: the time inside ${counted(violations, 'ID')} of ${checked.toLocaleString('en')} is more than a day from the clock of the node: the layout, or its epoch, may be another one, and what is read out of IDs by it means nothing then.`;
      return REMARKABLE.includes(guarantee)
        ? `A remark: ${guarantee} is not promised, and is broken ${times(violations)}: "${GUARANTEES[guarantee]}"`
        : [];
    });
}

/** A pass under another load than the scenario's is no answer to its question. */
function thinnerLoad(run: Pick<Run, 'scenario' | 'evidence' | 'phases'>): readonly string[] {
  const missing = missingSelfLoad(run);
  return missing === undefined ? [] : [missing];
}
