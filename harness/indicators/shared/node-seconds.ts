/**
 * Requests by node and second. Seconds are those of the run's axis, and belong as a whole to the span in which they begin,
 * so that no second is counted in two spans, nor in none. Columns, not objects: hours of 64 nodes are a few megabytes.
 */
import { gotIds } from '../../core/history.ts';
import type { MarkedRequests, Span } from '../../core/indicator.ts';
import type { RunNs } from '../../core/time.ts';
import { NS_PER_S } from '../../core/time.ts';
import { isWithin } from './counting.ts';

export interface NodeSeconds {
  readonly seconds: number;
  /** The second at place `second` begins then. */
  readonly beginOf: (second: number) => RunNs;
  /** By `node * seconds + second`: requests sent, those of them that got IDs, and all their marks together. */
  readonly asked: Uint32Array;
  readonly served: Uint32Array;
  readonly marks: Uint8Array;
}

/** Requests with a mark of `without` are not there at all; of the others the marks are gathered. */
export function nodeSeconds(
  requests: MarkedRequests,
  nodes: number,
  spans: readonly Span[],
  without: number,
): NodeSeconds {
  const { length, node, sent, marks } = requests;
  let [first, last] = [Infinity, -Infinity];
  for (let row = 0; row < length; row++) {
    const second = Math.floor(sent[row]! / NS_PER_S);
    first = Math.min(first, second);
    last = Math.max(last, second);
  }
  const seconds = length === 0 ? 0 : last - first + 1;
  const beginOf = (second: number): RunNs => (first + second) * NS_PER_S;
  const counted = Array.from({ length: seconds }, (_, second) => isWithin(spans, beginOf(second)));
  const table = {
    asked: new Uint32Array(nodes * seconds),
    served: new Uint32Array(nodes * seconds),
    marks: new Uint8Array(nodes * seconds),
  };
  for (let row = 0; row < length; row++) {
    const second = Math.floor(sent[row]! / NS_PER_S) - first;
    if (counted[second] !== true || (marks[row]! & without) !== 0) continue;
    const place = node[row]! * seconds + second;
    table.asked[place]! += 1;
    if (gotIds(requests, row)) table.served[place]! += 1;
    table.marks[place]! |= marks[row]!;
  }
  return { seconds, beginOf, ...table };
}
