/** How a coordinator kept its word on leases, counted over a run. Pure. */
import { coordinatorKindOf, coordinatorWords } from './coordinator-kind.ts';
import type { LeaseFact } from './history.ts';
import type { JournalEntry } from './journal.ts';
import { endOfLease } from './lease-ends.ts';
import { counted, grouped } from './phrases.ts';
import type { LeaseTotals, Run } from './run.ts';

/** The harness asked a coordinator for the end of a lease or, without one, of all. */
export type Revoke = Extract<JournalEntry, { kind: 'revoke' }>;

/** In the order of gravity: of several ends under one lease the gravest counts. */
const KINDS = ['endedEarly', 'unclear', 'forgotten', 'revoked'] as const;

type Kind = (typeof KINDS)[number];

/**
 * One entry for each coordinator of whose leases any is known: those under which an owner key was held, for the end of
 * another one shows in nothing. A lease counts once, however many keys were held under it.
 */
export function leaseTotals(facts: readonly LeaseFact[], revokes: readonly Revoke[]): readonly LeaseTotals[] {
  const held = facts.filter(({ createRevision }) => createRevision !== undefined);
  return [...Map.groupBy(held, ({ coordinator }) => coordinator)]
    .sort(([a = ''], [b = '']) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([coordinator, own]) => {
      const leases = [...Map.groupBy(own, ({ lease }) => lease).values()];
      const ends = leases.map((keys) => gravest(keys.map((fact) => earlyEnd(fact, revokes))));
      const number = (kind: Kind): number => ends.filter((end) => end === kind).length;
      return {
        ...(coordinator !== undefined && { coordinator }),
        held: leases.length,
        endedEarly: number('endedEarly'),
        unclear: number('unclear'),
        forgotten: number('forgotten'),
        revoked: number('revoked'),
      };
    });
}

function gravest(ends: readonly (Kind | undefined)[]): Kind | undefined {
  return KINDS.find((kind) => ends.includes(kind));
}

/** How it ended before its time; undefined when it did not. */
function earlyEnd(fact: LeaseFact, revokes: readonly Revoke[]): Kind | undefined {
  const by = endOfLease(fact)?.by;
  if (by === undefined) return undefined;
  if (revokes.some((revoke) => mayHaveEnded(revoke, fact))) return 'revoked';
  if (by === 'not known') return 'unclear';
  return fact.wentBack === true ? 'forgotten' : 'endedEarly';
}

/** Also a request that failed may have come through. What was kept alive after all leases had been ended is none of them. */
function mayHaveEnded(
  { coordinator, lease, from, at }: Revoke,
  { lastSentNs, endedNs = -Infinity, ...fact }: LeaseFact,
): boolean {
  if (coordinator !== undefined && coordinator !== fact.coordinator) return false;
  return endedNs >= from && (lease === undefined ? lastSentNs <= at : lease === fact.lease);
}

/** `etcd 3.4.23`, with its version where the run has it; `no coordinator`. */
export function coordinatorLabel({ scenario, measured }: Pick<Run, 'scenario' | 'measured'>): string {
  const kind = coordinatorWords(coordinatorKindOf(scenario.cluster));
  const version = measured.versions['coordinator'];
  if (version === undefined) return kind;
  return version === 'virtual' ? `virtual ${kind}` : `${kind} ${version}`;
}

/** What is to be told of the leases of one coordinator. */
export interface LeaseWords {
  /** `etcd 3.4.23`, `etcd 3.4.23 of eu`. */
  readonly coordinator: string;
  /** `1 of 24 leases ended early by its own doing: kept alive, and revoked by nobody`. */
  readonly ownDoing: string;
  /** Other leases that ended before their time; empty when none did. */
  readonly others: string;
  readonly keptItsWord: boolean;
}

/** One entry for each coordinator of whose leases any is known. */
export function tellLeases(run: Pick<Run, 'scenario' | 'measured' | 'leases'>): readonly LeaseWords[] {
  return (run.leases ?? []).map(({ coordinator, held, endedEarly, unclear, forgotten, revoked }) => ({
    coordinator: `${coordinatorLabel(run)}${coordinator === undefined ? '' : ` of ${coordinator}`}`,
    ownDoing: `${grouped(endedEarly)} of ${counted(held, 'lease')} ended early by its own doing: kept alive, and revoked by nobody`,
    others: [
      ...(forgotten > 0 ? [`${grouped(forgotten)} forgotten when it was put back to an earlier state`] : []),
      ...(revoked > 0 ? [`${grouped(revoked)} revoked by a disturbance`] : []),
      ...(unclear > 0 ? [`${grouped(unclear)} ended early, by whom is not known`] : []),
    ].join('; '),
    keptItsWord: endedEarly === 0,
  }));
}
