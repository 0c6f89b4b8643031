/**
 * `owns-worker-id`: at no time do two holders mint under one worker ID, and none mints after its lease. Judged by acts:
 * what a node believes decides nothing.
 *
 * Two rules. (1) The certain interval of a tenure is [`returned` of its first batch with an ID, `called` of its last];
 * two of one worker ID that meet are a violation, whether or not an ID was minted twice; undecided where one of them has
 * no name and was interrupted, or where it is not known whose doing the end of a lease was. (2) A batch called after the
 * latest possible end of its lease is one by itself: the bound on reserved time may hide a missing fence from rule 1.
 */
import type { Checker, SqlFacts, SqlReader } from '../core/checker.ts';
import type { Tenure } from '../core/tenure.ts';
import { WITNESSES_MAX } from '../core/finding.ts';
import type { PromiseOf } from '../core/guarantee.ts';
import type { History, LeaseFact } from '../core/history.ts';
import { idReader } from '../core/id-words.ts';
import { endOfLease, leaseFinder, type LeaseEnd } from '../core/lease-ends.ts';
import { counted, lifeOf, seconds } from '../core/phrases.ts';
import { rollbackBetween, type Rollback } from '../core/rollback.ts';
import { coordinatorOf, inSuccession, tenureBatchesOf } from '../core/tenures.ts';
import type { RunNs } from '../core/time.ts';
import type { Clue, Draft, WitnessDraft } from './shared/draft.ts';
import { actsUnder } from './shared/forgotten.ts';
import { concludeFromHistory, concludeFromStore, promiseOf } from './shared/draft.ts';
import { extremesOf } from './shared/extremes.ts';
import { interruptedInHistory, interruptedInStore } from './shared/interruptions.ts';
import { readAfterIn, sqlReadAfter } from './shared/read-after.ts';

/** Beyond any moment of a run: the lease lives. */
const NEVER = Number.MAX_SAFE_INTEGER;

/** When each tenure ended: NEVER while it lives, undefined when nobody told. */
type EndFinder = (tenure: Pick<Tenure, 'coordinator' | 'lease' | 'createRevision'>) => LeaseEnd | undefined;

/** The batches of one tenure, held against the end of its lease. */
interface Holding {
  readonly tenure: Tenure;
  readonly batches: number;
  /** Called after the latest end, or straddling it with IDs whose clock was read after it. */
  readonly after: number;
  /** Called after an early end and no later than the latest. */
  readonly afterEarlyEnd: number;
  /** Called before the latest end and returned after it. */
  readonly straddling: number;
  readonly firstAfter?: Clue;
  readonly firstAfterEarlyEnd?: Clue;
}

export default {
  judges: 'owns-worker-id',
  summary: 'compares the certain intervals of tenures with one another, and batches with the end of their lease',

  fold(history, promise) {
    const owns = promiseOf('owns-worker-id', promise);
    const endOf = endFinder(history.leases);
    const holdings = holdingsOf(history, endOf);
    const interrupted = interruptedInHistory(history, tenuresIn(holdings));
    return concludeFromHistory(history, draftOf(owns, endOf, holdings, interrupted, history));
  },

  async sql(store, facts, promise) {
    const owns = promiseOf('owns-worker-id', promise);
    const endOf = endFinder(facts.leases);
    const holdings = await readHoldings(store, facts, endOf);
    const interrupted = await interruptedInStore(store, facts, tenuresIn(holdings));
    return concludeFromStore(store, facts, draftOf(owns, endOf, holdings, interrupted, facts));
  },
} satisfies Checker;

function tenuresIn(holdings: readonly Holding[]): readonly Tenure[] {
  return holdings.map(({ tenure }) => tenure);
}

function endFinder(leases: readonly LeaseFact[]): EndFinder {
  const factOf = leaseFinder(leases);
  return (tenure) => {
    const fact = factOf(tenure);
    return fact && (endOfLease(fact) ?? { latest: NEVER });
  };
}

