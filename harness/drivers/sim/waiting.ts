/** What waits for a simulated node that stands still, each in its turn. */
export class Waiting {
  #acts: (() => void)[] = [];
  #putOff = 0;

  /** As the last. */
  add(act: () => void): void {
    this.#acts.push(act);
  }

  /** All that waits, in order. */
  take(): readonly (() => void)[] {
    const acts = this.#acts;
    this.clear();
    return acts;
  }

  /**
   * Of what was taken, in its order: it keeps its turn before what was added since. As in an event loop, clients who come
   * in without end do not starve the rest.
   */
  putOff(act: () => void): void {
    this.#acts.splice(this.#putOff++, 0, act);
  }

  clear(): void {
    this.#acts = [];
    this.#putOff = 0;
  }
}
