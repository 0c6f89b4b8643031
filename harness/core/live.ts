/** What is seen of violations while a run lasts. It is told at once and decides nothing: the judge reads the whole run. */
import type { Guarantee } from './guarantee.ts';
import type { RunNs } from './time.ts';

/** Violations that were not seen before. */
export interface LiveFinding {
  readonly guarantee: Extract<Guarantee, 'unique' | 'increasing-per-node' | 'owns-worker-id' | 'well-formed'>;
  /** How many; of duplicates IDs, each once. */
  readonly found: number;
  /** When the one that is told came about: the call that minted it returned. */
  readonly emitted: RunNs;
  /** One of them, as a clause without a full stop. */
  readonly what: string;
  /** Planted by the harness: it shows that the live path sees. */
  readonly canary?: true;
}
