/** A client's request that was not answered in place: answered later, or past its timeout. */
import type { MintReply, Taking } from '../../core/cluster.ts';
import type { Cancel } from '../../core/time.ts';
import { msToNs } from '../../core/time.ts';
import type { Answer } from './lane.ts';
import type { VirtualTime } from './virtual-time.ts';

export class OpenRequest {
  readonly count: number;
  readonly taking: Taking;
  isOpen = true;
  readonly #time: VirtualTime;
  readonly #done: Answer;
  readonly #onClosed: () => void;
  readonly #cancel: Cancel;

  constructor(
    { count, taking }: { readonly count: number; readonly taking: Taking },
    time: VirtualTime,
    timeoutMs: number,
    done: Answer,
    onClosed: () => void,
  ) {
    this.count = count;
    this.taking = taking;
    this.#time = time;
    this.#done = done;
    this.#onClosed = onClosed;
    time.beginInterest();
    this.#cancel = time.schedule(time.now() + msToNs(timeoutMs), () => this.answer({ status: 'no answer' }));
  }

  /** The first answer counts. */
  answer(reply: MintReply): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.#cancel();
    this.#onClosed();
    this.#time.endInterest();
    this.#time.settled();
    this.#done(reply);
  }
}
