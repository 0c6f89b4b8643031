/**
 * How a call to the coordinator fails: the two errors that `Coordination` promises, thrown by the real client and by the
 * simulated one. They stand apart so that the simulator loads nothing that can reach a network.
 */

/** The outcome is not known: the request may have been carried out. */
export class CoordinationTimeout extends Error {
  override readonly name = 'CoordinationTimeout';
}

/** The request was certainly not carried out. */
export class CoordinationRefused extends Error {
  override readonly name = 'CoordinationRefused';
}
