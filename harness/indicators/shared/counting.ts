/** Which requests count, and the words for it. */
import { REQUEST_STATUS } from '../../core/history.ts';
import type { IndicatorFacts, MarkedRequests, Measurement, Span } from '../../core/indicator.ts';
import { MARK } from '../../core/indicator.ts';
import { z } from '../../core/schema.ts';
import type { RunNs } from '../../core/time.ts';
import { NS_PER_S } from '../../core/time.ts';

export const NO_ANSWER = REQUEST_STATUS.indexOf('no answer');

/** The option that says which nodes count. */
export const nodesOption = z
  .enum(['outside-reaches', 'all'])
  .describe('outside-reaches: while no disturbance, nor the time after its heal that is allowed for, touches them');

export type Nodes = z.output<typeof nodesOption>;

export const NODES_IN_WORDS: Readonly<Record<Nodes, string>> = {
  'outside-reaches': ', nodes outside every reach',
  all: '',
};

/** Marks of requests that do not count. */
export function excluding(nodes: Nodes): number {
  return nodes === 'all' ? MARK.deaf : MARK.deaf | MARK.reach;
}

export const REQUESTS_LOST: Measurement = {
  samples: 0,
  detail: 'The requests of clients were lost with the harness, or with the store.',
};

export function isWithin(spans: readonly Span[], at: RunNs): boolean {
  // A loop, for it is asked of millions of moments.
  for (const { from, to } of spans) if (at >= from && at < to) return true;
  return false;
}

/** Calls back with the row of each request that was sent within the spans and has none of these marks. */
export function forEachRequest(
  requests: MarkedRequests,
  spans: readonly Span[],
  without: number,
  each: (row: number) => void,
): void {
  const { length, sent, marks } = requests;
  for (let row = 0; row < length; row++) if ((marks[row]! & without) === 0 && isWithin(spans, sent[row]!)) each(row);
}

/** How many nodes are to serve at a time: one for each worker ID of the pool, or each. */
export function holdersOf({ scenario, nodes }: Pick<IndicatorFacts, 'scenario' | 'nodes'>): number {
  return Math.min(scenario.pool ?? nodes.length, nodes.length);
}

/** How many requests were to be sent within the spans, and were not. */
export function unsentWithin(
  { journal, nodes, marksOf }: Pick<IndicatorFacts, 'journal' | 'nodes' | 'marksOf'>,
  spans: readonly Span[],
  without: number,
): number {
  let unsent = 0;
  for (const entry of journal) {
    // It tells of the second before it, and belongs to the time that most of it lies in.
    if (entry.kind !== 'load' || entry.dropped === 0 || !isWithin(spans, entry.at - NS_PER_S / 2)) continue;
    const marks = marksOf(nodes.indexOf(entry.node), entry.at - NS_PER_S, entry.at);
    if ((marks & without) === 0) unsent += entry.dropped;
  }
  return unsent;
}
