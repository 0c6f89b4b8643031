/**
 * `recovers`: after the last heal each worker ID of the pool mints again within the promised time; from then on each goes
 * on minting, every node either mints or says that it waits, and no request stays without an answer. Where there is no
 * pool, each node takes the place of a worker ID.
 *
 * A clock that ran ahead may have used time that is still to come: what is minted may not go back behind it. So the
 * promised time counts from the later of the heal and the moment at which true time passes the latest that IDs of the
 * worker ID, or of the node, carry. A darkness that outlasts the load is undecided.
 *
 * That a worker ID minted in time does not prove that it lives: a cluster may mint once and be dead for good. Dead is a
 * worker ID that was silent from the promised time to the end of the load, or, if it minted after that time, for longer
 * than the promised time: so long a return may take, whatever took the worker ID away.
 *
 * What no client could get is no sign of life: the IDs of a call that failed. They show that their worker ID was held, and
 * use up time as all others do.
 *
 * Silence is a failure where somebody asked, and undecided where nobody did: a load that ended before the promised time,
 * or sent nothing after it, proves no silence. What the end of the load shows then still counts: a node that minted after
 * the heal and says that it would, or says that it waits, has recovered. A request whose answer may have come while the
 * harness stood still, or its machine starved the node, moments before or after, is undecided as well: that is nobody's
 * silence; nor does such time count as part of a longer one. Nor is it silence where a node minted for its clients, but
 * for most of those without an answer when they had gone (`shared/overloaded.ts`).
 */
import type { Checker, SqlFacts } from '../core/checker.ts';
import { WITNESSES_MAX } from '../core/finding.ts';
import type { HealthFact, RecoverWindow } from '../core/history.ts';
import { idReader } from '../core/id-words.ts';
import { seconds } from '../core/phrases.ts';
import { msToNs, NS_PER_S, type RunNs } from '../core/time.ts';
import type { Draft, WitnessDraft } from './shared/draft.ts';
import { concludeFromHistory, concludeFromStore, promiseOf } from './shared/draft.ts';
import { deafNs, sqlWasDeaf, wasDeaf } from './shared/deaf.ts';
import { extremesOf } from './shared/extremes.ts';
import { NO_ANSWER, overloadedIn, sqlOverloaded } from './shared/overloaded.ts';
import { sqlTick } from '../core/id-sql.ts';
import type { CountsFrom } from './shared/used-time.ts';
import { countsFrom, momentsOf, nodeCountsFrom } from './shared/used-time.ts';

/**
 * How much of the load's end means something: within this long before it every request has to be answered, in a load
 * that ends before the promised time; less load than this after the promised time proves no silence.
 */
const END_NS = NS_PER_S;

/** What happened after the last heal. */
interface Recovery {
  /** When each subject (worker ID of the pool or node) first minted for a client after it; undefined: never. */
  readonly firstMint: readonly (RunNs | undefined)[];
  /** The last time that it minted from then to the end of the load; `from`: it did not. */
  readonly silentSince: readonly RunNs[];
  /** Subjects that minted at any time of the run, be it in calls that failed. */
  readonly everMinted: ReadonlySet<number>;
  /** When each node that minted between the heal and the end of the load last did so, by index. */
  readonly lastMint: ReadonlyMap<number, RunNs>;
  readonly counts: CountsFrom;
  /** Of requests sent after a moment, which is one of those that promised time ends at, and answered in time. */
  readonly answersAfter: (deadline: RunNs) => Answers;
  /** Requests without an answer that were sent since `lateFrom`, and before the load ended. */
  readonly unanswered: number;
  /** Such requests that accuse nobody: the harness stood still, or their node waited for a CPU or was overloaded. */
  readonly unheard: number;
  /** The earliest of them: node and time of sending. */
  readonly firstUnanswered: readonly { readonly node: number; readonly sent: RunNs }[];
}

interface Answers {
  /** The first answer of each node, by index, to a request sent after the moment, before the load ended. */
  readonly firstAnswer: ReadonlyMap<number, RunNs>;
  /** When the last such request was sent. */
  readonly lastAsked: ReadonlyMap<number, RunNs>;
}