function draftOf(
  promise: PromiseOf<'owns-worker-id'>,
  endOf: EndFinder,
  holdings: readonly Holding[],
  interrupted: ReadonlySet<Tenure>,
  { leases, rollbacks = [] }: Pick<SqlFacts, 'leases' | 'rollbacks'>,
): Draft {
  const actOf = actsUnder(leases);
  const assumesLeases = promise.assuming?.includes('coordinator keeps leases') === true;
  const excused: Excuse = (outside) => (outside && assumesLeases ? { outsideAssumptions: true } : {});
  /** Whose doing the early ends were without which the two need not have met. */
  const doers = (elder: Tenure, younger: Tenure): readonly LeaseEnd['by'][] => {
    // The younger was forgotten, and the elder lives again.
    const livesAgain = rollbackBetween(rollbacks, actOf(elder, elder.to), actOf(younger, younger.to)) !== undefined;
    return [elder, ...(livesAgain ? [younger] : [])].flatMap((holder) => onlyByEarlyEnd(holder, endOf(holder)));
  };
  const met = overlaps(tenuresIn(holdings), rollbacks).map(([elder, younger]) => ({
    elder,
    younger,
    by: doers(elder, younger),
  }));
  const pairs = met.filter(
    ({ elder, younger, by }) =>
      !interrupted.has(elder) &&
      !interrupted.has(younger) &&
      (!assumesLeases || by.length === 0 || by.includes('coordinator')),
  );
  const sum = (of: (holding: Holding) => number): number => holdings.reduce((total, holding) => total + of(holding), 0);
  // Where the promise does not rest on leases, whose doing an early end was makes no difference.
  const isDoubtful = ({ tenure }: Holding): boolean => assumesLeases && endOf(tenure)?.by === 'not known';
  const earlyEnds = sum((holding) => (isDoubtful(holding) ? 0 : holding.afterEarlyEnd));
  const doubtful = met.length - pairs.length + sum(({ afterEarlyEnd }) => afterEarlyEnd) - earlyEnds;
  const meetings: WitnessDraft[] = pairs.map(({ elder, younger, by }) => ({
    what: `${describe(elder)} and ${describe(younger)} both held worker ID ${elder.workerId}: ${lifeOf(elder)} from ${seconds(elder.from)} to ${seconds(elder.to)}, ${lifeOf(younger)} from ${seconds(younger.from)} to ${seconds(younger.to)}.`,
    clues: [],
    tenures: [elder, younger],
    at: Math.max(elder.from, younger.from),
    worker: elder.workerId,
    ...excused(by.includes('coordinator')),
  }));
  const late = holdings.flatMap((holding) => {
    const { firstAfterEarlyEnd: _firstAfterEarlyEnd, ...certain } = holding;
    return afterLease(isDoubtful(holding) ? certain : holding, endOf(holding.tenure), excused);
  });
  return {
    guarantee: 'owns-worker-id',
    byHolder: true,
    // What would break or excuse the promise is not known: the batches of others do not vouch for it.
    checked: doubtful > 0 ? 0 : sum(({ batches }) => batches),
    unit: 'batches',
    violations: pairs.length + sum(({ after }) => after) + earlyEnds,
    outsideAssumptions:
      meetings.filter(({ outsideAssumptions }) => outsideAssumptions).length + (assumesLeases ? earlyEnds : 0),
    undecided: doubtful + sum(({ straddling }) => straddling),
    // Two holders say more than one latecomer.
    witnesses: [...meetings, ...late.sort((a, b) => a.at! - b.at!)].slice(0, WITNESSES_MAX),
  };
}

function describe(tenure: Tenure): string {
  const { createRevision, coordinator } = tenure;
  if (createRevision === '0') return lifeOf(tenure);
  return `${lifeOf(tenure)} by revision ${createRevision}${coordinator === undefined ? '' : ` in ${coordinator}`}`;
}

/** Pairs of tenures of one worker ID that certainly minted at the same time, elder first, in order of time. */
function overlaps(tenures: readonly Tenure[], rollbacks: readonly Rollback[]): (readonly [Tenure, Tenure])[] {
  const pairs: (readonly [Tenure, Tenure])[] = [];
  for (const holders of Map.groupBy(tenures, ({ workerId }) => workerId).values()) {
    const inOrder = inSuccession(holders, rollbacks);
    inOrder.forEach((elder, i) => {
      for (const younger of inOrder.slice(i + 1))
        if (!sameTenure(elder, younger) && elder.from <= younger.to && younger.from <= elder.to)
          pairs.push([elder, younger]);
    });
  }
  return pairs.sort(
    ([a, b], [c, d]) =>
      Math.max(a.from, b.from) - Math.max(c.from, d.from) || a.workerId - c.workerId || a.from - c.from,
  );
}

/** One tenure may appear twice when its key was moved to another lease. */
function sameTenure(a: Tenure, b: Tenure): boolean {
  return a.node === b.node && a.incarnation === b.incarnation && a.createRevision === b.createRevision;
}

/**
 * The coordinator gave the worker ID away while the holder had its word, and the holder minted no longer than that: whose
 * doing that early end was.
 */
function onlyByEarlyEnd(holder: Tenure, end: LeaseEnd | undefined): readonly LeaseEnd['by'][] {
  return end?.early !== undefined && holder.to <= end.latest ? [end.by] : [];
}

