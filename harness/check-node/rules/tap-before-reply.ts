/** What was answered is in the tap: at once, also where a kill or a full disk came between. */
import { answered, placeOf } from '../answers.ts';
import type { IdsExchange } from '../evidence.ts';
import type { Rule } from '../rule.ts';
import { notJudged, unlessAny } from '../rule.ts';
import type { TapOfLife } from '../tap-files.ts';
import { findPlace } from '../tap-files.ts';

function missing(ids: readonly IdsExchange[], tap: TapOfLife, idBits: 64 | 128, when: string): (string | undefined)[] {
  return answered(ids).map(({ path, reply }) => {
    const place = placeOf(reply);
    if (place === undefined || place.count === 0) return undefined; // another rule's
    const found = findPlace(tap, place, idBits);
    const header = String(reply.headers['snowglobe-seq']);
    if (typeof found === 'string') return `${path} was answered with ${header}, and ${when} ${found}`;
    return found.ids.length === (place.count * idBits) / 8
      ? undefined
      : `${path} was answered with ${header}, and ${when} its IDs are not all in .ids`;
  });
}

export default {
  name: 'tap-before-reply',
  section: 'The tap',
  says: 'append the record to `.batches`: this commits the batch',
  needs: ['idBits', 'quiet', 'busy', 'full'],
  judge({ idBits, quiet, busy, full }) {
    const atOnce = quiet.ids.map(({ path, lackedAtOnce }) =>
      lackedAtOnce === undefined ? undefined : `as the answer to ${path} began, ${lackedAtOnce}`,
    );
    const all = [
      ...full.flatMap(({ answered: ids, tap, limitBytes }) =>
        missing(ids, tap, idBits, `when files could not grow beyond ${limitBytes} bytes`),
      ),
      ...missing(busy.first.ids, busy.first.tap, idBits, 'when it had been killed'),
      ...missing(busy.second.ids, busy.second.tap, idBits, 'in the end'),
      ...atOnce,
    ];
    if (answered(quiet.ids).length === 0) return notJudged('no request was answered with IDs');
    return unlessAny(all, `${all.length} answers were in the tap when they came, or when the node could not go on`);
  },
} satisfies Rule<'idBits' | 'quiet' | 'busy' | 'full'>;
