/** What clients saw of one node within a second, as it is counted. */
import type { MintReply } from '../core/cluster.ts';
import type { LoadSecond } from './contract.ts';

/** An answer without IDs is no answer with IDs, whatever it calls itself: it counts among the refusals, under this word. */
const NO_IDS = 'no IDs';

export interface Counters extends Omit<LoadSecond, 'at' | 'node'> {
  sent: number;
  dropped: number;
  ok: number;
  ids: number;
  refused: { [reason: string]: number };
  errors: { [reason: string]: number };
  noAnswer: number;
}

export function zero(): Counters {
  return { sent: 0, dropped: 0, ok: 0, ids: 0, refused: {}, errors: {}, noAnswer: 0 };
}

export function countReply(second: Counters, { status, count, reason = 'unnamed' }: MintReply): void {
  if (status === 'ok' && count === 0) second.refused[NO_IDS] = (second.refused[NO_IDS] ?? 0) + 1;
  else if (status === 'ok') {
    second.ok++;
    second.ids += count ?? 0;
  } else if (status === 'refused') second.refused[reason] = (second.refused[reason] ?? 0) + 1;
  else if (status === 'error') second.errors[reason] = (second.errors[reason] ?? 0) + 1;
  else second.noAnswer++;
}