type Excuse = (outside: boolean) => { readonly outsideAssumptions?: true };

/** At most one witness of each kind a tenure: its first batch. */
function afterLease(
  { tenure, after, afterEarlyEnd, firstAfter, firstAfterEarlyEnd }: Holding,
  end: LeaseEnd | undefined,
  excused: Excuse,
): WitnessDraft[] {
  if (end === undefined) return [];
  const common = { tenures: [tenure], worker: tenure.workerId };
  const late: WitnessDraft[] = [];
  if (firstAfter !== undefined)
    late.push({
      ...common,
      what: `${describe(tenure)} minted ${counted(after, 'batch', 'batches')} under worker ID ${tenure.workerId} after its lease, which had ended at ${seconds(end.latest)} at the latest.`,
      clues: [firstAfter],
      at: end.latest,
    });
  if (firstAfterEarlyEnd !== undefined && end.early !== undefined)
    late.push({
      ...common,
      what: `${describe(tenure)} minted ${counted(afterEarlyEnd, 'batch', 'batches')} under worker ID ${tenure.workerId} after ${seconds(end.early)}, when the coordinator had ended its lease, although its word held until ${seconds(end.latest)}.`,
      clues: [firstAfterEarlyEnd],
      at: end.early,
      ...excused(true),
    });
  return late;
}

function holdingsOf(history: History, endOf: EndFinder): readonly Holding[] {
  const columns = history.batches;
  const ids = idReader(history);
  const readAfter = readAfterIn(history);
  return tenureBatchesOf(history).map(({ tenure, batches }) => holdingOf(tenure, batches, endOf(tenure)));

  function holdingOf(tenure: Tenure, batches: readonly number[], end: LeaseEnd | undefined): Holding {
    // A lease of which nobody told the end: whether its batches came in time is not known.
    const unknownEnd = end === undefined && tenure.lease !== '0';
    if (end === undefined || end.latest === NEVER)
      return {
        tenure,
        batches: batches.length,
        after: 0,
        afterEarlyEnd: 0,
        straddling: unknownEnd ? batches.length : 0,
      };
    const after: number[] = [];
    const afterEarlyEnd: number[] = [];
    let straddling = 0;
    for (const batch of batches) {
      const called = columns.called[batch]!;
      if (called > end.latest) after.push(batch);
      else if (columns.returned[batch]! > end.latest && readAfter(batch, end.latest)) after.push(batch);
      else if (end.early !== undefined && called > end.early) afterEarlyEnd.push(batch);
      else if (columns.returned[batch]! > end.latest) straddling++;
    }
    return {
      tenure,
      batches: batches.length,
      after: after.length,
      afterEarlyEnd: afterEarlyEnd.length,
      straddling,
      ...firstClue('firstAfter', after),
      ...firstClue('firstAfterEarlyEnd', afterEarlyEnd),
    };
  }

  function firstClue(
    name: 'firstAfter' | 'firstAfterEarlyEnd',
    found: readonly number[],
  ): { [K in typeof name]?: Clue } {
    if (found.length === 0) return {};
    const batch = found.reduce((first, b) => (columns.called[b]! < columns.called[first]! ? b : first));
    const { greatest } = extremesOf(columns, ids, batch);
    const clue: Clue = {
      node: columns.node[batch]!,
      incarnation: columns.incarnation[batch]!,
      lane: columns.lane[batch]!,
      seq: columns.firstSeq[batch]! + greatest - columns.firstId[batch]!,
      id: String(ids.at(greatest)),
    };
    return { [name]: clue };
  }
}

interface HoldingRow extends Record<string, unknown> {
  readonly worker: number;
  readonly node: number;
  readonly incarnation: number;
  readonly lease: string;
  readonly create_revision: string;
  readonly since: string;
  readonly until: string;
  readonly checked: string;
  readonly after: string;
  readonly after_early_end: string;
  readonly straddling: string;
  readonly first_after: [number, string, string];
  readonly first_after_early_end: [number, string, string];
}

