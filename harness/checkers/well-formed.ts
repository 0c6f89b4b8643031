/**
 * `well-formed`: the sign bit is clear, the time is neither zero nor over its range, and the worker ID inside is the one
 * that the node held when it minted.
 */
import type { Checker } from '../core/checker.ts';
import { WITNESSES_MAX } from '../core/checker.ts';
import { fieldReader, wordsOf } from '../core/id-words.ts';
import { lanesOf } from '../core/lanes.ts';
import type { Layout } from '../core/layout.ts';
import { decodeId } from '../core/layout.ts';
import { lifeOf } from '../core/phrases.ts';
import type { Clue, Draft } from './shared/draft.ts';
import { concludeFromHistory, concludeFromStore, promiseOf } from './shared/draft.ts';
import { sqlTick, sqlWorker } from './shared/sql.ts';

interface Malformed {
  readonly held: number;
  readonly clue: Clue & { readonly id: string };
}

export default {
  judges: 'well-formed',
  summary: 'looks at the fields of every ID',

  fold(history, promise) {
    promiseOf('well-formed', promise);
    const { layout, batches } = history;
    const words = wordsOf(history.ids);
    const fields = fieldReader(layout);
    const ticks = 2 ** layout.timeBits;
    let checked = 0;
    let violations = 0;
    const malformed: Malformed[] = [];
    for (const { node, incarnation, lane, batches: members } of lanesOf(batches)) {
      let witnesses = 0;
      for (const batch of members) {
        const first = batches.firstId[batch]!;
        const end = first + batches.count[batch]!;
        const held = batches.workerId[batch]!;
        checked += end - first;
        for (let k = first; k < end; k++) {
          const tick = fields.tick(words, k);
          if (tick < ticks && words[2 * k + 1]! < SIGN && fields.worker(words, k) === held) continue;
          violations++;
          if (witnesses++ >= WITNESSES_PER_LANE) continue;
          const seq = batches.firstSeq[batch]! + k - first;
          malformed.push({ held, clue: { node, incarnation, lane, seq, id: String(history.ids[k]) } });
        }
      }
    }
    return concludeFromHistory(history, draftOf(history.nodes, layout, checked, violations, malformed));
  },

  async sql(store, facts, promise) {
    promiseOf('well-formed', promise);
    const { layout } = facts;
    // A shift of the whole word: a set sign bit makes the tick too great, unless the layout leaves bits unused.
    const tick = sqlTick(layout, 'id');
    const malformed = `${tick} >= ${2 ** layout.timeBits} or id >= 9223372036854775808
      or toInt64(${sqlWorker(layout, 'id')}) != worker`;
    const [counted] = await store.rows<{ checked: string; violations: string }>(
      `select count() as checked, countIf(${malformed}) as violations from ids`,
    );
    const violations = Number(counted?.violations ?? 0);
    const rows =
      violations === 0
        ? []
        : await store.rows<{
            node: number;
            incarnation: number;
            lane: number;
            seq: string;
            id: string;
            worker: number;
          }>(
            `select node, incarnation, lane, seq, id, worker from ids where ${malformed}
             order by node, incarnation, lane, seq limit ${WITNESSES_PER_LANE} by node, incarnation, lane
             limit ${WITNESSES_MAX}`,
          );
    const found = rows.map(({ worker, seq, ...row }) => ({ held: worker, clue: { ...row, seq: Number(seq) } }));
    return concludeFromStore(
      store,
      facts,
      draftOf(facts.nodes, layout, Number(counted?.checked ?? 0), violations, found),
    );
  },
} satisfies Checker;

/** Above any high word of an ID whose sign bit is clear. */
const SIGN = 2 ** 31;
/** More of the same would crowd out the other lanes. */
const WITNESSES_PER_LANE = 3;

function draftOf(
  nodes: readonly string[],
  layout: Layout,
  checked: number,
  violations: number,
  malformed: readonly Malformed[],
): Draft {
  return {
    guarantee: 'well-formed',
    checked,
    unit: 'IDs',
    violations,
    outsideAssumptions: 0,
    undecided: 0,
    witnesses: malformed.slice(0, WITNESSES_MAX).map(({ held, clue }) => {
      const life = lifeOf({ node: nodes[clue.node]!, incarnation: clue.incarnation });
      return { what: `ID ${clue.id} of ${life} ${wrongIn(layout, clue.id, held)}.`, clues: [clue], worker: held };
    }),
  };
}

/** What is wrong with it, as a clause. */
function wrongIn(layout: Layout, id: string, held: number): string {
  const { tick, workerId } = decodeId(layout, BigInt(id));
  if (BigInt(id) >= 1n << 63n) return 'has its sign bit set';
  if (tick >= 2 ** layout.timeBits) return `has a time that does not fit in ${layout.timeBits} bits`;
  return held < 0
    ? `carries worker ID ${workerId}, and its node held none`
    : `carries worker ID ${workerId}, and its node held ${held}`;
}
