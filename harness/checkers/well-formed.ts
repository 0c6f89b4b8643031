/**
 * `well-formed`: bits above the fields are 0 (of 64-bit IDs that leave it unused, the sign bit), the time is not over its
 * range, fixed fields have their values, and the worker ID inside, if IDs carry one, is the one that the node held when it
 * minted. Where it held two in one call, or where nodes do not say what they hold, the worker ID is undecided. Of IDs of
 * unknown layout nothing is looked at.
 */
import type { Checker, SqlFacts, SqlReader } from '../core/checker.ts';
import { WITNESSES_MAX } from '../core/finding.ts';
import { HELD_NONE, HELD_TWO } from '../core/held.ts';
import { idReader } from '../core/id-words.ts';
import { lanesOf } from '../core/lanes.ts';
import type { Layout } from '../core/layout.ts';
import { decodeId, idBitsOf, isOpaque, usesAllBits } from '../core/layout.ts';
import { lifeOf } from '../core/phrases.ts';
import type { Clue, Draft } from './shared/draft.ts';
import { concludeFromHistory, concludeFromStore, promiseOf } from './shared/draft.ts';
import { sqlMarksVary, sqlTick, sqlUnmarked, sqlWorker } from '../core/id-sql.ts';
import { RANGES_MAX, SQL_STRETCHES, joined, sqlWithin } from './shared/stretches.ts';
import type { IdRange } from './shared/stretches.ts';

interface Malformed {
  readonly held: number;
  readonly clue: Clue & { readonly id: string };
}

export default {
  judges: 'well-formed',
  summary: 'looks at the fields of every batch, and of every ID where these differ',

  fold(history, promise) {
    promiseOf('well-formed', promise);
    const { layout, batches } = history;
    if (isOpaque(layout)) return concludeFromHistory(history, draftOf(history.nodes, layout, NOTHING_LOOKED_AT, []));
    const ids = idReader(history);
    const named = layout.workerBits > 0;
    const ticks = 2 ** layout.timeBits;
    let checked = 0;
    let violations = 0;
    let undecided = 0;
    const malformed: Malformed[] = [];
    for (const { node, incarnation, lane, batches: members } of lanesOf(batches)) {
      let witnesses = 0;
      for (const batch of members) {
        const first = batches.firstId[batch]!;
        const end = first + batches.count[batch]!;
        const held = batches.workerId[batch]!;
        const isNamed = named && held !== HELD_TWO && (held !== HELD_NONE || history.untoldHolders !== true);
        checked += end - first;
        if (named && !isNamed) undecided += end - first;
        for (let k = first; k < end; k++) {
          const good = ids.tick(k) < ticks && (!isNamed || ids.worker(k) === held) && ids.isMarked(k);
          if (good) continue;
          violations++;
          if (witnesses++ >= WITNESSES_PER_LANE) continue;
          const seq = batches.firstSeq[batch]! + k - first;
          malformed.push({ held, clue: { node, incarnation, lane, seq, id: String(ids.at(k)) } });
        }
      }
    }
    return concludeFromHistory(history, draftOf(history.nodes, layout, { checked, violations, undecided }, malformed));
  },

  async sql(store, facts, promise) {
    promiseOf('well-formed', promise);
    const { layout } = facts;
    if (isOpaque(layout)) return concludeFromStore(store, facts, draftOf(facts.nodes, layout, NOTHING_LOOKED_AT, []));
    // A shift of the whole word: bits above the time make the tick too great.
    const ticks = 2 ** layout.timeBits;
    const named = layout.workerBits > 0;
    const unnamed = facts.untoldHolders === true ? `${HELD_TWO}, ${HELD_NONE}` : `${HELD_TWO}`;
    const carriesOther = (id: string): readonly string[] =>
      named ? [`(worker not in (${unnamed}) and toInt64(${sqlWorker(layout, id)}) != worker)`] : [];
    const malformed = [`${sqlTick(layout, 'id')} >= ${ticks}`, ...carriesOther('id'), sqlUnmarked(layout, 'id')].join(
      ' or ',
    );
    // Fields that are the same in all IDs of a batch are judged by one of them, the time by the greatest.
    const suspect = [
      `${sqlTick(layout, 'max_id')} >= ${ticks}`,
      ...carriesOther('first_id'),
      ...(named ? [`(worker not in (${unnamed}) and ${sqlWorker(layout, 'varying')} != 0)`] : []),
      sqlUnmarked(layout, 'first_id'),
      sqlMarksVary(layout, 'varying'),
    ].join(' or ');
    const [all] = await store.rows<{ checked: string; unnamed: string; suspects: string }>(
      `select sum(count) as checked, sumIf(count, worker in (${unnamed})) as unnamed, countIf(${suspect}) as suspects
       from batches where count > 0`,
    );
    const malformedRows = `ids where (${malformed}) and ${await readSuspects(store, facts, suspect)}`;
    const [counted] =
      all?.suspects === '0'
        ? []
        : await store.rows<{ violations: string }>(`select count() as violations from ${malformedRows}`);
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
            `select node, incarnation, lane, seq, id, worker from ${malformedRows}
             order by node, incarnation, lane, seq limit ${WITNESSES_PER_LANE} by node, incarnation, lane
             limit ${WITNESSES_MAX}`,
          );
    const found = rows.map(({ worker, seq, ...row }) => ({ held: worker, clue: { ...row, seq: Number(seq) } }));
    return concludeFromStore(
      store,
      facts,
      draftOf(
        facts.nodes,
        layout,
        { checked: Number(all?.checked ?? 0), violations, undecided: named ? Number(all?.unnamed ?? 0) : 0 },
        found,
      ),
    );
  },
} satisfies Checker;

