/**
 * A run as a list of things that were judged, each with how it came out: what a test reader shows as one test, and a
 * comparison as one row. Whatever keeps a run from a pass is among them.
 */
import { GUARANTEES } from '../../harness/core/guarantee.ts';
import type { Guarantee } from '../../harness/core/guarantee.ts';
import { counted, disturbanceLabel } from '../../harness/core/phrases.ts';
import { sentenceOf } from '../../harness/core/reasons-in-short.ts';
import type { Run } from '../../harness/core/run.ts';
import type { Unjudged } from '../../harness/core/scope.ts';
import { recordedAs } from '../../harness/core/scope.ts';
import type { SloRecord } from '../../harness/core/slo.ts';
import type { Verdict } from '../../harness/core/verdict.ts';
import { waivedOf } from '../../harness/core/waived.ts';
import type { WaivedRecord } from '../../harness/core/waived.ts';
import { ADVICE } from './advice.ts';
import { waiverWords } from './waivers.ts';
import { amount, grouped, objectiveWords, seconds } from './words.ts';

export interface Outcome {
  readonly group: 'promises' | 'slos' | 'disturbances' | 'hazards' | 'evidence';
  /** The same in each run of a scenario, so that a reader can follow it. */
  readonly name: string;
  /** `skipped`: nothing was promised, such evidence tells nothing of it, all that was found lies outside the assumptions of the promise, or it is waived. */
  readonly result: Verdict | 'skipped';
  /** One sentence: what was found. */
  readonly summary: string;
  /** Stories and facts, a paragraph each. */
  readonly details: readonly string[];
}

/** Stories told of one guarantee. */
const STORIES_MAX = 3;

export function outcomesOf(run: Run): readonly Outcome[] {
  return [
    ...run.findings.map((finding) => besideWaivers(ofFinding(finding), waivedOf(run, finding))),
    ...unjudged(run).map(ofUnjudged),
    ...unpromised(run).map(ofUnjudgeable),
    ...(run.slos ?? []).map((slo) => besideWaivers(ofSlo(slo), waivedOf(run, { slo: slo.name }))),
    ...run.disturbances.map(ofDisturbance),
    ...run.hazards.map(ofHazard),
    ofEvidence(run),
  ];
}

/** What is waived stays what it was found to be, and is no failure; who waived it, and why, is told with it. */
function besideWaivers(outcome: Outcome, known: WaivedRecord | undefined): Outcome {
  if (known === undefined || outcome.result !== 'fail') return outcome;
  const why = known.by.map(waiverWords).join('; ');
  return { ...outcome, result: 'skipped', summary: `Waived: ${why}. ${outcome.summary}` };
}

type JudgedFinding = Run['findings'][number];

/** `unique`, `increasing-across-lives (node)`. */
export function nameOf({ guarantee, scope }: { readonly guarantee: Guarantee; readonly scope?: string }): string {
  return scope === undefined ? guarantee : `${guarantee} (${scope})`;
}

function ofFinding(finding: JudgedFinding): Outcome {
  const { guarantee, promised, verdict, checked, unit, violations, outsideAssumptions, witnesses } = finding;
  const looked = `${grouped(checked)} ${unit} looked at`;
  const outside = outsideAssumptions === 0 ? '' : `, ${grouped(outsideAssumptions)} of them outside assumptions`;
  const found = `${counted(violations, 'violation')}${outside}, ${looked}`;
  const isOutside = promised && verdict === 'pass' && outsideAssumptions > 0;
  return {
    group: 'promises',
    name: nameOf(finding),
    result: promised && !isOutside ? verdict : 'skipped',
    summary: promised ? `${GUARANTEES[guarantee]} ${KEPT[verdict]}: ${found}.` : `Not promised: ${found}.`,
    details: promised ? witnesses.slice(0, STORIES_MAX).map(storyOf) : [],
  };
}

