/**
 * What dashboards read of a judged run beside its emissions. Pure, but for handing it to the store.
 */
import type { Witness } from '../core/finding.ts';
import type { Reign } from '../core/clock-orders.ts';
import { offsetsBy, ordersIn, reignsOf } from '../core/clock-orders.ts';
import { messageOf } from '../core/errors.ts';
import type { JournalEntry } from '../core/journal.ts';
import { disturbanceLabel, generatorLabel, lifeOf } from '../core/phrases.ts';
import type { Run } from '../core/run.ts';
import type { OffsetFact, RunFacts, WitnessFact } from '../core/run-facts.ts';
import type { Store } from '../core/store.ts';
import { EngineLost } from '../core/store.ts';
import type { RunNs } from '../core/time.ts';

/**
 * Hands the facts to the store; answers why it did not take them, as a note. The verdict stands on evidence that was
 * there before: it is not touched by that.
 */
export async function putFacts(
  store: Pick<Store, 'putFacts'>,
  run: Run,
  journal: readonly JournalEntry[],
): Promise<string | undefined> {
  try {
    await store.putFacts(factsOf(run, journal));
    return undefined;
  } catch (error) {
    if (!(error instanceof EngineLost)) throw error;
    return `dashboards lack what was found in this run: ${messageOf(error)}`;
  }
}

export function factsOf(run: Run, journal: readonly JournalEntry[]): RunFacts {
  const began = journal.find((entry) => entry.kind === 'origin');
  const unixMs = began?.kind === 'origin' ? began.origin.unixMs : 0;
  return {
    run: {
      scenario: run.scenario.name,
      generator: generatorLabel(run.generator),
      driver: run.driver,
      seed: run.seed,
      verdict: run.verdict,
      // Microseconds are what a double holds at today's dates.
      originUnixNs: BigInt(Math.round(unixMs * 1000)) * 1000n,
      last: journal.at(-1)?.at ?? 0,
      nodes: run.nodes,
      layout: run.generator.layout,
    },
    disturbances: run.disturbances.map((record) => {
      const { key, name, slot, fault, disturbs, options, injected, healed, bit, missed } = record;
      return {
        ...{ key, name, slot, fault, disturbs, options, bit, label: disturbanceLabel(record) },
        ...(injected !== undefined && { injected }),
        ...(healed !== undefined && { healed }),
        ...(missed !== undefined && { missed }),
      };
    }),
    offsets: offsetsOf(journal, run.nodes),
    witnesses: run.findings.flatMap(({ guarantee, scope, promised, witnesses }) =>
      witnesses.map((witness) => ({
        ...witnessFact(witness),
        guarantee,
        promised,
        ...(scope !== undefined && { scope }),
      })),
    ),
  };
}

function witnessFact(witness: Witness): Omit<WitnessFact, 'guarantee' | 'promised'> {
  const { what, at, worker, cause, explanation, sightings, outsideAssumptions = false } = witness;
  return {
    ...{ what, at, outsideAssumptions },
    ...(worker !== undefined && { worker }),
    ...(cause !== undefined && { cause }),
    ...(explanation !== undefined && { explanation }),
    lives: [...new Set(sightings.map(lifeOf))],
    ids: [...new Set(sightings.flatMap(({ id }) => (id === undefined ? [] : [id])))],
  };
}

/** One for each time that a node was asked, with what the orders to its clock had it be then. */
function offsetsOf(journal: readonly JournalEntry[], nodes: readonly string[]): readonly OffsetFact[] {
  const reigns = Map.groupBy(reignsOf(ordersIn(journal)), ({ node }) => node);
  return journal.flatMap((entry): readonly OffsetFact[] => {
    if (entry.kind !== 'health' && entry.kind !== 'no health') return [];
    const requestedMs = requestedAt(reigns.get(entry.node) ?? [], entry.at);
    return [
      {
        node: nodes.indexOf(entry.node),
        at: entry.at,
        ...(requestedMs !== undefined && { requestedMs }),
        ...(entry.kind === 'health' && { observedMs: entry.offsetMs }),
      },
    ];
  });
}

/** Undefined where more than one order may have been in force. A clock that was given none runs true. */
function requestedAt(reigns: readonly Reign[], at: RunNs): number | undefined {
  if (reigns.length === 0) return 0;
  const inForce = reigns.filter(({ from, until }) => from <= at && at < until);
  const [only] = inForce;
  if (only === undefined || inForce.length > 1 || at < only.to) return undefined;
  const { lowMs, highMs } = offsetsBy(only, at);
  return (lowMs + highMs) / 2;
}
