/**
 * A store that is judged by, and is made anew from the taps where it does not open, or does not hold what they hold: the
 * taps are the evidence, a store is what was made of it.
 */
import { messageOf } from '../core/errors.ts';
import type { Layout } from '../core/layout.ts';
import { grouped, lifeOf } from '../core/phrases.ts';
import type { LaneCount, Store } from '../core/store.ts';
import { EngineLost, StoreDamaged, StoreUnreadable, TABLES } from '../core/store.ts';
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
  /** The same, where its counts are right and yet not all of it can be read: asked for when questions went unanswered. */
  madeAnewIfDamaged(): Promise<boolean>;
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
  let holdsMore = false;
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
      const compared = await differences(store, minted);
      const { wrong } = compared;
      holdsMore = compared.holdsMore;
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
    async madeAnewIfDamaged() {
      if (old !== undefined || holdsMore || openAfresh === undefined) return false;
      const wrong = await unreadable(store);
      if (wrong === undefined) return false;
      await store[Symbol.asyncDispose]();
      store = await anew(wrong);
      return true;
    },
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}

/** What the engine says of the first table of which it cannot read every byte. */
async function unreadable({ sql }: Store): Promise<string | undefined> {
  for (const table of TABLES)
    try {
      await sql.rows(`SELECT sum(cityHash64(*)) AS hash FROM ${table}`);
    } catch (error) {
      return error instanceof EngineLost
        ? undefined
        : `what the store holds cannot be read (${messageOf(error).trim()})`;
    }
  return undefined;
}

interface Compared {
  /** How the store differs from taps that hold all that it does. */
  readonly wrong?: string;
  /** What only the store has is never thrown away. */
  readonly holdsMore: boolean;
}

async function differences(store: Store, minted: readonly LaneTotal[]): Promise<Compared> {
  const key = ({ node, incarnation, lane }: Omit<LaneTotal, 'ids'>): string => `${node}/${incarnation}/${lane}`;
  let held: ReadonlyMap<string, LaneCount>;
  try {
    held = new Map((await store.counts()).map((lane) => [key(lane), lane]));
  } catch (error) {
    if (error instanceof StoreDamaged) return { wrong: error.message, holdsMore: false };
    // Whoever is lost has been told of, or will be.
    if (error instanceof EngineLost) return { holdsMore: false };
    throw error;
  }
  const tapped = new Map(minted.map((lane) => [key(lane), lane.ids]));
  for (const [lane, { positions }] of held) if (positions > (tapped.get(lane) ?? 0n)) return { holdsMore: true };
  const wrong = minted.find((lane) => {
    const there = held.get(key(lane));
    return (there?.ids ?? 0n) !== lane.ids || (there?.inBatches ?? 0n) !== lane.ids;
  });
  if (wrong === undefined) return { holdsMore: false };
  const ids = held.get(key(wrong))?.ids ?? 0n;
  const of = `${lifeOf(wrong)}, lane ${wrong.lane}`;
  return {
    holdsMore: false,
    wrong:
      ids === wrong.ids
        ? `the store has lost batches of ${of}`
        : `the store holds ${grouped(ids)} IDs of ${of}, where the taps hold ${grouped(wrong.ids)}`,
  };
}
