/**
 * Plants a duplicate and a step back in a tap beside those of the nodes, and says whether both were told while the run
 * lasted: a harness that does not see what it knows to be there has gone blind.
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { CANARY } from '../../core/canary.ts';
import { messageOf } from '../../core/errors.ts';
import type { LiveFinding } from '../../core/live.ts';
import type { Rng } from '../../core/random.ts';
import { BATCH_BYTES, encodeBatch, segmentName } from '../../core/tap.ts';
import type { RunNs, Time } from '../../core/time.ts';
import { nsToMs } from '../../core/time.ts';
import { seconds } from '../../core/phrases.ts';
import type { UnknownReason } from '../../core/verdict.ts';

export interface CanaryOptions {
  readonly tapFolder: string;
  readonly originNs: bigint;
  readonly idBits: 64 | 128;
  readonly time: Pick<Time, 'now'>;
  readonly rng: Rng;
}

/** What is planted, and what each is told as. */
const PLANTED = ['unique', 'increasing-per-node'] as const;
type Planted = (typeof PLANTED)[number];
const IN_WORDS: Readonly<Record<Planted, string>> = {
  unique: 'a duplicate',
  'increasing-per-node': 'an ID below the one before',
};

const WORKER_ID = -1;
/** IDs that a planting leaves room for. */
const ROOM = 100n;

export class Canary {
  readonly #options: CanaryOptions;
  /** IDs that no node mints, but by a chance of one in billions. */
  readonly #base: bigint;
  readonly #plantedAt: RunNs[] = [];
  readonly #seen: Record<Planted, number> = { unique: 0, 'increasing-per-node': 0 };
  #committed = 0n;
  #failure: string | undefined;

  constructor(options: CanaryOptions) {
    this.#options = options;
    this.#base = drawBits(options.rng, options.idBits - 2);
  }

  /** Plants both. The first repeats an ID of its own call, each later one an ID of the first. */
  plant(): void {
    const base = this.#base + ROOM * BigInt(this.#plantedAt.length);
    this.#plantedAt.push(this.#options.time.now());
    try {
      this.#mint([0n, 1n, 2n, 3n, 4n].map((offset) => base + offset));
      this.#mint([base + 9n, base + 7n, this.#base + BigInt(this.#plantedAt.length % 5)]);
    } catch (error) {
      this.#failure ??= messageOf(error);
    }
  }

  /** To be told of every finding of the canary. Returns how late it is, in milliseconds after it was planted. */
  saw({ guarantee, found }: LiveFinding): number | undefined {
    if (guarantee !== 'unique' && guarantee !== 'increasing-per-node') return undefined;
    // Two steps back are in each planting; of duplicates one.
    const first = Math.floor(this.#seen[guarantee]);
    this.#seen[guarantee] += guarantee === 'unique' ? found : found / 2;
    const planted = this.#plantedAt[first];
    return planted === undefined ? undefined : nsToMs(this.#options.time.now() - planted);
  }

  /** What was not told by now; undefined where all of it was. */
  missed(): UnknownReason | undefined {
    const missing = PLANTED.filter((what) => this.#seen[what] < this.#plantedAt.length);
    if (missing.length === 0) return undefined;
    const when = this.#plantedAt[Math.min(...missing.map((what) => Math.floor(this.#seen[what])))]!;
    const why = this.#failure === undefined ? '' : ` (it could not be planted: ${this.#failure})`;
    return {
      reason: 'live path blind',
      scope: 'run',
      detail: `The harness planted ${missing.map((what) => IN_WORDS[what]).join(' and ')} in a tap of its own at ${seconds(when)} and did not see it by the end of the drain${why}: what nodes wrote may have been missed on the same way.`,
    };
  }

  #mint(ids: readonly bigint[]): void {
    const { tapFolder, originNs, idBits, time } = this.#options;
    const bytes = Buffer.alloc((ids.length * idBits) / 8);
    ids.forEach((id, index) => {
      bytes.writeBigUInt64LE(BigInt.asUintN(64, id), (index * idBits) / 8);
      if (idBits === 128) bytes.writeBigUInt64LE(id >> 64n, (index * idBits) / 8 + 8);
    });
    const at = originNs + BigInt(Math.round(time.now()));
    const record = Buffer.alloc(BATCH_BYTES);
    encodeBatch(
      {
        firstSeq: this.#committed,
        count: ids.length,
        flags: 0,
        ...(idBits === 128 && { idBits }),
        idsChecksum: crc32(bytes),
        calledNs: at,
        returnedNs: at,
        wallCalledNs: 0n,
        wallReturnedNs: 0n,
        workerId: WORKER_ID,
        lease: 0n,
        createRevision: 0n,
        fenceNs: 0n,
        limitMs: 0n,
      },
      record,
    );
    const path = join(tapFolder, segmentName({ node: CANARY, incarnation: 1, lane: 0 }, 0n));
    appendFileSync(`${path}.ids`, bytes);
    appendFileSync(`${path}.batches`, record);
    this.#committed += BigInt(ids.length);
  }
}

function drawBits(rng: Rng, bits: number): bigint {
  let value = 0n;
  for (let left = bits; left > 0; left -= 16) {
    const some = Math.min(16, left);
    value = (value << BigInt(some)) | BigInt(rng.int(0, 2 ** some - 1));
  }
  return value;
}
