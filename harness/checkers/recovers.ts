/**
 * `recovers`: after the last heal each worker ID of the pool mints again within the promised time; from then on each goes
 * on minting, every node either mints or says that it waits, and no request stays without an answer.
 *
 * That a worker ID minted in time does not prove that it lives: a cluster may mint once and be dead for good. Dead is a
 * worker ID that was silent from the promised time to the end of the load, or, if it minted after that time, for longer
 * than the promised time: so long a return may take, whatever took the worker ID away.
 *
 * Silence is a failure where somebody asked, and undecided where nobody did: a load that ended before the promised time,
 * or sent nothing after it, proves no silence. What the end of the load shows then still counts: a node that minted after
 * the heal and says that it would, or says that it waits, has recovered.
 */
import type { Checker, SqlFacts } from '../core/checker.ts';
import { WITNESSES_MAX } from '../core/checker.ts';
import type { HealthFact, RecoverWindow } from '../core/history.ts';
import { REQUEST_STATUS } from '../core/history.ts';
import { seconds } from '../core/phrases.ts';
import { msToNs, NS_PER_S, type RunNs } from '../core/time.ts';
import type { Draft, WitnessDraft } from './shared/draft.ts';
import { concludeFromHistory, concludeFromStore, promiseOf } from './shared/draft.ts';

const NO_ANSWER = REQUEST_STATUS.indexOf('no answer');
/**
 * How much of the load's end means something: within this long before it every request has to be answered, in a load
 * that ends before the promised time; less load than this after the promised time proves no silence.
 */
const END_NS = NS_PER_S;

