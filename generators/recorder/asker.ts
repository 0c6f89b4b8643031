/** Who asks a service, whatever it speaks. */
import type { IdBuffer } from './id-buffer.ts';

export interface Asker {
  /**
   * Asks once for `count` IDs, or for as many as it gives. What came stands in the buffer, also where this rejects: with
   * a refusal, or a ServiceFault that says what came in place of IDs.
   */
  ask(count: number, into: IdBuffer): Promise<void>;
  close(): void;
}
