/**
 * `recovers`: after the last heal each worker ID of the pool mints again within the promised time; from then on every
 * node either mints or says that it waits, and no request stays without an answer. Silence after the heal is a failure,
 * not an unknown.
 */
import type { Checker, SqlFacts } from '../core/checker.ts';
import { WITNESSES_MAX } from '../core/checker.ts';
import type { HealthFact, RecoverWindow } from '../core/history.ts';
import { REQUEST_STATUS } from '../core/history.ts';
import { seconds } from '../core/phrases.ts';
import { msToNs, type RunNs } from '../core/time.ts';
import type { Draft, WitnessDraft } from './shared/draft.ts';
import { concludeFromHistory, concludeFromStore, promiseOf } from './shared/draft.ts';

const NO_ANSWER = REQUEST_STATUS.indexOf('no answer');

/** What happened after the last heal. */
interface Recovery {
  /** When each worker ID of the pool first minted after it; undefined: never. */
  readonly firstMint: readonly (RunNs | undefined)[];
  /** Indexes of the nodes that minted between the deadline and the end of the load. */
  readonly minted: ReadonlySet<number>;
  readonly unanswered: number;
  /** The earliest of them: node and time of sending. */
  readonly firstUnanswered: readonly { readonly node: number; readonly sent: RunNs }[];
}

export default {
  judges: 'recovers',
  summary: 'looks who minted, who waited and who fell silent after the last heal',

  fold(history, promise) {
    const { withinMs } = promiseOf('recovers', promise);
    const { recover, batches, requests } = history;
    if (recover === undefined) return concludeFromHistory(history, NOTHING_LOOKED_AT);
    const deadline = recover.from + msToNs(withinMs);
    const firstMint: (RunNs | undefined)[] = Array.from({ length: recover.pool }, () => undefined);
    const minted = new Set<number>();
    for (let i = 0; i < batches.length; i++) {
      if (batches.count[i] === 0) continue;
      const returned = batches.returned[i]!;
      const worker = batches.workerId[i]!;
      if (worker >= 0 && worker < recover.pool && returned >= recover.from)
        firstMint[worker] = Math.min(firstMint[worker] ?? Infinity, returned);
      if (returned >= deadline && returned <= recover.to) minted.add(batches.node[i]!);
    }
    const unanswered: { node: number; sent: RunNs }[] = [];
    for (let i = 0; i < requests.length; i++)
      if (requests.status[i] === NO_ANSWER && requests.sent[i]! > deadline)
        unanswered.push({ node: requests.node[i]!, sent: requests.sent[i]! });
    unanswered.sort((a, b) => a.sent - b.sent || a.node - b.node);
    const recovery = { firstMint, minted, unanswered: unanswered.length, firstUnanswered: unanswered };
    return concludeFromHistory(history, draftOf(history, recover, withinMs, recovery));
  },

  async sql(store, facts, promise) {
    const { withinMs } = promiseOf('recovers', promise);
    const { recover } = facts;
    if (recover === undefined) return concludeFromStore(store, facts, NOTHING_LOOKED_AT);
    const { from, to, pool } = recover;
    const deadline = from + msToNs(withinMs);
    const workers = await store.rows<{ worker: number; first: string }>(
      `select worker, min(returned) as first from batches
       where count > 0 and returned >= ${from} and worker >= 0 and worker < ${pool} group by worker`,
    );
    const nodes = await store.rows<{ node: number }>(
      `select distinct node from batches where count > 0 and returned >= ${deadline} and returned <= ${to}`,
    );
    const late = `from requests where status = ${NO_ANSWER} and sent > ${deadline}`;
    const [counted] = await store.rows<{ unanswered: string }>(`select count() as unanswered ${late}`);
    const unanswered = await store.rows<{ node: number; sent: string }>(
      `select node, sent ${late} order by sent, node limit ${WITNESSES_MAX}`,
    );
    const firstOf = new Map(workers.map(({ worker, first }) => [worker, Number(first)]));
    return concludeFromStore(
      store,
      facts,
      draftOf(facts, recover, withinMs, {
        firstMint: Array.from({ length: pool }, (_, worker) => firstOf.get(worker)),
        minted: new Set(nodes.map(({ node }) => node)),
        unanswered: Number(counted?.unanswered ?? 0),
        firstUnanswered: unanswered.map(({ node, sent }) => ({ node, sent: Number(sent) })),
      }),
    );
  },
} satisfies Checker;

/** The run never came to its end. */
const NOTHING_LOOKED_AT: Draft = {
  guarantee: 'recovers',
  checked: 0,
  unit: 'worker IDs',
  violations: 0,
  outsideAssumptions: 0,
  undecided: 0,
  witnesses: [],
};

function draftOf(
  { nodes, health }: Pick<SqlFacts, 'nodes' | 'health'>,
  { from, to, pool }: RecoverWindow,
  withinMs: number,
  { firstMint, minted, unanswered, firstUnanswered }: Recovery,
): Draft {
  const deadline = from + msToNs(withinMs);
  const silent: WitnessDraft[] = [];
  let undecided = 0;
  firstMint.forEach((first, worker) => {
    if (first !== undefined && first <= deadline) return;
    // A load that ended before the deadline asked nobody then: whether the worker ID would have minted is not known.
    if (to < deadline) {
      undecided++;
      return;
    }
    const instead = first === undefined ? 'never did' : `did so only at ${seconds(first)}`;
    silent.push({
      what: `Worker ID ${worker} should have minted again by ${seconds(deadline)}, ${withinMs} ms after the last heal, and ${instead}.`,
      clues: [],
      at: deadline,
      worker,
    });
  });
  if (to >= deadline)
    nodes.forEach((node, index) => {
      if (minted.has(index)) return;
      const said = lastWordOf(health, node, to);
      if (said === 'waiting') return;
      silent.push({
        what: `${node} minted nothing from ${seconds(deadline)} to ${seconds(to)}, and it was not waiting for a worker ID: ${said}.`,
        clues: [],
        at: deadline,
      });
    });
  return {
    guarantee: 'recovers',
    // One worker ID whose return nobody waited for leaves the promise unjudged: the others do not vouch for it.
    checked: undecided > 0 ? 0 : pool,
    unit: 'worker IDs',
    violations: silent.length + unanswered,
    outsideAssumptions: 0,
    undecided,
    witnesses: [
      ...silent,
      ...firstUnanswered.slice(0, WITNESSES_MAX).map(({ node, sent }) => ({
        what: `A request to ${nodes[node]} sent at ${seconds(sent)} had no answer.`,
        clues: [],
        at: sent,
      })),
    ],
  };
}

/** What a node last said of itself before the load ended. */
function lastWordOf(health: readonly HealthFact[], node: string, to: RunNs): string {
  let last: HealthFact | undefined;
  for (const fact of health)
    if (fact.node === node && fact.at <= to && (last === undefined || fact.at >= last.at)) last = fact;
  if (last === undefined) return 'it was never asked';
  if (last.health === undefined) return 'it gave no answer';
  const { status, reason } = last.health;
  if (status === 'waiting') return 'waiting';
  return `it said "${status}${reason === undefined ? '' : `: ${reason}`}"`;
}
