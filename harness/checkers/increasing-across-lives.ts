/**
 * `increasing-across-lives`: whatever a later holder of a worker ID (scope `worker-id`), or a later life of a node
 * (scope `node`), mints exceeds all that came before. Compared by the IDs themselves, tenure by tenure.
 *
 * The lowest ID of the later one counts, not its first: a holder that waits for its predecessor's bound once and does
 * not check it again mints a good first ID and then, its clock stepped back, bad ones.
 */
import type { Checker, SqlFacts, SqlReader } from '../core/checker.ts';
import type { Tenure } from '../core/tenure.ts';
import { WITNESSES_MAX } from '../core/finding.ts';
import type { History, LeaseFact } from '../core/history.ts';
import { idReader } from '../core/id-words.ts';
import { lanesOf } from '../core/lanes.ts';
import { lifeOf } from '../core/phrases.ts';
import { rollbackBetween, type Rollback } from '../core/rollback.ts';
import { coordinatorOf, inSuccession, tenureBatchesOf } from '../core/tenures.ts';
import type { Clue, Draft } from './shared/draft.ts';
import { concludeFromHistory, concludeFromStore, promiseOf } from './shared/draft.ts';
import { actsUnder, excusing } from './shared/forgotten.ts';
import { extremesOf } from './shared/extremes.ts';
import { interruptedInHistory, interruptedInStore } from './shared/interruptions.ts';

/** One tenure of a worker ID or one life of a node, with its lowest and greatest ID. */
interface Reign {
  readonly node: number;
  readonly incarnation: number;
  /** Scope `worker-id` only. */
  readonly tenure?: Tenure;
  readonly lowest: FoundId;
  readonly greatest: FoundId;
}

interface Pair {
  readonly earlier: Reign;
  readonly later: Reign;
}

/** Whether the earlier one is forgotten, or lives again, without the later one's knowledge. */
type IsForgotten = (pair: Pair) => boolean;

type FoundId = Clue & { readonly id: string };
type TenureReign = Reign & { readonly tenure: Tenure };

type Scope = 'worker-id' | 'node';

export default {
  judges: 'increasing-across-lives',
  summary: 'compares the lowest ID of each holder with the greatest of all before it',

  fold(history, promise) {
    const { scope } = promiseOf('increasing-across-lives', promise);
    const reigns = reignsOf(history, scope);
    const interrupted = interruptedInHistory(history, tenuresIn(reigns));
    const isForgotten = forgetting(excusing(promise, history.rollbacks), history.leases);
    return concludeFromHistory(
      history,
      draftOf(history.nodes, scope, reigns, interrupted, history.rollbacks ?? [], isForgotten),
    );
  },

  async sql(store, facts, promise) {
    const { scope } = promiseOf('increasing-across-lives', promise);
    const reigns = await readReigns(store, facts, scope);
    const interrupted = await interruptedInStore(store, facts, tenuresIn(reigns));
    const isForgotten = forgetting(excusing(promise, facts.rollbacks), facts.leases);
    return concludeFromStore(
      store,
      facts,
      draftOf(facts.nodes, scope, reigns, interrupted, facts.rollbacks ?? [], isForgotten),
    );
  },
} satisfies Checker;

/** None in scope `node`: lives follow one another whatever they hold. */
function tenuresIn(reigns: readonly Reign[]): readonly Tenure[] {
  return reigns.flatMap(({ tenure }) => tenure ?? []);
}

