/**
 * A claim of the reference design, the published Snowflake ID service that snowglobe was born to test, and how it is
 * judged: by arithmetic, or by runs of a scenario with the generator that does what is claimed.
 *
 * A claim has parts: what it says of each policy, or in each of the places where the design contradicts itself. Each part
 * is judged alone.
 */
import type { Guarantee } from './guarantee.ts';
import type { Run } from './run.ts';

export interface Claim {
  /** Equal to the file's name: `C7` is about behaviour, `F3` is a figure. */
  readonly name: string;
  /** What the reference design says, in words. */
  readonly claim: string;
  /** Where it contradicts itself, or was made precise. */
  readonly note?: string;
  readonly parts: readonly Part[];
}

export type Part = Calculation | Trial | Unjudged;

/**
 * `held` and `broken` are truths about what is claimed; `measured` is a figure where the claim has none. All else is `not
 * judged`, with the reason.
 */
export const OUTCOMES = ['held', 'broken', 'measured', 'not judged'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Nothing is broken without a witness: decoded IDs, or figures. */
export type Judgement =
  | { readonly outcome: 'held' | 'measured' | 'not judged'; readonly because: string; readonly witness?: string }
  | { readonly outcome: 'broken'; readonly because: string; readonly witness: string };

interface PartOfClaim {
  /** What is claimed, of one policy or reading: a sentence without a full stop. */
  readonly says: string;
}

/** Arithmetic alone says it: pure, and the same on every driver. */
export interface Calculation extends PartOfClaim {
  readonly kind: 'calculation';
  judge(): Judgement;
}

/** The drivers by name; a law holds them equal to the folders. */
export const DRIVER_NAMES = ['sim', 'local', 'docker'] as const;
export type DriverName = (typeof DRIVER_NAMES)[number];

/** Runs of a scenario say it, one a seed: `1`, `2`, …. */
export interface Trial extends PartOfClaim {
  readonly kind: 'trial';
  readonly scenario: string;
  /** It does what is claimed. */
  readonly generator: string;
  readonly seeds: number;
  /**
   * The same generator with the rule left out that the claim rests on, and what that breaks, through the same scenario:
   * only a scenario that breaks it shows that the claim was tried. Without a control a part is never `held`.
   */
  readonly control?: Control;
  /** Where it means something; left out: everywhere. */
  readonly only?: { readonly drivers: readonly DriverName[]; readonly because: string };
  /** Of at least one run that proved something, all of the scenario with the generator. What it makes of them is no more than that: see claim-rules. */
  judge(runs: readonly Run[]): Judgement;
}

export interface Control {
  readonly generator: string;
  readonly breaks: readonly Guarantee[];
}

/** Nothing here can say it. */
export interface Unjudged extends PartOfClaim {
  readonly kind: 'unjudged';
  /** One or two sentences; the command that judges it, where there is one, among them. */
  readonly because: string;
}

/** One run that a part rests on. */
export interface AskedRun {
  readonly scenario: string;
  readonly generator: string;
  readonly seed: string;
}

/** What became of an asked run: judged, or why it could not be carried out. */
export type CarriedOut = { readonly run: Run } | { readonly failed: string };

/** A claim as it was judged. */
export interface ClaimRecord extends Pick<Claim, 'name' | 'claim' | 'note'> {
  readonly parts: readonly PartRecord[];
}

export type PartRecord = Judgement & {
  readonly says: string;
  readonly by: Part['kind'];
  /** The runs that it rests on, those of its control behind the others. */
  readonly runs: readonly AskedRun[];
};

/** What `snowglobe claims --json` writes. */
export interface ClaimsRecord {
  readonly version: 1;
  readonly driver: string;
  readonly claims: readonly ClaimRecord[];
}
