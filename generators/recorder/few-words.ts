/** Keeps messages few: each is counted by what it says, and a service may say something else each time. */
import { ServiceFault } from '../../harness/core/service-fault.ts';

/** So many messages of a node are told in full. */
const TOLD_MAX = 20;

export class FewWords {
  readonly #told = new Set<string>();

  /** The fault with its detail; once there were many, those that were not told yet go without. */
  of(fault: ServiceFault): ServiceFault {
    if (this.#told.has(fault.message)) return fault;
    if (this.#told.size >= TOLD_MAX) return new ServiceFault(fault.what);
    this.#told.add(fault.message);
    return fault;
  }
}
