/** Waits until nothing is left of something, and nothing comes back. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface Patience {
  readonly withinMs: number;
  /**
   * Nothing may be seen for so long: what a container engine was asked to make before whoever asked was killed may come
   * after the first look.
   */
  readonly staysMs: number;
  readonly lookEveryMs: number;
}

export interface Gone {
  /** What is still there; empty when all is gone. */
  readonly left: readonly string[];
  /** When it was last seen to be there, from the beginning, in milliseconds. */
  readonly afterMs: number;
}

export async function untilGone(
  look: () => readonly string[],
  { withinMs, staysMs, lookEveryMs }: Patience,
): Promise<Gone> {
  const began = performance.now();
  let goneAt: number | undefined;
  for (;;) {
    const left = look();
    const now = performance.now();
    if (left.length === 0) {
      goneAt ??= now;
      if (now - goneAt >= staysMs) return { left, afterMs: goneAt - began };
    } else {
      goneAt = undefined;
      if (now - began > withinMs) return { left, afterMs: now - began };
    }
    await sleep(lookEveryMs);
  }
}
