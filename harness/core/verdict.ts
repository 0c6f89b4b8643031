/**
 * The three verdicts and how they merge.
 *
 * `fail` outweighs `unknown` outweighs `pass`: missing evidence never hides a violation that the evidence at hand
 * proves, and never turns into a pass.
 */
export type Verdict = 'pass' | 'unknown' | 'fail';

const WEIGHT: Readonly<Record<Verdict, number>> = { pass: 0, unknown: 1, fail: 2 };

/** The gravest verdict. Nothing judged is `unknown`: a pass has to be earned. */
export function gravest(verdicts: readonly Verdict[]): Verdict {
  return (
    verdicts.reduce<Verdict | undefined>(
      (worst, verdict) => (worst === undefined || WEIGHT[verdict] > WEIGHT[worst] ? verdict : worst),
      undefined,
    ) ?? 'unknown'
  );
}

/** The closed list of reasons why a run, or a part of it, proves nothing. */
export const UNKNOWN_REASONS = {
  'evidence not whole': 'Some minted IDs are missing from the store, or some stored IDs were never minted.',
  'disturbance did not bite': 'A fault was asked for and its effect was not measured from outside, or not throughout.',
  'disturbance not healed': 'A fault was begun, and nothing tells that its own step healed it.',
  'hazard not reached': 'The state that the scenario exists to reach never came about.',
  'trigger never fired': 'A disturbance waited for a signal that never came.',
  'cluster never complete':
    'Before the warm-up the nodes did not come to hold all worker IDs of the pool at once, or were not all ready to mint at once.',
  'node silent':
    'A node in no reach of a disturbance gave no sign of life, or held what it needed, was asked and minted nothing.',
  'too few samples': 'There were fewer samples than the judgement needs.',
  'load not achieved': 'The load that was asked for could not be offered.',
  'harness stalled': 'The harness itself stood still for longer than its measurements allow.',
  'clock of the host moved': "The host's real-time clock stepped, the host slept, or the nodes run on another kernel.",
  'engine lost': 'The store that judges the run crashed or could not be reached.',
  'live path blind':
    'What clients acknowledged could not be compared with what was minted, or what the harness had planted was not seen.',
  'harness contradicts itself': 'What was seen while the run lasted is not what was judged at its end.',
  'run cut short': 'The run ended before its scenario did.',
  'input malformed, rounded or empty': 'The evidence could not be read exactly.',
} as const;

export type UnknownReasonName = keyof typeof UNKNOWN_REASONS;

/** Why something is unknown, with its scope: which node, disturbance, hazard or guarantee. */
export interface UnknownReason {
  readonly reason: UnknownReasonName;
  /** What it touches: a node, a disturbance, a guarantee, or `run`. */
  readonly scope: string;
  /** The measured facts, as one sentence. */
  readonly detail: string;
}