/** What happened after the last heal. */
interface Recovery {
  /** When each worker ID of the pool first minted after it; undefined: never. */
  readonly firstMint: readonly (RunNs | undefined)[];
  /** The last time that it minted from then to the end of the load; `from`: it did not. */
  readonly silentSince: readonly RunNs[];
  /** Worker IDs of the pool that minted at any time of the run. */
  readonly everMinted: ReadonlySet<number>;
  /** When each node that minted between the heal and the end of the load last did so, by index. */
  readonly lastMint: ReadonlyMap<number, RunNs>;
  /** The first answer of each node, by index, to a request sent after the deadline; in time before the load ended. */
  readonly firstAnswer: ReadonlyMap<number, RunNs>;
  /** When the last such request was sent. */
  readonly lastAsked: ReadonlyMap<number, RunNs>;
  /** Requests without an answer since `lateFrom`. */
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
    const silentSince: RunNs[] = Array.from({ length: recover.pool }, () => recover.from);
    const everMinted = new Set<number>();
    const lastMint = new Map<number, RunNs>();
    for (let i = 0; i < batches.length; i++) {
      if (batches.count[i] === 0) continue;
      const returned = batches.returned[i]!;
      const worker = batches.workerId[i]!;
      const node = batches.node[i]!;
      if (worker >= 0 && worker < recover.pool) {
        everMinted.add(worker);
        if (returned >= recover.from) firstMint[worker] = Math.min(firstMint[worker] ?? Infinity, returned);
        if (returned <= recover.to) silentSince[worker] = Math.max(silentSince[worker]!, returned);
      }
      if (returned >= recover.from && returned <= recover.to)
        lastMint.set(node, Math.max(lastMint.get(node) ?? 0, returned));
    }
    const since = lateFrom(recover, deadline);
    const firstAnswer = new Map<number, RunNs>();
    const lastAsked = new Map<number, RunNs>();
    const unanswered: { node: number; sent: RunNs }[] = [];
    for (let i = 0; i < requests.length; i++) {
      const [node, sent, received] = [requests.node[i]!, requests.sent[i]!, requests.received[i]!];
      if (sent > deadline && received <= recover.to) {
        firstAnswer.set(node, Math.min(firstAnswer.get(node) ?? Infinity, received));
        lastAsked.set(node, Math.max(lastAsked.get(node) ?? 0, sent));
      }
      if (requests.status[i] === NO_ANSWER && sent > since) unanswered.push({ node, sent });
    }
    unanswered.sort((a, b) => a.sent - b.sent || a.node - b.node);
    return concludeFromHistory(
      history,
      draftOf(history, recover, withinMs, {
        firstMint,
        silentSince,
        everMinted,
        lastMint,
        firstAnswer,
        lastAsked,
        unanswered: unanswered.length,
        firstUnanswered: unanswered,
      }),
    );
  },

  async sql(store, facts, promise) {
    const { withinMs } = promiseOf('recovers', promise);
    const { recover } = facts;
    if (recover === undefined) return concludeFromStore(store, facts, NOTHING_LOOKED_AT);
    const { from, to, pool } = recover;
    const deadline = from + msToNs(withinMs);
    const workers = await store.rows<{ worker: number; after: string; first: string; last: string }>(
      `select worker, countIf(returned >= ${from}) as after, minIf(returned, returned >= ${from}) as first,
         maxIf(returned, returned <= ${to}) as last
       from batches where count > 0 and worker >= 0 and worker < ${pool} group by worker`,
    );
    const minting = await store.rows<{ node: number; last: string }>(
      `select node, max(returned) as last from batches
       where count > 0 and returned >= ${from} and returned <= ${to} group by node`,
    );
    const answering = await store.rows<{ node: number; first: string; last: string }>(
      `select node, min(received) as first, max(sent) as last from requests
       where sent > ${deadline} and received <= ${to} group by node`,
    );
    const late = `from requests where status = ${NO_ANSWER} and sent > ${lateFrom(recover, deadline)}`;
    const [counted] = await store.rows<{ unanswered: string }>(`select count() as unanswered ${late}`);
    const unanswered = await store.rows<{ node: number; sent: string }>(
      `select node, sent ${late} order by sent, node limit ${WITNESSES_MAX}`,
    );
    const firstOf = new Map(
      workers.filter(({ after }) => after !== '0').map(({ worker, first }) => [worker, Number(first)]),
    );
    const lastOf = new Map(workers.map(({ worker, last }) => [worker, Number(last)]));
    return concludeFromStore(
      store,
      facts,
      draftOf(facts, recover, withinMs, {
        firstMint: Array.from({ length: pool }, (_, worker) => firstOf.get(worker)),
        silentSince: Array.from({ length: pool }, (_, worker) => Math.max(from, lastOf.get(worker) ?? from)),
        everMinted: new Set(workers.map(({ worker }) => worker)),
        lastMint: new Map(minting.map(({ node, last }) => [node, Number(last)])),
        firstAnswer: new Map(answering.map(({ node, first }) => [node, Number(first)])),
        lastAsked: new Map(answering.map(({ node, last }) => [node, Number(last)])),
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

/** Requests sent after this have to be answered. */
function lateFrom({ from, to }: RecoverWindow, deadline: RunNs): RunNs {
  return to < deadline ? Math.max(from, to - END_NS) : deadline;
}

function draftOf(
  { nodes, health }: Pick<SqlFacts, 'nodes' | 'health'>,
  { from, to, pool }: RecoverWindow,
  withinMs: number,
  { firstMint, silentSince, everMinted, lastMint, firstAnswer, lastAsked, unanswered, firstUnanswered }: Recovery,
): Draft {
  const deadline = from + msToNs(withinMs);
  const early = to < deadline;
  const everHeld = new Set([...everMinted, ...health.map((fact) => fact.health?.workerId)]);

  /** Nodes that could mint under it from then on: those that held it or, where none did, that held no other. */
  const couldMint = (worker: number, at: RunNs): readonly number[] => {
    const held = nodes.map((node) => lastWordOf(health, node, at)?.health?.workerId);
    const everyNode = nodes.map((_, node) => node);
    const holders = everyNode.filter((node) => held[node] === worker);
    // A node holds one worker ID at a time, and the pool may be larger than what the nodes share.
    return holders.length > 0 ? holders : everyNode.filter((node) => (held[node] ?? pool) >= pool);
  };

  const silent: WitnessDraft[] = [];
  let undecided = early ? unanswered : 0;
  firstMint.forEach((first, worker) => {
    if (first !== undefined && first <= deadline) {
      const last = silentSince[worker]!;
      const since = Math.max(deadline, last);
      if (to < (last < deadline ? deadline + END_NS : last + Math.max(msToNs(withinMs), END_NS))) return;
      if (couldMint(worker, since).some((node) => (lastAsked.get(node) ?? since) > since))
        silent.push({
          what: `Worker ID ${worker} minted again after the last heal, but fell silent: from ${seconds(last)} to the end of the load at ${seconds(to)}.`,
          clues: [],
          at: since,
          worker,
        });
      else if (!nodes.some((node) => wouldMint(lastWordOf(health, node, to), worker))) undecided++;
      return;
    }
    // Somebody who could have minted under it was asked after the deadline, and it had not minted by the answer.
    const askedInVain = couldMint(worker, deadline).some(
      (node) => (firstAnswer.get(node) ?? Infinity) < (first ?? Infinity),
    );
    // What was never held cannot be held again.
    if (early || !everHeld.has(worker) || !askedInVain) {
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
  nodes.forEach((node, index) => {
    const minted = lastMint.get(index);
    if (minted !== undefined && minted >= deadline) return;
    const word = lastWordOf(health, node, to);
    const status = word?.health?.status;
    if (status === 'waiting') return;
    if (firstAnswer.has(index)) {
      silent.push({
        what: `${node} was asked and minted nothing from ${seconds(deadline)} to ${seconds(to)}, and it was not waiting for a worker ID: ${described(word)}.`,
        clues: [],
        at: deadline,
      });
      return;
    }
    if (minted === undefined || status !== 'minting') undecided++;
  });
  return {
    guarantee: 'recovers',
    // One return that nobody waited for leaves the promise unjudged: the others do not vouch for it.
    checked: undecided > 0 ? 0 : pool,
    unit: 'worker IDs',
    violations: silent.length + (early ? 0 : unanswered),
    outsideAssumptions: 0,
    undecided,
    witnesses: [
      ...silent,
      ...(early ? [] : firstUnanswered.slice(0, WITNESSES_MAX)).map(({ node, sent }) => ({
        what: `A request to ${nodes[node]} sent at ${seconds(sent)} had no answer.`,
        clues: [],
        at: sent,
      })),
    ],
  };
}

function wouldMint(word: HealthFact | undefined, worker: number): boolean {
  return word?.health?.status === 'minting' && word.health.workerId === worker;
}

/** What a node last said of itself by then. */
function lastWordOf(health: readonly HealthFact[], node: string, by: RunNs): HealthFact | undefined {
  let last: HealthFact | undefined;
  for (const fact of health)
    if (fact.node === node && fact.at <= by && (last === undefined || fact.at >= last.at)) last = fact;
  return last;
}

function described(word: HealthFact | undefined): string {
  if (word === undefined) return 'it was never asked how it is';
  if (word.health === undefined) return 'it gave no answer';
  const { status, reason } = word.health;
  return `it said "${status}${reason === undefined ? '' : `: ${reason}`}"`;
}
