/** Whether the IDs of answers are those that lie where their headers say, for both ways in which IDs travel. Pure. */
import { answered, idBytes, placeOf } from './answers.ts';
import type { Busy, IdsExchange, Quiet } from './evidence.ts';
import type { Judgement } from './rule.ts';
import { notJudged, unlessAny } from './rule.ts';
import type { TapOfLife } from './tap-files.ts';
import { findPlace } from './tap-files.ts';

export interface SeenOfIds {
  readonly idBits: 64 | 128;
  readonly quiet: Quiet;
  readonly busy: Busy;
}

export function idsJudgement(as: IdsExchange['as'], { idBits, quiet, busy }: SeenOfIds): Judgement {
  const problems = (ids: readonly IdsExchange[], tap: TapOfLife): readonly (string | undefined)[] =>
    answered(ids)
      .filter((exchange) => exchange.as === as)
      .map((exchange) => {
        const bytes = idBytes(exchange, idBits);
        if (typeof bytes === 'string') return `the answer to ${exchange.path} has ${bytes}`;
        const place = placeOf(exchange.reply);
        const found = place && findPlace(tap, place, idBits);
        if (found === undefined || typeof found === 'string') return undefined; // the header's rule, or the tap's
        return bytes.length === found.ids.length && !bytes.equals(found.ids)
          ? `the answer to ${exchange.path} has other IDs than the tap at ${String(exchange.reply.headers['snowglobe-seq'])}`
          : undefined;
      });
  const all = [
    ...problems(quiet.ids, quiet.tap),
    ...problems(busy.first.ids, busy.first.tap),
    ...problems(busy.second.ids, busy.second.tap),
  ];
  if (all.length === 0) return notJudged('no such request was answered with IDs');
  return unlessAny(all, `${all.length} answers have the IDs of the tap`);
}
