/**
 * The dangerous hand-over: a node takes a worker ID while the process that held it before still lives and may not know.
 */
import { handedOut } from '../core/coordinators.ts';
import type { Hazard, HazardFacts } from '../core/hazard.ts';
import type { JournalEntry } from '../core/journal.ts';
import { z } from '../core/schema.ts';
import { nsToMs } from '../core/time.ts';

interface Acquired {
  readonly at: number;
  readonly coordinator?: string;
  readonly workerId: number;
  readonly node: string;
  readonly incarnation: number;
}

export default {
  name: 'worker-id-changed-hands-while-holder-lived',
  summary: 'a worker ID changed hands while its old holder lived',
  options: z.strictObject({}),
  coordinators: ['etcd'],

  reached(facts) {
    const holders = new Map<string, Acquired>();
    for (const next of facts.journal.flatMap(acquired)) {
      const old = holders.get(handedOut(next));
      holders.set(handedOut(next), next);
      if (old === undefined || old.node === next.node) continue;
      const seen = seenAlive(facts, old, next.at);
      if (seen === undefined) continue;
      const laterMs = Math.round(nsToMs(seen - next.at));
      return {
        at: next.at,
        detail:
          `Worker ID ${next.workerId} went from ${old.node} to ${next.node}; ` +
          `the same life of ${old.node} was seen ${laterMs} ms after that.`,
      };
    }
    return undefined;
  },
} satisfies Hazard;

/** The acquisition of an owner key, whose value is `<node>.<incarnation>.<leaseId>`. */
function acquired(entry: JournalEntry): readonly Acquired[] {
  if (entry.kind !== 'owner' || entry.event.what !== 'acquired') return [];
  const { at, coordinator, workerId, value = '' } = entry.event;
  const [node, incarnation] = value.split('.');
  return node === undefined || incarnation === undefined
    ? []
    : [{ at, ...(coordinator !== undefined && { coordinator }), workerId, node, incarnation: Number(incarnation) }];
}

/**
 * When the old holder's process was first seen at or after `moment`. That it was not killed proves little: it may have
 * crashed. A sign of the same life from a later time proves that it lived throughout.
 */
function seenAlive(
  { journal, tenures }: HazardFacts,
  { node, incarnation }: Acquired,
  moment: number,
): number | undefined {
  const answered = journal.flatMap((entry) =>
    entry.kind === 'health' && entry.node === node && entry.health.incarnation === incarnation ? [entry.health.at] : [],
  );
  const minted = tenures.flatMap((tenure) =>
    tenure.node === node && tenure.incarnation === incarnation ? [tenure.to] : [],
  );
  const later = [...answered, ...minted].filter((at) => at >= moment);
  return later.length === 0 ? undefined : Math.min(...later);
}