function draftOf(
  nodes: readonly string[],
  scope: Scope,
  reigns: readonly Reign[],
  interrupted: ReadonlySet<Tenure>,
  rollbacks: readonly Rollback[],
  isForgotten: IsForgotten,
): Draft {
  const broken: (Pair & { readonly outside: boolean })[] = [];
  let undecided = 0;
  for (const succession of successions(scope, reigns, rollbacks)) {
    let highest: Reign | undefined;
    /** Those of which it is told when they reigned. */
    const told: Reign[] = [];
    for (const reign of succession) {
      const isTold = reign.tenure === undefined || !interrupted.has(reign.tenure);
      const ahead = isTold ? told.filter((earlier) => isBehind(reign, earlier)) : [];
      // Behind one that it could know of, whatever it is behind besides.
      const known = ahead.filter((earlier) => !isForgotten({ earlier, later: reign }));
      const earlier = (known.length > 0 ? known : ahead).reduce<Reign | undefined>(higher, undefined);
      if (earlier !== undefined) broken.push({ earlier, later: reign, outside: known.length === 0 });
      else if (isBehind(reign, highest)) undecided++;
      highest = higher(highest, reign);
      if (isTold) told.push(reign);
    }
  }
  const life = ({ node, incarnation }: Reign): string => lifeOf({ node: nodes[node]!, incarnation });
  return {
    guarantee: 'increasing-across-lives',
    scope,
    ...(scope === 'worker-id' && { byHolder: true }),
    // An order that is not told leaves the promise unjudged: the others do not vouch for it.
    checked: undecided > 0 ? 0 : reigns.length,
    unit: scope === 'node' ? 'lives' : 'tenures',
    violations: broken.length,
    outsideAssumptions: broken.filter(({ outside }) => outside).length,
    undecided,
    // What fails before what is excused: only so many are kept.
    witnesses: [...broken.filter(({ outside }) => !outside), ...broken.filter(({ outside }) => outside)]
      .slice(0, WITNESSES_MAX)
      .map(({ earlier, later, outside }) => {
        const under = later.tenure === undefined ? '' : ` under worker ID ${later.tenure.workerId}`;
        return {
          what: `${life(later)} minted ${later.lowest.id}${under}, although ${life(earlier)} before it had minted ${earlier.greatest.id}.`,
          clues: [earlier.greatest, later.lowest],
          ...(earlier.tenure &&
            later.tenure && { tenures: [earlier.tenure, later.tenure], worker: later.tenure.workerId }),
          ...(outside && { outsideAssumptions: true as const }),
        };
      }),
  };
}

/** By tenures: a node's own earlier life is nothing that a coordinator makes it forget. Each is as late as its last call. */
function forgetting(rollbacks: readonly Rollback[], leases: readonly LeaseFact[]): IsForgotten {
  const actOf = actsUnder(leases);
  return ({ earlier: { tenure: one }, later: { tenure: other } }) =>
    one !== undefined &&
    other !== undefined &&
    rollbackBetween(rollbacks, actOf(one, one.to), actOf(other, other.to)) !== undefined;
}

function isBehind(reign: Reign, earlier: Reign | undefined): earlier is Reign {
  return earlier !== undefined && BigInt(reign.lowest.id) <= BigInt(earlier.greatest.id);
}

/** Of equals, the earlier. */
function higher(earlier: Reign | undefined, reign: Reign): Reign {
  return earlier === undefined || BigInt(reign.greatest.id) > BigInt(earlier.greatest.id) ? reign : earlier;
}

/** Reigns of each worker ID, or of each node, in the order in which they followed one another. */
function successions(scope: Scope, reigns: readonly Reign[], rollbacks: readonly Rollback[]): Reign[][] {
  if (scope === 'node')
    return [...Map.groupBy(reigns, ({ node }) => node).values()].map((lives) =>
      lives.sort((a, b) => a.incarnation - b.incarnation),
    );
  const reignOf = new Map(reigns.map((reign) => [reign.tenure!, reign]));
  return [...Map.groupBy(reignOf.keys(), ({ workerId }) => workerId)]
    .sort(([a], [b]) => a - b)
    .map(([, tenures]) => inSuccession(tenures, rollbacks).map((tenure) => reignOf.get(tenure)!));
}

function reignsOf(history: History, scope: Scope): Reign[] {
  if (scope === 'worker-id')
    return whateverTheLease(
      tenureBatchesOf(history).map(({ tenure, batches }) => ({ tenure, ...reignOf(history, batches) })),
    );
  return [...Map.groupBy(lanesOf(history.batches), ({ node, incarnation }) => `${node}-${incarnation}`).values()].map(
    (lanes) =>
      reignOf(
        history,
        lanes.flatMap(({ batches }) => batches),
      ),
  );
}

/** One owner key is one reign: a key that is put under another lease has no other holder. */
function whateverTheLease(reigns: readonly TenureReign[]): Reign[] {
  const keyOf = ({ tenure: { workerId, node, incarnation, lease, createRevision } }: TenureReign): string =>
    [workerId, node, incarnation, createRevision, createRevision === '0' ? lease : ''].join(' ');
  return [...Map.groupBy(reigns, keyOf).values()].map(joined);
}

