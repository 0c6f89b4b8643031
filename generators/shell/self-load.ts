/**
 * Load without clients: the node asks itself for IDs, which are tapped as usual and go nowhere else. So a node can be
 * driven to rates that no client over HTTP can ask for.
 */
import { REQUEST_IDS_MAX } from '../../harness/core/request-size.ts';
import type { Lane } from './lane.ts';

/** A node that could not mint for a while does not make up for all of it. */
const OWED_MAX_S = 0.1;

/**
 * Up to a million IDs a second a call each millisecond, of 4096 IDs at the most. Above, a call for each of so many batches
 * would cost more than their IDs: one in 16 ms, of what 20 ms owe.
 */
const MANY_PER_SECOND = 1_000_000;
const paceOf = (idsPerSecond: number): { readonly everyMs: number; readonly batchMax: number } =>
  idsPerSecond <= MANY_PER_SECOND
    ? { everyMs: 1, batchMax: 4096 }
    : { everyMs: 16, batchMax: Math.min(Math.ceil(0.02 * idsPerSecond), REQUEST_IDS_MAX) };

/** Asks the lane for so many IDs a second until the process ends; `now` in seconds. */
export function startSelfLoad(lane: Pick<Lane, 'mint' | 'perId'>, idsPerSecond: number, now = nowSeconds): void {
  const { everyMs, batchMax } = paceOf(idsPerSecond);
  let last = now();
  let owed = 0;
  const ask = (): void => {
    const at = now();
    owed = Math.min(owed + (at - last) * idsPerSecond, OWED_MAX_S * idsPerSecond);
    last = at;
    const count = Math.min(Math.floor(owed), batchMax);
    if (count === 0) return again();
    lane.mint(count, (outcome) => {
      if (outcome.kind === 'minted') owed -= outcome.ids.length / lane.perId;
      again();
    });
  };
  const again = (): void => void setTimeout(ask, everyMs);
  again();
}

const nowSeconds = (): number => performance.now() / 1000;
