/**
 * A store that is judged by, and is made anew from the taps where it does not open, or does not hold what they hold: the
 * taps are the evidence, a store is what was made of it.
 */
import type { Layout } from '../core/layout.ts';
import { grouped, lifeOf } from '../core/phrases.ts';
import type { LaneCount, Store } from '../core/store.ts';
import { EngineLost, StoreUnreadable } from '../core/store.ts';
import type { LaneTotal } from './evidence.ts';
import type { OpenStore } from './run-request.ts';

type StoreOf = { readonly folder: string; readonly runId: string; readonly layout: Layout };

/** Opens an empty store; `old` is the one before it, put aside. */
export type OpenAfresh = (
  run: StoreOf,
) => Promise<{ readonly store: Store; readonly old: { readonly folder: string; discard(): void } }>;

export interface StoreToJudgeBy extends AsyncDisposable {
  readonly store: Store;
  /** Makes it anew if it can be, and is not what the taps hold; tells whether it did. */
  madeAnew(minted: readonly LaneTotal[]): Promise<boolean>;
}

export interface Openers {
  readonly openStore: OpenStore;
  /** Left out: what is there stays, whatever it is. */
  readonly openAfresh?: OpenAfresh;
  /** Told why. */
  readonly log: (text: string) => void;
}

export async function openToJudgeBy(run: StoreOf, { openStore, openAfresh, log }: Openers): Promise<StoreToJudgeBy> {
  let old: Awaited<ReturnType<OpenAfresh>>['old'] | undefined;
  const anew = async (why: string): Promise<Store> => {
    log(`${why.replace(/\.$/, '')}; it is made anew from the taps`);
    const opened = await openAfresh!(run);
    old = opened.old;
    return opened.store;
  };
  let store = await openStore(run).catch((error: unknown) => {
    if (!(error instanceof StoreUnreadable) || openAfresh === undefined) throw error;
    return anew(error.problems.map(({ what }) => what).join(' '));
  });
  return {
    get store() {
      return store;
    },
    async madeAnew(minted) {
      const wrong = await differences(store, minted);
      if (old !== undefined) {
        if (wrong === undefined) old.discard();
        else log(`what was there before is kept in ${old.folder}`);
        return false;
      }
      if (wrong === undefined || openAfresh === undefined) return false;
      await store[Symbol.asyncDispose]();
      store = await anew(wrong);
      return true;
    },
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}

/** How the store differs from taps that hold all that it does; what only the store has is never thrown away. */
async function differences(store: Store, minted: readonly LaneTotal[]): Promise<string | undefined> {
  const key = ({ node, incarnation, lane }: Omit<LaneTotal, 'ids'>): string => `${node}/${incarnation}/${lane}`;
  let held: ReadonlyMap<string, LaneCount>;
  try {
    held = new Map((await store.counts()).map((lane) => [key(lane), lane]));
  } catch (error) {
    // Whoever is lost has been told of, or will be.
    if (error instanceof EngineLost) return undefined;
    throw error;
  }
  const tapped = new Map(minted.map((lane) => [key(lane), lane.ids]));
  for (const [lane, { positions }] of held) if (positions > (tapped.get(lane) ?? 0n)) return undefined;
  const wrong = minted.find((lane) => {
    const there = held.get(key(lane));
    return (there?.ids ?? 0n) !== lane.ids || (there?.inBatches ?? 0n) !== lane.ids;
  });
  if (wrong === undefined) return undefined;
  const ids = held.get(key(wrong))?.ids ?? 0n;
  const of = `${lifeOf(wrong)}, lane ${wrong.lane}`;
  return ids === wrong.ids
    ? `the store has lost batches of ${of}`
    : `the store holds ${grouped(ids)} IDs of ${of}, where the taps hold ${grouped(wrong.ids)}`;
}
