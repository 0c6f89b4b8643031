/** What the exact passes and the fields found, in the words of the result. Pure. */
import type { Layout } from '../core/layout.ts';
import { decodeId } from '../core/layout.ts';
import { idsPerTick } from '../core/sequence-use.ts';
import type { Duplicate, ExactResult } from '../exact/segment.ts';
import type { Audit, AuditLine } from './audit-schema.ts';
import type { Fields } from './fields.ts';
import type { Gathered, Owner } from './gather.ts';
import type { IdShape } from './id-words.ts';
import { writtenAs } from './id-words.ts';
import { timeText } from './suspects.ts';

const WORKERS_SHOWN = 100;
/** Of each line: there may be thousands. */
const STEPS_SHOWN = 100;

/** What is told of a line of order; its uniqueness is that of all lines together. */
export function lineOf(
  { name, node }: Owner,
  owner: number,
  result: ExactResult | undefined,
  fields: Fields | undefined,
  layout: Layout | undefined,
): AuditLine {
  const order = result!.owners.find((one) => one.owner === owner)!;
  const { emissions, first, last, min, max, backward, steps, largestInversion: largest } = order;
  return {
    ...{ name, node },
    ids: String(emissions),
    ...{ first: String(first), last: String(last), min: String(min), max: String(max) },
    backward: String(backward),
    steps: steps.slice(0, STEPS_SHOWN).map(({ position, before, after }) => ({
      position: String(position),
      before: String(before),
      after: String(after),
    })),
    ...(largest !== undefined && {
      largestInversion: {
        position: String(largest.position),
        highest: String(largest.highest),
        after: String(largest.after),
        ...(layout !== undefined && layout.timeBits > 0 && { ms: msBetween(layout, largest.after, largest.highest) }),
      },
    }),
    ...(fields !== undefined && layout !== undefined && lineFields(fields, layout, backward > 0n)),
  };
}

function lineFields(fields: Fields, layout: Layout, isOutOfOrder: boolean): Partial<AuditLine> {
  const { ids, from, to, ticks, peak, peakTick, workers } = fields;
  const capacity = idsPerTick(layout);
  const hasTime = layout.timeBits > 0;
  return {
    ...(layout.workerBits > 0 &&
      !fields.lost && {
        workers: workers
          .map(([worker]) => worker)
          .toSorted((a, b) => a - b)
          .slice(0, WORKERS_SHOWN),
      }),
    ...(hasTime && {
      from: timeText(layout, from),
      to: timeText(layout, to),
      perMs: ids / ((to - from + 1) * layout.tickMs),
      peak: { ids: peak, at: timeText(layout, peakTick), atLeast: isOutOfOrder },
      ...(capacity > 0 && { sequence: { mean: ids / ticks / capacity, peak: peak / capacity } }),
    }),
  };
}

function msBetween(layout: Layout, low: bigint, high: bigint): number {
  return (decodeId(layout, high).tick - decodeId(layout, low).tick) * layout.tickMs;
}

export function duplicateOf(
  { id, total, sightings }: Duplicate,
  { segments, owners }: Gathered,
  layout: Layout | undefined,
  shape: IdShape,
): NonNullable<Audit['unique']>['duplicates'][number] {
  const written = writtenAs(id, shape);
  return {
    id: String(id),
    ...(written !== undefined && { written }),
    total: String(total),
    ...(layout !== undefined && { fields: fieldsOf(layout, id) }),
    sightings: sightings.map(({ segment, index }) => {
      const { owner, first } = segments[segment]!;
      const { name, node } = owners[owner]!;
      return { line: name, node, position: String(BigInt(first) + BigInt(index)) };
    }),
  };
}

function fieldsOf(
  layout: Layout,
  id: bigint,
): NonNullable<NonNullable<Audit['unique']>['duplicates'][number]['fields']> {
  const { tick, workerId, sequence } = decodeId(layout, id);
  return {
    ...(layout.timeBits > 0 && { time: timeText(layout, tick) }),
    ...(layout.workerBits > 0 && { worker: workerId }),
    ...(layout.sequenceBits > 0 && { sequence: String(sequence) }),
  };
}

/** What the fields of all lines tell together. */
export function fieldFacts(
  fields: readonly (Fields | undefined)[],
  owners: readonly Owner[],
  layout: Layout,
): Pick<Audit, 'time' | 'workers' | 'misfits'> {
  const known = fields.flatMap((one, index) => (one === undefined ? [] : [{ ...one, owner: owners[index]! }]));
  if (known.length === 0) return {};
  const from = Math.min(...known.map((one) => one.from));
  const to = Math.max(...known.map((one) => one.to));
  const seen = [...new Set(known.flatMap(({ workers }) => workers.map(([worker]) => worker)))].toSorted(
    (a, b) => a - b,
  );
  const misfits = known.reduce((sum, one) => sum + one.misfits, 0);
  const first = known.find((one) => one.misfits > 0);
  return {
    ...(layout.timeBits > 0 && {
      time: {
        from: timeText(layout, from),
        to: timeText(layout, to),
        ms: (to - from) * layout.tickMs,
        tickMs: layout.tickMs,
      },
    }),
    ...(layout.workerBits > 0 && {
      workers: { count: seen.length, seen: seen.slice(0, WORKERS_SHOWN), tooMany: known.some(({ lost }) => lost) },
    }),
    misfits: {
      ids: misfits,
      ...(first !== undefined && { first: { line: first.owner.name, position: first.firstMisfit } }),
    },
  };
}