async function readHoldings(store: SqlReader, facts: SqlFacts, endOf: EndFinder): Promise<Holding[]> {
  const { nodes, coordinators } = facts;
  const { latest, early } = sqlEnds(facts);
  const first = (condition: string): string =>
    `argMinIf((lane, toString(first_seq), toString(max_id)), (called, lane, first_seq), ${condition})`;
  const rows = await store.rows<HoldingRow>(
    `select worker, node, incarnation, lease, create_revision, min(returned) as since, max(called) as until,
       count() as checked, countIf(is_after) as after, countIf(is_after_early) as after_early_end,
       countIf(is_straddling) as straddling, ${first('is_after')} as first_after,
       ${first('is_after_early')} as first_after_early_end
     from (
       select *, ${latest} as latest, ${early} as early,
         called > latest or (returned > latest and ${sqlReadAfter(facts, 'latest')}) as is_after,
         not is_after and called > early as is_after_early,
         not is_after and not is_after_early and returned > latest as is_straddling
       from batches where count > 0 and worker >= 0)
     group by worker, node, incarnation, lease, create_revision
     order by since, worker, node`,
  );
  return rows.map((row) => {
    const { node, incarnation } = row;
    const clue = (name: 'firstAfter' | 'firstAfterEarlyEnd', [lane, seq, id]: [number, string, string]) => ({
      [name]: { node, incarnation, lane, seq: Number(seq), id, seek: true },
    });
    const tenure: Tenure = {
      workerId: row.worker,
      node: nodes[node]!,
      ...coordinatorOf(nodes[node]!, coordinators),
      incarnation,
      lease: row.lease,
      createRevision: row.create_revision,
      from: Number(row.since),
      to: Number(row.until),
    };
    const batches = Number(row.checked);
    const unknownEnd = row.lease !== '0' && endOf(tenure) === undefined;
    return {
      tenure,
      batches,
      after: Number(row.after),
      afterEarlyEnd: Number(row.after_early_end),
      straddling: unknownEnd ? batches : Number(row.straddling),
      ...(row.after !== '0' && clue('firstAfter', row.first_after)),
      ...(row.after_early_end !== '0' && clue('firstAfterEarlyEnd', row.first_after_early_end)),
    };
  });
}

/**
 * `endFinder` as expressions of the columns `node`, `create_revision` and `lease`; a tenure that lives, or of which nothing
 * is known, never ends.
 */
function sqlEnds({ nodes, coordinators, leases }: SqlFacts): Ends {
  if (coordinators === undefined) return sqlEndsByOne(leases);
  const own = [...new Set(Object.values(coordinators))].map((name) => ({
    nodes: nodes.flatMap((node, index) => (coordinators[node] === name ? [index] : [])),
    ends: sqlEndsByOne(leases.filter(({ coordinator }) => coordinator === name)),
  }));
  const choose = (which: keyof Ends): string =>
    own.reduce(
      (others, { nodes: ofIt, ends }) =>
        ofIt.length === 0 ? others : `if(node in (${ofIt.join(', ')}), ${ends[which]}, ${others})`,
      `toInt64(${NEVER})`,
    );
  return { latest: choose('latest'), early: choose('early') };
}

interface Ends {
  readonly latest: string;
  readonly early: string;
}

/** By the word of one coordinator. */
function sqlEndsByOne(leases: readonly LeaseFact[]): Ends {
  const keyed = leases.filter(({ createRevision }) => createRevision !== undefined);
  const others = leases.filter(({ createRevision }) => createRevision === undefined);
  // The last of each revision; one that was given twice is told apart by its lease first.
  const last = [...new Map(keyed.map((fact) => [fact.createRevision, fact])).values()];
  const twice = keyed.filter((fact) => !last.includes(fact)).map(({ createRevision }) => createRevision);
  const told = keyed.filter(({ createRevision }) => twice.includes(createRevision));
  const number = (text: string): string => `toUInt64(${BigInt(text)})`;
  const lookUp = (of: (fact: LeaseFact) => RunNs): string => {
    const byLease = sqlTransform('lease', others, ({ lease }) => number(lease), of, `toInt64(${NEVER})`);
    const byRevision = sqlTransform('create_revision', last, (fact) => number(fact.createRevision!), of, byLease);
    return sqlTransform(
      `concat(toString(create_revision), ' ', toString(lease))`,
      told,
      ({ createRevision, lease }) => `'${BigInt(createRevision!)} ${BigInt(lease)}'`,
      of,
      byRevision,
    );
  };
  return {
    latest: lookUp((fact) => endOfLease(fact)?.latest ?? NEVER),
    early: lookUp((fact) => endOfLease(fact)?.early ?? NEVER),
  };
}

function sqlTransform(
  column: string,
  facts: readonly LeaseFact[],
  keyOf: (fact: LeaseFact) => string,
  valueOf: (fact: LeaseFact) => RunNs,
  otherwise: string,
): string {
  if (facts.length === 0) return otherwise;
  const keys = facts.map(keyOf).join(', ');
  const values = facts.map((fact) => `toInt64(${valueOf(fact)})`).join(', ');
  return `transform(${column}, [${keys}], [${values}], ${otherwise})`;
}
