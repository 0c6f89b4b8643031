/** Why a client received something else than what was minted. */
import type { Cause } from '../../core/cause.ts';
import type { Witness } from '../../core/finding.ts';
import { throughNumber } from '../../core/received-ids.ts';

/**
 * The sightings are the first and last ID as they were minted. That both ends are what a JavaScript number holds of them
 * is no chance where one of them was changed: of 64 bits it would be right once in a quintillion. Nor is it where none was
 * and one is above 2^53: it had been a number before.
 */
export function causeOfAnswer({ sightings, received, receivedBefore }: Witness): Cause {
  if (receivedBefore !== undefined) return 'one place acknowledged to two clients';
  if (sightings.length === 0 || received === undefined) return 'acknowledged and never minted';
  const minted = [sightings.at(0), sightings.at(-1)].map((sighting) => BigInt(sighting?.id ?? 0));
  const got = [BigInt(received.first), BigInt(received.last)];
  const isChanged = minted.some((id, end) => BigInt.asUintN(64, id) !== got[end]);
  const isRounded = minted.every((id, end) => throughNumber(id) === got[end]);
  const isLong = minted.some((id) => id > BigInt(Number.MAX_SAFE_INTEGER));
  return (isChanged || isLong) && isRounded ? 'changed on the way: 64 bits through a JS number' : 'changed on the way';
}
