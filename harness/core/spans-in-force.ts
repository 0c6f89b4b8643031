/** When disturbances were in force, as measured: asking for one proves nothing. Pure. */
import type { AskedDisturbance } from './disturbance.ts';
import type { JournalEntry } from './journal.ts';
import type { RunNs } from './time.ts';

/** The nodes in the reach of a disturbance, and the first and the last measurement of it in force. */
export interface SpanInForce {
  readonly reach: readonly string[];
  readonly from: RunNs;
  readonly to: RunNs;
}

/** Of the disturbances that are meant, in the order in which they were asked for; empty (from > to) where none was seen. */
export function spansInForce(
  journal: readonly JournalEntry[],
  isMeant: (asked: AskedDisturbance) => boolean,
): readonly SpanInForce[] {
  const spans = new Map<string, SpanInForce>();
  for (const entry of journal) {
    if (entry.kind !== 'disturbance') continue;
    if (entry.what === 'asked' && isMeant(entry))
      spans.set(entry.key, { reach: entry.reach, from: Infinity, to: -Infinity });
    const span = spans.get(entry.key);
    if (span === undefined || entry.what !== 'sample' || entry.sample.took !== true) continue;
    const { at } = entry.sample;
    spans.set(entry.key, { ...span, from: Math.min(span.from, at), to: Math.max(span.to, at) });
  }
  return [...spans.values()];
}