export default {
  judges: 'recovers',
  summary: 'looks who minted, who waited and who fell silent after the last heal',

  fold(history, promise) {
    const { withinMs } = promiseOf('recovers', promise);
    const { recover, batches, requests } = history;
    if (recover === undefined) return concludeFromHistory(history, NOTHING_LOOKED_AT);
    const deadline = recover.from + msToNs(withinMs);
    const subjects = subjectsOf(recover, history.nodes);
    const firstMint: (RunNs | undefined)[] = Array.from({ length: subjects }, () => undefined);
    const silentSince: RunNs[] = Array.from({ length: subjects }, () => recover.from);
    const ids = idReader(history);
    const [usedByWorker, usedByNode] = [new Map<number, number>(), new Map<number, number>()];
    const everMinted = new Set<number>();
    const lastMint = new Map<number, RunNs>();
    for (let i = 0; i < batches.length; i++) {
      if (batches.count[i] === 0) continue;
      const returned = batches.returned[i]!;
      const failed = batches.flags[i] !== 0;
      const node = batches.node[i]!;
      const subject = recover.pool === undefined ? node : batches.workerId[i]!;
      const tick = batches.called[i]! < recover.from ? ids.tick(extremesOf(batches, ids, i).greatest) : Infinity;
      // What does not fit the field is no time that anybody could have used up.
      if (tick < 2 ** history.layout.timeBits) {
        const worker = batches.workerId[i]!;
        usedByWorker.set(worker, Math.max(usedByWorker.get(worker) ?? 0, tick));
        usedByNode.set(node, Math.max(usedByNode.get(node) ?? 0, tick));
      }
      if (subject >= 0 && subject < subjects) {
        everMinted.add(subject);
        if (failed) continue;
        if (returned >= recover.from) firstMint[subject] = Math.min(firstMint[subject] ?? Infinity, returned);
        if (returned <= recover.to) silentSince[subject] = Math.max(silentSince[subject]!, returned);
      }
      if (!failed && returned >= recover.from && returned <= recover.to)
        lastMint.set(node, Math.max(lastMint.get(node) ?? 0, returned));
    }
    const since = lateFrom(recover, deadline);
    const answersAfter = (moment: RunNs): Answers => {
      const firstAnswer = new Map<number, RunNs>();
      const lastAsked = new Map<number, RunNs>();
      for (let i = 0; i < requests.length; i++) {
        if (requests.sent[i]! <= moment || requests.received[i]! > recover.to) continue;
        const [node, sent, received] = [requests.node[i]!, requests.sent[i]!, requests.received[i]!];
        firstAnswer.set(node, Math.min(firstAnswer.get(node) ?? Infinity, received));
        lastAsked.set(node, Math.max(lastAsked.get(node) ?? 0, sent));
      }
      return { firstAnswer, lastAsked };
    };
    const unanswered: { node: number; sent: RunNs }[] = [];
    const overloaded = overloadedIn(history, recover, since);
    let unheard = 0;
    for (let i = 0; i < requests.length; i++) {
      if (requests.status[i] !== NO_ANSWER || requests.sent[i]! <= since || requests.sent[i]! > recover.to) continue;
      const [node, sent] = [requests.node[i]!, requests.sent[i]!];
      if (overloaded.has(node) || wasDeaf(recover, history.nodes[node]!, sent, requests.received[i]!)) unheard++;
      else unanswered.push({ node, sent });
    }
    unanswered.sort((a, b) => a.sent - b.sent || a.node - b.node);
    return concludeFromHistory(
      history,
      draftOf(history, recover, withinMs, {
        firstMint,
        silentSince,
        everMinted,
        lastMint,
        counts: countsFrom(history, recover, { worker: usedByWorker, node: usedByNode }),
        answersAfter: remembered(answersAfter),
        unanswered: unanswered.length,
        unheard,
        firstUnanswered: unanswered,
      }),
    );
  },

  async sql(store, facts, promise) {
    const { withinMs } = promiseOf('recovers', promise);
    const { recover } = facts;
    if (recover === undefined) return concludeFromStore(store, facts, NOTHING_LOOKED_AT);
    const { from, to } = recover;
    const deadline = from + msToNs(withinMs);
    const subjects = subjectsOf(recover, facts.nodes);
    const subject = recover.pool === undefined ? 'node' : 'worker';
    const rows = await store.rows<{ subject: number; after: string; first: string; last: string }>(
      `select ${subject} as subject, countIf(flags = 0 and returned >= ${from}) as after,
         minIf(returned, flags = 0 and returned >= ${from}) as first,
         maxIf(returned, flags = 0 and returned <= ${to}) as last
       from batches where count > 0 and ${subject} >= 0 and ${subject} < ${subjects} group by subject`,
    );
    const minting = await store.rows<{ node: number; last: string }>(
      `select node, max(returned) as last from batches
       where count > 0 and flags = 0 and returned >= ${from} and returned <= ${to} group by node`,
    );
    const tick = sqlTick(facts.layout, 'max_id');
    const usedBy = async (whom: 'worker' | 'node'): Promise<ReadonlyMap<number, number>> => {
      const found = await store.rows<{ who: number; tick: string }>(
        `select ${whom} as who, toString(max(${tick})) as tick from batches
         where count > 0 and called < ${from} and ${tick} < ${2 ** facts.layout.timeBits} group by who`,
      );
      return new Map(found.map(({ who, tick }) => [who, Number(tick)]));
    };
    const counts = countsFrom(facts, recover, { worker: await usedBy('worker'), node: await usedBy('node') });
    const answers = new Map<RunNs, Answers>();
    for (const moment of momentsOf(facts, recover, counts, withinMs)) {
      const answering = await store.rows<{ node: number; first: string; last: string }>(
        `select node, min(received) as first, max(sent) as last from requests
         where sent > ${moment} and received <= ${to} group by node`,
      );
      answers.set(moment, {
        firstAnswer: new Map(answering.map(({ node, first }) => [node, Number(first)])),
        lastAsked: new Map(answering.map(({ node, last }) => [node, Number(last)])),
      });
    }
    const since = lateFrom(recover, deadline);
    const late = `from requests where status = ${NO_ANSWER} and sent > ${since} and sent <= ${to}`;
    const deaf = `(${sqlWasDeaf(recover, facts.nodes)} or node in (${sqlOverloaded(recover, since)}))`;
    const [counted] = await store.rows<{ unanswered: string; unheard: string }>(
      `select countIf(not ${deaf}) as unanswered, countIf(${deaf}) as unheard ${late}`,
    );
    const unanswered = await store.rows<{ node: number; sent: string }>(
      `select node, sent ${late} and not ${deaf} order by sent, node limit ${WITNESSES_MAX}`,
    );
    const firstOf = new Map(
      rows.filter(({ after }) => after !== '0').map(({ subject, first }) => [subject, Number(first)]),
    );
    const lastOf = new Map(rows.map(({ subject, last }) => [subject, Number(last)]));
    return concludeFromStore(
      store,
      facts,
      draftOf(facts, recover, withinMs, {
        firstMint: Array.from({ length: subjects }, (_, subject) => firstOf.get(subject)),
        silentSince: Array.from({ length: subjects }, (_, subject) => Math.max(from, lastOf.get(subject) ?? from)),
        everMinted: new Set(rows.map(({ subject }) => subject)),
        lastMint: new Map(minting.map(({ node, last }) => [node, Number(last)])),
        counts,
        answersAfter: (moment) => answers.get(moment)!,
        unanswered: Number(counted?.unanswered ?? 0),
        unheard: Number(counted?.unheard ?? 0),
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

function remembered<Result>(find: (moment: RunNs) => Result): (moment: RunNs) => Result {
  const found = new Map<RunNs, Result>();
  return (moment) => {
    const known = found.get(moment);
    if (known !== undefined) return known;
    const result = find(moment);
    found.set(moment, result);
    return result;
  };
}

/** Requests sent after this have to be answered. */
function lateFrom({ from, to }: RecoverWindow, deadline: RunNs): RunNs {
  return to < deadline ? Math.max(from, to - END_NS) : deadline;
}

/** How many must each mint again. */
function subjectsOf({ pool }: RecoverWindow, nodes: readonly string[]): number {
  return pool ?? nodes.length;
}

/** What a subject of `recovers` is called, who can mint for it, and whether it was ever able to. */
interface Subjects {
  readonly unit: 'worker IDs' | 'nodes';
  name(subject: number): string;
  /** Nodes, by index, that could mint for it from then on. */
  couldMint(subject: number, at: RunNs): readonly number[];
  /** Whether a node said by word or deed that it held what the subject needs. */
  everHeld(subject: number): boolean;
  /** Whether this word says that it would mint for it. */
  wouldMint(subject: number, word: HealthFact | undefined): boolean;
}

function workerIds(nodes: readonly string[], health: readonly HealthFact[], pool: number): Subjects {
  const said = new Set(health.map((fact) => fact.health?.workerId));
  return {
    unit: 'worker IDs',
    name: (worker) => `Worker ID ${worker}`,
    /** Those that held it or, where none did, that held no other. */
    couldMint: (worker, at) => {
      const held = nodes.map((node) => lastWordOf(health, node, at)?.health?.workerId);
      const everyNode = nodes.map((_, node) => node);
      const holders = everyNode.filter((node) => held[node] === worker);
      // A node holds one worker ID at a time, and the pool may be larger than what the nodes share.
      return holders.length > 0 ? holders : everyNode.filter((node) => (held[node] ?? pool) >= pool);
    },
    everHeld: (worker) => said.has(worker),
    wouldMint: (worker, word) => word?.health?.status === 'minting' && word.health.workerId === worker,
  };
}

function nodesThemselves(nodes: readonly string[], health: readonly HealthFact[]): Subjects {
  const held = new Set(
    health.filter((fact) => fact.health !== undefined && fact.health.status !== 'waiting').map(({ node }) => node),
  );
  return {
    unit: 'nodes',
    name: (node) => nodes[node]!,
    couldMint: (node) => [node],
    everHeld: (node) => held.has(nodes[node]!),
    wouldMint: (node, word) => word?.node === nodes[node] && word?.health?.status === 'minting',
  };
}

function draftOf(
  { nodes, health }: Pick<SqlFacts, 'nodes' | 'health'>,
  recover: RecoverWindow,
  withinMs: number,
  {
    firstMint,
    silentSince,
    everMinted,
    lastMint,
    counts,
    answersAfter,
    unanswered,
    unheard,
    firstUnanswered,
  }: Recovery,
): Draft {
  const { from, to, pool } = recover;
  // A request has to be answered, if only by a refusal, whatever the clock.
  const early = to < from + msToNs(withinMs);
  const subjects = pool === undefined ? nodesThemselves(nodes, health) : workerIds(nodes, health, pool);
  const named = (subject: number): { readonly worker?: number } => (pool === undefined ? {} : { worker: subject });

  const deaf = (whom: readonly number[], since: RunNs, until: RunNs): number => {
    const names = whom.map((node) => nodes[node]!);
    return deafNs(recover, since, until, names);
  };

  const silent: WitnessDraft[] = [];
  let undecided = unheard + (early ? unanswered : 0);
  firstMint.forEach((first, subject) => {
    const countedFrom = pool === undefined ? counts.node(subject) : counts.worker(subject);
    const deadline = countedFrom + msToNs(withinMs);
    const { firstAnswer, lastAsked } = answersAfter(deadline);
    if (first !== undefined && first <= deadline) {
      const last = silentSince[subject]!;
      if (to - last < END_NS) return;
      const since = Math.max(deadline, last);
      const mayLast = last < deadline ? END_NS : Math.max(msToNs(withinMs), END_NS);
      const holders = subjects.couldMint(subject, since);
      const wasAsked = holders.some((node) => (lastAsked.get(node) ?? since) > since);
      const isSilent = wasAsked && to - since >= mayLast;
      if (isSilent && to - since - deaf(holders, since, to) >= mayLast)
        silent.push({
          what: `${subjects.name(subject)} minted again after the last heal, but fell silent: from ${seconds(last)} to the end of the load at ${seconds(to)}.`,
          clues: [],
          at: since,
          ...named(subject),
        });
      else if (isSilent || !nodes.some((node) => subjects.wouldMint(subject, lastWordOf(health, node, to))))
        undecided++;
      return;
    }
    // Somebody who could have minted under it was asked after the deadline, and it had not minted by the answer.
    const askedInVain = subjects
      .couldMint(subject, deadline)
      .some((node) => (firstAnswer.get(node) ?? Infinity) < (first ?? Infinity));
    // What was never held cannot be held again.
    const until = first ?? to;
    const isLate = until - deadline > deaf(subjects.couldMint(subject, countedFrom), countedFrom, until);
    if (!isLate || !(everMinted.has(subject) || subjects.everHeld(subject)) || !askedInVain) {
      undecided++;
      return;
    }
    const instead = first === undefined ? 'never did' : `did so only at ${seconds(first)}`;
    silent.push({
      what: `${subjects.name(subject)} should have minted again by ${seconds(deadline)}, ${withinMs} ms after ${countedFrom > from ? 'time passed what it had used' : 'the last heal'}, and ${instead}.`,
      clues: [],
      at: deadline,
      ...named(subject),
    });
  });
  // Where each node has to mint, its silence has been told already.
  if (pool !== undefined)
    nodes.forEach((node, index) => {
      const countedFrom = nodeCountsFrom({ nodes, health }, recover, counts, index);
      const deadline = countedFrom + msToNs(withinMs);
      const { firstAnswer } = answersAfter(deadline);
      const minted = lastMint.get(index);
      if (minted !== undefined && minted >= deadline) return;
      const word = lastWordOf(health, node, to);
      const status = word?.health?.status;
      if (status === 'waiting') return;
      const wasAsked = firstAnswer.has(index);
      if (wasAsked && to - deadline > deafNs(recover, countedFrom, to, [node])) {
        silent.push({
          what: `${node} was asked and minted nothing for a client from ${seconds(deadline)} to ${seconds(to)}, and it was not waiting for a worker ID: ${described(word)}.`,
          clues: [],
          at: deadline,
        });
        return;
      }
      if (wasAsked || minted === undefined || status !== 'minting') undecided++;
    });
  return {
    guarantee: 'recovers',
    // Whether a node mints, its own taps tell.
    ...(pool !== undefined && { byHolder: true }),
    // One return that nobody waited for leaves the promise unjudged: the others do not vouch for it.
    checked: undecided > 0 ? 0 : firstMint.length,
    unit: subjects.unit,
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
