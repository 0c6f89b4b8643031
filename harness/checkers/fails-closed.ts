/**
 * `fails-closed`: a call that refuses or fails leaves no ID behind, and no sentinel (0, or -1 in all bits) passes as one.
 */
import type { Checker, SqlFacts, SqlReader } from '../core/checker.ts';
import { WITNESSES_MAX } from '../core/finding.ts';
import type { IdReader } from '../core/id-words.ts';
import { idReader } from '../core/id-words.ts';
import { lanesOf } from '../core/lanes.ts';
import type { Layout } from '../core/layout.ts';
import { idBitsOf } from '../core/layout.ts';
import { lifeOf } from '../core/phrases.ts';
import { BATCH_FLAG } from '../core/tap.ts';
import type { Clue, Draft } from './shared/draft.ts';
import { concludeFromHistory, concludeFromStore, promiseOf } from './shared/draft.ts';
import { sqlId } from '../core/id-sql.ts';

/** A value that passes for an ID by mistake; all of its 32-bit words are the same. */
interface Sentinel {
  readonly id: string;
  readonly word: number;
}

function sentinelsOf(layout: Layout): readonly [zero: Sentinel, minusOne: Sentinel] {
  return [
    { id: '0', word: 0 },
    { id: String(BigInt.asUintN(idBitsOf(layout), -1n)), word: 0xffffffff },
  ];
}

/** A batch that should not be: told by its flags, or by its first sentinel. */
interface Failure {
  readonly called: number;
  readonly count: number;
  readonly flags: number;
  readonly clue: Clue;
}

export default {
  judges: 'fails-closed',
  summary: 'looks for IDs of calls that refused or failed, and for sentinels among IDs',

  fold(history, promise) {
    promiseOf('fails-closed', promise);
    const { batches } = history;
    const ids = idReader(history);
    const sentinels = sentinelsOf(history.layout);
    let checked = 0;
    let violations = 0;
    const failures: Failure[] = [];
    for (const { node, incarnation, lane, batches: members } of lanesOf(batches))
      for (const batch of members) {
        const count = batches.count[batch]!;
        const flags = batches.flags[batch]!;
        const clue = { node, incarnation, lane, seq: batches.firstSeq[batch]! };
        const called = batches.called[batch]!;
        checked += count;
        if (flags !== 0) {
          violations++;
          failures.push({ called, count, flags, clue });
        }
        for (const { id, word } of sentinels) {
          const times = timesIn(ids, batches.firstId[batch]!, count, word);
          violations += times;
          if (times > 0) failures.push({ called, count, flags: 0, clue: { ...clue, id, seek: true } });
        }
      }
    return concludeFromHistory(history, draftOf(history.nodes, checked, violations, failures));
  },

  async sql(store, facts, promise) {
    promiseOf('fails-closed', promise);
    const [counted] = await store.rows<{ checked: string; flagged: string }>(
      'select sum(count) as checked, countIf(flags != 0) as flagged from batches where count > 0',
    );
    const literals = sentinelsOf(facts.layout).map(({ id }) => sqlId(facts.layout, id));
    const [sentinels] = await store.rows<{ total: string }>(
      `select count() as total from ids where id in (${literals.join(', ')})`,
    );
    const violations = Number(counted?.flagged ?? 0) + Number(sentinels?.total ?? 0);
    const failures = violations === 0 ? [] : await readFailures(store, facts);
    return concludeFromStore(store, facts, draftOf(facts.nodes, Number(counted?.checked ?? 0), violations, failures));
  },
} satisfies Checker;

/** How often an ID of nothing but this word occurs among `count` IDs. */
function timesIn(ids: IdReader, first: number, count: number, word: number): number {
  let times = 0;
  for (let k = first; k < first + count; k++) if (ids.isAll(k, word)) times++;
  return times;
}

async function readFailures(store: SqlReader, { layout }: SqlFacts): Promise<Failure[]> {
  const [zero, minusOne] = sentinelsOf(layout);
  const earliest = async (condition: string, sentinel?: string): Promise<Failure[]> => {
    const rows = await store.rows<FailureRow>(
      `select node, incarnation, lane, first_seq, called, count, flags from batches where count > 0 and ${condition}
       order by called, node, lane, first_seq limit ${WITNESSES_MAX}`,
    );
    return rows.map(({ node, incarnation, lane, first_seq, called, count, flags }) => ({
      called: Number(called),
      count,
      flags: sentinel === undefined ? flags : 0,
      clue: {
        node,
        incarnation,
        lane,
        seq: Number(first_seq),
        ...(sentinel !== undefined && { id: sentinel, seek: true }),
      },
    }));
  };
  return [
    ...(await earliest('flags != 0')),
    ...(await earliest(`min_id = ${sqlId(layout, zero.id)}`, zero.id)),
    ...(await earliest(`max_id = ${sqlId(layout, minusOne.id)}`, minusOne.id)),
  ];
}

interface FailureRow extends Record<string, unknown> {
  readonly node: number;
  readonly incarnation: number;
  readonly lane: number;
  readonly first_seq: string;
  readonly called: string;
  readonly count: number;
  readonly flags: number;
}

function draftOf(nodes: readonly string[], checked: number, violations: number, failures: readonly Failure[]): Draft {
  const earliest = [...failures].sort(
    (a, b) =>
      a.called - b.called ||
      a.clue.node - b.clue.node ||
      a.clue.lane - b.clue.lane ||
      a.clue.seq - b.clue.seq ||
      b.flags - a.flags ||
      (a.clue.id ?? '').length - (b.clue.id ?? '').length,
  );
  return {
    guarantee: 'fails-closed',
    checked,
    unit: 'IDs',
    violations,
    outsideAssumptions: 0,
    undecided: 0,
    witnesses: earliest.slice(0, WITNESSES_MAX).map(({ clue, count, flags }) => {
      const life = lifeOf({ node: nodes[clue.node]!, incarnation: clue.incarnation });
      if (flags === 0) return { what: `${life} minted the sentinel ${clue.id}.`, clues: [clue] };
      return { what: `A call of ${life} ${failedBy(flags)}, and yet left ${count} IDs behind.`, clues: [clue] };
    }),
  };
}

function failedBy(flags: number): string {
  if ((flags & BATCH_FLAG.refused) !== 0) return 'reported a refusal';
  if ((flags & BATCH_FLAG.threw) !== 0) return 'threw an error';
  return 'returned something that is no count';
}
