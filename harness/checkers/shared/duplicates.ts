/** IDs that were minted more than once, as fold and SQL of `unique` tell of them. */
import type { Method, RepeatedId } from '../../core/finding.ts';
import { WITNESSES_MAX } from '../../core/finding.ts';
import type { Clue } from './draft.ts';

/** Sightings told of one ID; a sentinel may be minted a million times. */
export const SIGHTINGS_MAX = 4;
export interface Duplicate {
  readonly id: string;
  /** How many times it was minted. */
  readonly total: number;
  /** Of those beyond the first, how many need a coordinator that went back. */
  readonly forgotten: number;
  /** How many of its emissions are of calls that did not fail: others reached no client. */
  readonly delivered?: number;
  /** The first of its emissions, by name. */
  readonly emissions: readonly Emission[];
}

export interface Emission {
  readonly clue: Clue;
  /** The call that it is of: the position of its first ID, and whether it failed. */
  readonly call: { readonly firstSeq: number; readonly failed: boolean };
}

/** A duplicate that stands for all of its pair of calls. */
export interface Told extends Duplicate {
  /** How many IDs the same two calls minted, itself among them. */
  readonly alike: number;
}

export interface Counts {
  readonly surplus: number;
  readonly outside: number;
  /** Of the surplus, what calls that did not fail minted among themselves. */
  readonly delivered: number;
}

export const NONE: Counts = { surplus: 0, outside: 0, delivered: 0 };

/** All that is found out about them. */
export interface Duplicates {
  /** IDs looked at. */
  readonly checked: number;
  readonly method: Method;
  readonly counts: Counts;
  readonly told: readonly Told[];
  readonly repeated: readonly RepeatedId[];
}

/** The first of each pair of calls: the others would tell the same story again. */
export function oneOfEachPairOfCalls(duplicates: readonly Duplicate[]): readonly Duplicate[] {
  return [...Map.groupBy(duplicates, callsOf).values()].map(([first]) => first!).slice(0, WITNESSES_MAX);
}

/** The calls that minted it first and second, by name. */
export function callsOf({ emissions }: Duplicate): string {
  return emissions
    .slice(0, 2)
    .map(({ clue: { node, incarnation, lane }, call: { firstSeq } }) => [node, incarnation, lane, firstSeq].join('-'))
    .join(' ');
}

export function repeatedId(nodes: readonly string[], id: string, times: number, clues: readonly Clue[]): RepeatedId {
  const sightings = clues.map(({ node, incarnation, lane, seq }) => ({ node: nodes[node]!, incarnation, lane, seq }));
  return { id, times, sightings };
}
