/** The job that comes first: the order of all pieces, and their runs until the certificate gives up. */
import type { Hand } from './hand.ts';
import { OrderReader, type PieceOrder } from './order.ts';
import { type PieceRuns, RunReader } from './runs.ts';
import type { WorkerField } from './worker-field.ts';

export interface ScanTask {
  readonly stepsMax: number;
  readonly certify?: { readonly field: WorkerField; readonly shared: SharedArrayBuffer };
}

/** Int32 in `shared`: runs and outliers of the pieces that were read, and why the certificate gave up. */
const [RUNS, OUTLIERS, GAVE_UP, SHARED] = [0, 1, 2, 3];
export const SCAN_SHARED_BYTES = SHARED * 4;

const WHY = { runs: 1, outliers: 2 } as const;

/** Why it gave up while pieces were read: what there was too much of. */
export function gaveUpOver(shared: SharedArrayBuffer): keyof typeof WHY | undefined {
  const why = new Int32Array(shared)[GAVE_UP];
  return why === WHY.runs ? 'runs' : why === WHY.outliers ? 'outliers' : undefined;
}

export interface ScannedPiece {
  readonly piece: number;
  readonly order: PieceOrder;
  /** Not there where the certificate gave up. */
  readonly runs?: PieceRuns;
}

export function scan({ stepsMax, certify }: ScanTask, hand: Hand): { readonly scanned: readonly ScannedPiece[] } {
  const { words, pieces } = hand.ground;
  const certifier = certify && new Certifier(hand, certify.field, certify.shared);
  const scanned: ScannedPiece[] = [];
  // Pieces come in order: when this thread has told enough steps of an owner, later ones are not among the first.
  const told = new Map<number, number>();
  for (const piece of hand.tickets(pieces.length)) {
    const { owner } = pieces[piece]!;
    const before = told.get(owner) ?? 0;
    const reader = new OrderReader(words, stepsMax - before);
    hand.read(piece, (ids, used) => {
      reader.take(ids, used);
      certifier?.take(ids, used);
    });
    const order = reader.end();
    told.set(owner, before + order.steps.length);
    const runs = certifier?.end();
    scanned.push({ piece, order, ...(runs && { runs }) });
  }
  return { scanned };
}

/** Reads runs, and stops when all threads together hold too many. */
class Certifier {
  readonly #runs: RunReader;
  readonly #shared: Int32Array;
  readonly #runsMax: number;
  readonly #outliersMax: number;

  constructor({ ground: { words, limits } }: Hand, field: WorkerField, shared: SharedArrayBuffer) {
    this.#runs = new RunReader(words, field);
    this.#shared = new Int32Array(shared);
    this.#runsMax = limits.runsMax;
    this.#outliersMax = limits.outliersMax;
  }

  take(ids: Uint32Array, used: number): void {
    if (Atomics.load(this.#shared, GAVE_UP) !== 0) return;
    this.#runs.take(ids, used);
    const { runs, outliers } = this.#runs.held;
    if (Atomics.load(this.#shared, RUNS) + runs > this.#runsMax) Atomics.store(this.#shared, GAVE_UP, WHY.runs);
    if (Atomics.load(this.#shared, OUTLIERS) + outliers > this.#outliersMax)
      Atomics.store(this.#shared, GAVE_UP, WHY.outliers);
  }

  end(): PieceRuns | undefined {
    const read = this.#runs.end();
    if (Atomics.load(this.#shared, GAVE_UP) !== 0) return undefined;
    Atomics.add(this.#shared, RUNS, read.runs.length);
    Atomics.add(this.#shared, OUTLIERS, read.outliers.length);
    return read;
  }
}
