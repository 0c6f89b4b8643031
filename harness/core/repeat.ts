/**
 * For faults that go on acting while they last: something done again and again, from inject to heal.
 */
import type { FaultContext } from './fault.ts';
import type { Time } from './time.ts';

interface Loop {
  readonly stop: AbortController;
  readonly ended: Promise<void>;
  error?: Error;
}

/** By the notes of a disturbance: they live as long as it does. */
const loops = new WeakMap<FaultContext['notes'], Loop>();

/** Does it now, and every `everyMs` until `stopRepeating`. Resolves when it was done once; a loop that ran before ends. */
export async function repeat(
  { notes }: FaultContext,
  time: Time,
  everyMs: number,
  act: (round: number) => Promise<void>,
): Promise<void> {
  await stopLoop(notes);
  const stop = new AbortController();
  await act(0);
  const loop: Loop = { stop, ended: rest() };
  loops.set(notes, loop);

  async function rest(): Promise<void> {
    try {
      for (let round = 1; ; round++) {
        await time.sleep(everyMs, stop.signal);
        if (stop.signal.aborted) return;
        await act(round);
      }
    } catch (error) {
      if (!stop.signal.aborted) loop.error = error instanceof Error ? error : new Error(String(error));
    }
  }
}

/** Ends it; resolves when nothing is done any more. Fine where nothing was begun. */
export async function stopRepeating({ notes }: FaultContext): Promise<void> {
  await stopLoop(notes);
}

/** Throws what ended it before its time: a fault that stopped acting is not in force. */
export function assertRepeats({ notes }: FaultContext): void {
  const error = loops.get(notes)?.error;
  if (error !== undefined) throw error;
}

async function stopLoop(notes: FaultContext['notes']): Promise<void> {
  const loop = loops.get(notes);
  loops.delete(notes);
  loop?.stop.abort();
  await loop?.ended;
}