const KEPT: Readonly<Record<Verdict, string>> = { pass: 'Kept', fail: 'Broken', unknown: 'Not known' };

function storyOf({ what, at, cause, explanation }: JudgedFinding['witnesses'][number]): string {
  return [
    `At ${seconds(at, 3)}: ${what}`,
    ...(cause === undefined ? [] : [`Cause: ${cause}.`]),
    ...(explanation === undefined ? [] : [explanation]),
    ...(cause === undefined ? [] : [`What to do: ${ADVICE[cause]}`]),
  ].join('\n');
}

/** Promises that nothing was found about: the run ended too early, or was never judged. */
function unjudged({ generator: { promises }, findings }: Run): readonly string[] {
  const judged = findings.filter(({ promised }) => promised);
  return promises
    .filter(({ guarantee }) => !judged.some((finding) => finding.guarantee === guarantee))
    .map((promise) => nameOf(promise));
}

/** What such evidence tells nothing about, and nobody promised. */
function unpromised({ generator: { promises }, unjudged: untold = [] }: Run): readonly Unjudged[] {
  return untold.filter(({ guarantee }) => !promises.some((promise) => promise.guarantee === guarantee));
}

function ofUnjudgeable({ guarantee, because }: Unjudged): Outcome {
  return { group: 'promises', name: guarantee, result: 'skipped', summary: `Not judged: ${because}.`, details: [] };
}

function ofUnjudged(name: string): Outcome {
  return { group: 'promises', name, result: 'unknown', summary: 'Promised, and not judged.', details: [] };
}

function ofSlo(slo: SloRecord): Outcome {
  const { name, what, where, verdict, detail } = slo;
  return {
    group: 'slos',
    name,
    result: verdict,
    summary: `${what}, ${where}: ${sloWords(slo)}.`,
    details: detail === undefined ? [] : [detail],
  };
}

/** `12.4 ms, at most 50 ms, 21,635 samples of the 1,000 that it needs`. */
export function sloWords({ value, unit, objective, samples, minSamples }: SloRecord): string {
  const measured = value === undefined ? 'nothing measured' : amount(value, unit);
  return `${measured}, asked for ${objectiveWords(objective, unit)}; ${counted(samples, 'sample')}, needs ${grouped(minSamples)}`;
}

function ofDisturbance(record: Run['disturbances'][number]): Outcome {
  const { bit, missed, unhealed, key } = record;
  const doubts = [
    ...(bit ? [] : [`Did not bite: ${missed ?? 'no evidence'}`]),
    ...(unhealed === undefined ? [] : [`Not healed: ${unhealed}`]),
  ];
  return {
    group: 'disturbances',
    // The node that it is aimed at is drawn by the seed; its key is not.
    name: key,
    result: doubts.length === 0 ? 'pass' : 'unknown',
    summary: `${disturbanceLabel(record)}. ${doubts.length === 0 ? 'Measured in force, and healed' : doubts.join('. ')}.`,
    details: [],
  };
}

function ofHazard({ hazard, summary, reached, at, detail }: Run['hazards'][number]): Outcome {
  return {
    group: 'hazards',
    name: hazard,
    result: reached ? 'pass' : 'unknown',
    summary: `${summary}: ${reached ? `reached${at === undefined ? '' : ` at ${seconds(at)}`}` : 'not reached'}.`,
    details: detail === undefined ? [] : [detail],
  };
}

/** One for all doubts: which there are differs from run to run. */
function ofEvidence({ generator, evidence: { minted, stored }, unknowns }: Run): Outcome {
  return {
    group: 'evidence',
    name: 'nothing is in doubt',
    result: unknowns.length === 0 ? 'pass' : 'unknown',
    summary: `${grouped(minted)} IDs ${recordedAs(generator)}, ${grouped(stored)} stored; ${counted(unknowns.length, 'doubt')}.`,
    details: unknowns.map((unknown) => `${unknown.scope}: ${sentenceOf(unknown)}`),
  };
}
