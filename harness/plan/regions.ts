/**
 * Ranges of worker IDs by region. Two regions that share a worker ID mint duplicates, each with its own coordinator and
 * neither knowing; a worker ID of no region is one that nobody can ever use. So ranges are disjoint and complete.
 */
import type { Problem } from '../core/errors.ts';
import { problem } from '../core/errors.ts';
import type { RegionInput } from './plan-input.ts';

/** Both ends belong to it. */
export interface WorkerRange {
  readonly from: number;
  readonly to: number;
}

export interface Region {
  readonly name: string;
  /** Of the load: the shares of all regions are 1 together. */
  readonly share: number;
  readonly workerIds: WorkerRange;
}

export interface Regions {
  readonly ranges: 'given' | 'proposed';
  readonly regions: readonly Region[];
}

export const sizeOf = ({ from, to }: WorkerRange): number => to - from + 1;

/** The regions with their ranges, given or proposed, or all that is wrong with them. `where`: the file. */
export function regionsOf(
  inputs: readonly RegionInput[],
  workerIds: number,
  where: string,
): Regions | readonly Problem[] {
  const given = inputs.filter((region): region is Given => region.workerIds !== undefined);
  if (given.length > 0 && given.length < inputs.length)
    return [
      problem(
        `${inputs
          .filter((region) => region.workerIds === undefined)
          .map(({ name }) => name)
          .join(', ')}: no worker IDs, while other regions have theirs.`,
        'Give workerIds to all regions, or to none: then ranges are proposed.',
        `${where}: regions`,
      ),
    ];
  const total = inputs.reduce((sum, { share }) => sum + share, 0);
  const named = (region: RegionInput, range: WorkerRange): Region => ({
    name: region.name,
    share: region.share / total,
    workerIds: range,
  });
  if (given.length === 0) {
    const proposed = propose(
      inputs.map(({ share }) => share),
      workerIds,
    );
    if (proposed === undefined)
      return [
        problem(
          `${inputs.length} regions cannot have a range each, by their shares, of ${workerIds} worker IDs.`,
          'Give each a share above 0, and have no more regions than worker IDs.',
          `${where}: regions`,
        ),
      ];
    return {
      ranges: 'proposed',
      regions: inputs.map((region, index) => named(region, proposed[index] as WorkerRange)),
    };
  }
  const problems = rangeProblems(given, workerIds, where);
  return problems.length > 0
    ? problems
    : { ranges: 'given', regions: given.map((region) => named(region, region.workerIds)) };
}

/**
 * Ranges one after the other by weight, each of one worker ID at the least, whose sizes are all worker IDs together.
 * Undefined: there is no such thing, because a weight is 0 or there are more ranges than worker IDs.
 */
export function propose(weights: readonly number[], workerIds: number): readonly WorkerRange[] | undefined {
  if (weights.length === 0 || weights.length > workerIds || weights.some((weight) => !(weight > 0))) return undefined;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  // One is each one's own; what is left goes by weight, and what rounding leaves of that to the greatest remainders.
  const exact = weights.map((weight) => 1 + ((workerIds - weights.length) * weight) / total);
  const sizes = exact.map(Math.floor);
  const left = workerIds - sizes.reduce((sum, size) => sum + size, 0);
  const byRemainder = exact
    .map((size, index) => ({ index, remainder: size - Math.floor(size) }))
    .toSorted((one, other) => other.remainder - one.remainder || one.index - other.index);
  for (const { index } of byRemainder.slice(0, left)) sizes[index] = (sizes[index] as number) + 1;
  let from = 0;
  return sizes.map((size) => {
    const range = { from, to: from + size - 1 };
    from += size;
    return range;
  });
}

type Given = RegionInput & { readonly workerIds: WorkerRange };

function rangeProblems(regions: readonly Given[], workerIds: number, where: string): readonly Problem[] {
  const at = (region: Given): string => `${where}: regions[${regions.indexOf(region)}].workerIds`;
  const text = ({ from, to }: WorkerRange): string => (from === to ? `${from}` : `${from} to ${to}`);
  const outside = regions
    .filter((region) => region.workerIds.to >= workerIds)
    .map((region) =>
      problem(
        `${region.name} has worker IDs up to ${region.workerIds.to}, and the layout ends at ${workerIds - 1}.`,
        'End its range there at the latest.',
        at(region),
      ),
    );
  const sorted = regions.toSorted((one, other) => one.workerIds.from - other.workerIds.from);
  const shared: Problem[] = [];
  const gaps: WorkerRange[] = [];
  let next = 0;
  let before: Given | undefined;
  for (const region of sorted) {
    const { from, to } = region.workerIds;
    if (before !== undefined && from < next)
      shared.push(
        problem(
          `${region.name} shares worker IDs ${text({ from, to: Math.min(to, next - 1) })} with ${before.name}: both would mint under them.`,
          'Part the ranges: no worker ID belongs to two regions.',
          at(region),
        ),
      );
    if (from > next) gaps.push({ from: next, to: from - 1 });
    if (to >= next) before = region;
    next = Math.max(next, to + 1);
  }
  if (next < workerIds) gaps.push({ from: next, to: workerIds - 1 });
  const missing = gaps.map((gap) =>
    problem(
      `Worker IDs ${text(gap)} belong to no region.`,
      'Give them to one, or to a region of their own with "share": 0, which keeps them free.',
      `${where}: regions`,
    ),
  );
  return [...outside, ...shared, ...missing];
}
