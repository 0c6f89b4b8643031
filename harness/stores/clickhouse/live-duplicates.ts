/**
 * Duplicates for the live view, by looking only at the end of the ID order that is new since the last look: new against
 * new and new against old in one pass. A node whose clock jumps far back makes that end wide, never wrong.
 */
import type { SqlReader } from '../../core/checker.ts';
import type { BatchRange } from '../../core/store.ts';
import type { IdBits } from './schema.ts';

interface Lane {
  readonly node: number;
  readonly incarnation: number;
  readonly lane: number;
  /** IDs below this position were looked at. */
  seen: bigint;
  /** IDs below this position are stored. */
  stored: bigint;
}

/** A lane as one number. */
const LANE_KEY = 'bitShiftLeft(toUInt64(node), 48) + bitShiftLeft(toUInt64(incarnation), 16) + lane';

export class LiveDuplicates {
  readonly #sql: SqlReader;
  readonly #idBits: IdBits;
  readonly #lanes = new Map<bigint, Lane>();
  #found = 0;

  constructor(sql: SqlReader, idBits: IdBits) {
    this.#sql = sql;
    this.#idBits = idBits;
  }

  /** A range that is stored now. */
  appended({ nodeIndex: node, lane: { incarnation, lane }, firstSeq, count }: BatchRange): void {
    const key = (BigInt(node) << 48n) + (BigInt(incarnation) << 16n) + BigInt(lane);
    const end = firstSeq + BigInt(count);
    const known = this.#lanes.get(key);
    if (known === undefined) this.#lanes.set(key, { node, incarnation, lane, seen: 0n, stored: end });
    else if (end > known.stored) known.stored = end;
  }

  /** IDs with more than one sighting among all that was stored when this was called. */
  async count(): Promise<number> {
    const now = [...this.#lanes].map(([key, lane]) => ({ key, lane, seen: lane.seen, stored: lane.stored }));
    const fresh = now.filter(({ seen, stored }) => seen < stored);
    if (fresh.length === 0) return this.#found;

    // In terms of the sorting key, lane by lane, so that only parts with something new are touched.
    const ends = await this.#sql.rows<{ low: string; high: string }>(
      `SELECT min(min_id) AS low, max(max_id) AS high FROM batches
       WHERE count > 0 AND (${fresh
         .map(
           ({ lane: { node, incarnation, lane }, seen, stored }) =>
             `node = ${node} AND incarnation = ${incarnation} AND lane = ${lane}
              AND first_seq >= ${seen} AND first_seq < ${stored}`,
         )
         .join(' OR ')})
       GROUP BY node, incarnation, lane`,
    );
    if (ends.length > 0) {
      const marks = {
        lanes: `[${now.map(({ key }) => key).join(',')}]`,
        seen: `[${now.map(({ seen }) => seen).join(',')}]`,
        stored: `[${now.map(({ stored }) => stored).join(',')}]`,
      };
      const mark = (name: 'seen' | 'stored'): string =>
        `transform(${LANE_KEY}, {lanes:Array(UInt64)}, {${name}:Array(UInt64)}, toUInt64(0))`;
      const range = ends
        .map(({ low, high }) => `id BETWEEN toUInt${this.#idBits}('${low}') AND toUInt${this.#idBits}('${high}')`)
        .join(' OR ');
      const [row] = await this.#sql.rows<{ found: string }>(
        `SELECT count() AS found FROM (
           SELECT id, countIf(seq < ${mark('seen')}) AS old, countIf(seq < ${mark('stored')}) AS all
           FROM ids
           WHERE id IN (SELECT id FROM ids WHERE ${range} ORDER BY id LIMIT 1 OFFSET 1 BY id)
           GROUP BY id
           HAVING all > 1 AND old < 2
         )`,
        marks,
      );
      this.#found += Number(row?.found ?? 0);
    }
    for (const { lane, stored } of now) lane.seen = stored;
    return this.#found;
  }
}