function joined(parts: readonly TenureReign[]): Reign {
  const tenures = inSuccession(parts.map(({ tenure }) => tenure));
  const { node, incarnation } = parts[0]!;
  return {
    node,
    incarnation,
    tenure: { ...tenures[0]!, to: Math.max(...tenures.map(({ to }) => to)) },
    lowest: parts.map(({ lowest }) => lowest).sort((a, b) => byId(a, b) || byPosition(a, b))[0]!,
    greatest: parts.map(({ greatest }) => greatest).sort((a, b) => byId(b, a) || byPosition(a, b))[0]!,
  };
}

function byId(a: FoundId, b: FoundId): number {
  const difference = BigInt(a.id) - BigInt(b.id);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

function byPosition(a: FoundId, b: FoundId): number {
  return a.lane - b.lane || a.seq - b.seq;
}

/** Batches come lane by lane in order of sequence numbers; of equal IDs the first counts. */
function reignOf(history: History, batches: readonly number[]): Omit<Reign, 'tenure'> {
  const columns = history.batches;
  const ids = idReader(history);
  let lowest: { readonly batch: number; readonly index: number } | undefined;
  let greatest: { readonly batch: number; readonly index: number } | undefined;
  for (const batch of batches) {
    const extremes = extremesOf(columns, ids, batch);
    if (lowest === undefined || ids.isGreater(lowest.index, extremes.lowest))
      lowest = { batch, index: extremes.lowest };
    if (greatest === undefined || ids.isGreater(extremes.greatest, greatest.index))
      greatest = { batch, index: extremes.greatest };
  }
  const node = columns.node[batches[0]!]!;
  const incarnation = columns.incarnation[batches[0]!]!;
  const clue = ({ batch, index }: { readonly batch: number; readonly index: number }) => ({
    node,
    incarnation,
    lane: columns.lane[batch]!,
    seq: columns.firstSeq[batch]! + index - columns.firstId[batch]!,
    id: String(ids.at(index)),
  });
  return { node, incarnation, lowest: clue(lowest!), greatest: clue(greatest!) };
}

interface ReignRow extends Record<string, unknown> {
  readonly node: number;
  readonly incarnation: number;
  readonly lowest: [string, number, string];
  readonly greatest: [string, number, string];
  readonly worker?: number;
  readonly lease?: string;
  readonly create_revision?: string;
  readonly since?: string;
  readonly until?: string;
}

async function readReigns(store: SqlReader, { nodes, coordinators }: SqlFacts, scope: Scope): Promise<Reign[]> {
  // Of equal greatest IDs the first batch counts: negated, so that one comparison of tuples finds it.
  const extremes = `argMin((toString(min_id), lane, toString(first_seq)), (min_id, lane, first_seq)) as lowest,
    argMax((toString(max_id), lane, toString(first_seq)), (max_id, -toInt64(lane), -toInt64(first_seq))) as greatest`;
  const rows = await store.rows<ReignRow>(
    scope === 'node'
      ? `select node, incarnation, ${extremes} from batches where count > 0 group by node, incarnation
         order by node, incarnation`
      : `select worker, node, incarnation, lease, create_revision, min(returned) as since, max(called) as until, ${extremes}
         from batches where count > 0 and worker >= 0 group by worker, node, incarnation, lease, create_revision`,
  );
  const reigns = rows.map((row): Reign => {
    const { node, incarnation } = row;
    const clue = ([id, lane, firstSeq]: [string, number, string]) => ({
      node,
      incarnation,
      lane,
      seq: Number(firstSeq),
      id,
      seek: true,
    });
    return { node, incarnation, lowest: clue(row.lowest), greatest: clue(row.greatest) };
  });
  if (scope === 'node') return reigns;
  return whateverTheLease(
    rows.map((row, i) => {
      const tenure: Tenure = {
        workerId: row.worker!,
        node: nodes[row.node]!,
        ...coordinatorOf(nodes[row.node]!, coordinators),
        incarnation: row.incarnation,
        lease: row.lease!,
        createRevision: row.create_revision!,
        from: Number(row.since),
        to: Number(row.until),
      };
      return { ...reigns[i]!, tenure };
    }),
  );
}
