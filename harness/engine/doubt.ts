/** What doubts are made of. */
import type { RunNs } from '../core/time.ts';
import { NS_PER_S } from '../core/time.ts';
import type { UnknownReason } from '../core/verdict.ts';

export function doubt(reason: UnknownReason['reason'], scope: string, detail: string): UnknownReason {
  return { reason, scope, detail };
}

/** `12.3`: a doubt is no more exact than that. */
export function seconds(at: RunNs): string {
  return (at / NS_PER_S).toFixed(1);
}
