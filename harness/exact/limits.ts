/**
 * Sizes at which the exact check cuts its work and where it gives up a method. Tests set them so small that few IDs reach
 * every edge.
 */
export interface Limits {
  /** IDs that a thread reads at once. They stay in its cache between the loops that go over them. */
  readonly chunkIds: number;
  /** IDs of a piece, the unit of work that a thread takes. */
  readonly pieceIds: number;
  /** With fewer IDs than this, starting threads costs more than they save. */
  readonly threadsFrom: number;
  /** The certificate gives up beyond so many runs, and so many IDs outside of runs: they are held in memory. */
  readonly runsMax: number;
  readonly outliersMax: number;
  /** Runs of so few IDs that meet others are looked up ID by ID, so that others' are not compared over their whole range. */
  readonly smallRun: number;
  /** Ranges in which one piece is searched. */
  readonly rangesMax: number;
  /** Different IDs that may be held, each with its sightings, in a search. */
  readonly talliedMax: number;
  /** Fingerprints that may be alike; beyond it the partition compares whole IDs. */
  readonly alikeMax: number;
  /** IDs of a bucket, at most and on average: its table is to fit in a core's own cache. */
  readonly bucketIds: number;
  /** How often the partition begins anew with another hash and twice the passes. */
  readonly triesMax: number;
  /** The hash of the first try; by chance when left out, so that no input can be made to suit it. */
  readonly seed?: number;
}

export const LIMITS: Limits = {
  chunkIds: 32_768,
  pieceIds: 1_048_576,
  threadsFrom: 500_000,
  runsMax: 262_144,
  outliersMax: 262_144,
  smallRun: 4096,
  rangesMax: 256,
  talliedMax: 1_048_576,
  alikeMax: 524_288,
  bucketIds: 81_920,
  triesMax: 4,
};
