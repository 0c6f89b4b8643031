/**
 * How long after a heal the service is whole again: until as many nodes as the pool has worker IDs, or all of them where
 * there is no pool, have given IDs to a client that asked after the heal. The longest of all heals that came within the
 * spans.
 *
 * A heal that another disturbance overtakes tells only that it took longer than that: it is no sample, but it is part of
 * the value where it took longer than all others did. One that the end of the load overtakes proves a miss if that took too
 * long already, and nothing else.
 */
import { gotIds } from '../core/history.ts';
import type { Indicator, Reach, Span } from '../core/indicator.ts';
import { counted } from '../core/phrases.ts';
import { z } from '../core/schema.ts';
import type { RunNs } from '../core/time.ts';
import { NS_PER_S } from '../core/time.ts';
import { holdersOf, REQUESTS_LOST } from './shared/counting.ts';

const options = z.strictObject({});

export default {
  name: 'time-to-first-id',
  summary: 'seconds from a heal until every worker ID (or node) has given IDs again: the longest of all heals',
  unit: 's',
  better: 'less',
  afterDisturbances: true,
  options,
  example: {},
  what: () => 'from a heal to the first IDs of each worker ID, the longest',

  measure(facts, spans) {
    const { requests, reaches, nodes } = facts;
    if (requests === undefined) return REQUESTS_LOST;
    const holders = holdersOf(facts);
    const { length, node, sent, received } = requests;
    let loadEnd = 0;
    for (let row = 0; row < length; row++) loadEnd = Math.max(loadEnd, received[row]!);
    let [samples, longest, overtaken, unfinished] = [0, -Infinity, 0, false];
    for (const healed of healsWithin(reaches, spans)) {
      const until = overtakenAt(reaches, healed, loadEnd);
      const first = new Float64Array(nodes.length).fill(Infinity);
      for (let row = 0; row < length; row++)
        if (sent[row]! >= healed && received[row]! < first[node[row]!]! && gotIds(requests, row))
          first[node[row]!] = received[row]!;
      const whole = first.sort()[holders - 1]!;
      if (whole <= until || until === loadEnd) samples++;
      else overtaken++;
      if (whole > until && until === loadEnd) unfinished = true;
      longest = Math.max(longest, Math.min(whole, until) - healed);
    }
    const detail = `After ${counted(overtaken, 'heal')} the service was not whole before the next disturbance.`;
    if (samples === 0) return overtaken === 0 ? { samples } : { samples, detail };
    return {
      value: longest / NS_PER_S,
      ...(unfinished && { unfinished }),
      samples,
      ...(overtaken > 0 && { detail }),
    };
  },
} satisfies Indicator<z.output<typeof options>>;

/** A disturbance's own span ends with its heal: here that moment belongs to it. */
function healsWithin(reaches: readonly Reach[], spans: readonly Span[]): readonly RunNs[] {
  const heals = reaches.flatMap(({ healed }) => (healed === undefined ? [] : [healed]));
  return [...new Set(heals)].filter((at) => spans.some(({ from, to }) => at > from && at <= to));
}

/** From when on a service that is not whole is no word on this heal: at once, where another is in force at it. */
function overtakenAt(reaches: readonly Reach[], healed: RunNs, loadEnd: RunNs): RunNs {
  const others = reaches.filter((reach) => reach.healed === undefined || reach.healed > healed);
  return Math.max(healed, Math.min(loadEnd, ...others.map(({ from }) => from)));
}
