/**
 * How full the ticks of IDs are: of the IDs that one worker may mint in one tick, how many it did. By the time in the IDs
 * themselves, which is where the room is used up. As a fold and as SQL, held equal by a test.
 */
import type { SqlFacts, SqlReader } from './checker.ts';
import type { History } from './history.ts';
import { sqlTick, sqlWorker } from './id-sql.ts';
import { idReader } from './id-words.ts';
import type { Layout } from './layout.ts';
import type { RunNs } from './time.ts';
import { NS_PER_S } from './time.ts';

/** The ticks that begin within one second of the run; a worker that minted nothing in a tick is not counted in it. */
export interface SequenceSecond {
  /** Where the second begins; none lies before the run's origin. */
  readonly at: RunNs;
  /** The most IDs of one worker in one tick. */
  readonly peak: number;
  readonly ids: number;
  /** Ticks in which a worker minted, added up over workers. Where IDs carry no worker ID, a node takes its place. */
  readonly ticks: number;
}

/** IDs that one worker can mint in one tick; 0: IDs carry no sequence. */
export function idsPerTick({ sequenceBits }: Layout): number {
  return sequenceBits === 0 ? 0 : 2 ** sequenceBits;
}

export function sequenceUseOf(history: History): SequenceSecond[] {
  const { layout, batches, clocks } = history;
  if (clocks === undefined || layout.timeBits === 0) return [];
  const ids = idReader(history);
  const counts = new Map<string, { readonly tick: number; ids: number }>();
  for (let batch = 0; batch < batches.length; batch++) {
    const first = batches.firstId[batch]!;
    for (let index = first; index < first + batches.count[batch]!; index++) {
      const tick = ids.tick(index);
      const worker = layout.workerBits > 0 ? ids.worker(index) : batches.node[batch]!;
      const key = `${tick} ${worker}`;
      const count = counts.get(key);
      if (count === undefined) counts.set(key, { tick, ids: 1 });
      else count.ids++;
    }
  }
  const seconds = new Map<number, { peak: number; ids: number; ticks: number }>();
  for (const { tick, ids: minted } of counts.values()) {
    const second = Math.floor((tick * layout.tickMs + (layout.epochMs - clocks.unixMs)) / 1000);
    const sum = seconds.get(second) ?? { peak: 0, ids: 0, ticks: 0 };
    seconds.set(second, { peak: Math.max(sum.peak, minted), ids: sum.ids + minted, ticks: sum.ticks + 1 });
  }
  return inOrder([...seconds].map(([second, sum]) => ({ second, ...sum })));
}

/** The same from the store. */
export async function readSequenceUse(
  store: SqlReader,
  { layout, clocks }: Pick<SqlFacts, 'layout' | 'clocks'>,
): Promise<SequenceSecond[]> {
  if (clocks === undefined || layout.timeBits === 0) return [];
  const worker = layout.workerBits > 0 ? sqlWorker(layout, 'id') : 'node';
  const rows = await store.rows<{ second: number; peak: string; minted: string; ticks: string }>(
    `select floor((toFloat64(tick) * ${layout.tickMs} + (${layout.epochMs} - ${clocks.unixMs})) / 1000) as second,
       max(n) as peak, sum(n) as minted, count() as ticks
     from (select ${sqlTick(layout, 'id')} as tick, ${worker} as worker, count() as n
       from ids group by tick, worker)
     group by second having second >= 0`,
  );
  return inOrder(
    rows.map(({ second, peak, minted, ticks }) => ({
      second,
      peak: Number(peak),
      ids: Number(minted),
      ticks: Number(ticks),
    })),
  );
}

function inOrder(seconds: readonly (Omit<SequenceSecond, 'at'> & { readonly second: number })[]): SequenceSecond[] {
  return seconds
    .filter(({ second }) => second >= 0)
    .toSorted((a, b) => a.second - b.second)
    .map(({ second, ...sum }) => ({ at: second * NS_PER_S, ...sum }));
}