/** A condition on `ids` by which all IDs of the suspect batches are looked at; `true` where these are many. */
async function readSuspects(store: SqlReader, { layout }: SqlFacts, suspect: string): Promise<string> {
  const ranges = await store.rows<IdRange & Record<string, unknown>>(
    `select toString(stretch.1) as low, toString(stretch.2) as high
     from batches array join ${SQL_STRETCHES} as stretch
     where count > 0 and (${suspect}) limit ${RANGES_MAX + 1}`,
  );
  return ranges.length > RANGES_MAX ? 'true' : sqlWithin(layout, joined(ranges));
}

const NOTHING_LOOKED_AT = { checked: 0, violations: 0, undecided: 0 } as const;
/** More of the same would crowd out the other lanes. */
const WITNESSES_PER_LANE = 3;

function draftOf(
  nodes: readonly string[],
  layout: Layout,
  counts: Pick<Draft, 'checked' | 'violations' | 'undecided'>,
  malformed: readonly Malformed[],
): Draft {
  return {
    guarantee: 'well-formed',
    ...counts,
    unit: 'IDs',
    outsideAssumptions: 0,
    witnesses: malformed.slice(0, WITNESSES_MAX).map(({ held, clue }) => {
      const life = lifeOf({ node: nodes[clue.node]!, incarnation: clue.incarnation });
      return { what: `ID ${clue.id} of ${life} ${wrongIn(layout, clue.id, held)}.`, clues: [clue], worker: held };
    }),
  };
}

/** What is wrong with it, as a clause. */
function wrongIn(layout: Layout, id: string, held: number): string {
  const { tick, workerId } = decodeId(layout, BigInt(id));
  if (idBitsOf(layout) === 64 && !usesAllBits(layout) && BigInt(id) >= 1n << 63n) return 'has its sign bit set';
  if (layout.timeBits === 0 && tick > 0) return 'has bits set above its fields';
  if (tick >= 2 ** layout.timeBits) return `has a time that does not fit in ${layout.timeBits} bits`;
  const ids = idReader({ layout, ids: BigUint64Array.of(BigInt.asUintN(64, BigInt(id)), BigInt(id) >> 64n) });
  if (!ids.isMarked(0)) return 'has other bits where the layout has fixed ones';
  return held < 0
    ? `carries worker ID ${workerId}, and its node held none`
    : `carries worker ID ${workerId}, and its node held ${held}`;
}
