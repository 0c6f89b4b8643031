/**
 * Load without clients: the node asks itself for IDs, which are tapped as usual and go nowhere else. So a node can be
 * driven to rates that no client over HTTP can ask for.
 */
import type { Lane } from './lane.ts';

const EVERY_MS = 1;
/** A node that could not mint for a while does not make up for all of it. */
const OWED_MAX_S = 0.1;
/** The most that it asks for at once. */
const BATCH_MAX = 4096;

/** Asks the lane for so many IDs a second until the process ends; `now` in seconds. */
export function startSelfLoad(lane: Pick<Lane, 'mint'>, idsPerSecond: number, now = nowSeconds): void {
  let last = now();
  let owed = 0;
  const ask = (): void => {
    const at = now();
    owed = Math.min(owed + (at - last) * idsPerSecond, OWED_MAX_S * idsPerSecond);
    last = at;
    const count = Math.min(Math.floor(owed), BATCH_MAX);
    if (count === 0) return again();
    lane.mint(count, (outcome) => {
      if (outcome.kind === 'minted') owed -= count;
      again();
    });
  };
  const again = (): void => void setTimeout(ask, EVERY_MS);
  again();
}

const nowSeconds = (): number => performance.now() / 1000;
