/**
 * Watches what is stored while a run lasts, and tells what is wrong with it: in the journal, and so to the terminal and the
 * metrics. Looks once after each pass of the collector, one look at a time.
 */
import { EngineLost } from '../../core/store.ts';
import type { BatchRange } from '../../core/store.ts';
import { messageOf } from '../../core/errors.ts';
import type { JournalEntry } from '../../core/journal.ts';
import type { LiveFinding } from '../../core/live.ts';
import type { RunNs, Time } from '../../core/time.ts';
import { nsToMs } from '../../core/time.ts';
import type { Canary } from './canary.ts';
import type { LiveChecker } from './live-checker.ts';

/** Later than this after an ID was minted, what is wrong with it is told late, and that is told, too. */
export const LIVE_WITHIN_MS = 2000;
/** Where IDs are in no order, so that each has to be sought among all. */
export const LIVE_WITHIN_WILD_MS = 5000;
/** Of one guarantee no oftener than this: what breaks a thousand times a second is one line. */
const TOLD_EVERY_MS = 1000;

export interface LiveWatchOptions {
  readonly checker: LiveChecker;
  readonly canary: Canary;
  readonly journal: { append(entry: JournalEntry): void };
  readonly time: Time;
  /** Told of each finding that is no canary's, at once. */
  readonly onFinding: (finding: LiveFinding) => void;
}

type Guarantee = LiveFinding['guarantee'];

export class LiveWatch {
  readonly #options: LiveWatchOptions;
  readonly #untold = new Map<Guarantee, LiveFinding>();
  readonly #toldAt = new Map<Guarantee, RunNs>();
  #duplicates = 0;
  /** All that was committed before is stored. */
  #passed: RunNs = 0;
  /** All that was committed before was looked at. */
  #lookedUpTo: RunNs;
  #isBehind = false;
  /** The last look failed for want of an engine. */
  #isBlind = false;
  #failure: string | undefined;
  #looking: Promise<void> | undefined;
  /** Everything was looked at that there is. */
  isOver = false;

  constructor(options: LiveWatchOptions) {
    this.#options = options;
    this.#lookedUpTo = options.time.now();
  }

  /** Duplicated IDs so far, each once. */
  get duplicates(): number {
    return this.#duplicates;
  }

  /** All that was committed to the taps longer ago than this was looked at. */
  lagMs(): number {
    return nsToMs(this.#options.time.now() - this.#lookedUpTo);
  }

  plant(): void {
    this.#options.canary.plant();
  }

  /** A range is stored. */
  stored(range: BatchRange): void {
    this.#take(this.#options.checker.stored(range));
  }

  /** A pass over all lanes is over that left nothing of before `began`. */
  passed(began: RunNs): void {
    this.#passed = began;
    this.#looking ??= this.#lookUntilCaughtUp().finally(() => (this.#looking = undefined));
  }

  /** To be called when everything is stored. Looks at what is left, and says in the journal what came of it. */
  async finish(): Promise<void> {
    await this.#looking;
    const { canary, journal, time } = this.#options;
    const looked = await this.#look();
    this.#tell(true);
    this.isOver = true;
    const missed = canary.missed();
    if (missed !== undefined) journal.append({ at: time.now(), kind: 'unknown', reason: missed });
    const whole = looked && missed === undefined && this.#failure === undefined;
    journal.append({ at: time.now(), kind: 'live end', whole });
  }

  async #lookUntilCaughtUp(): Promise<void> {
    while (this.#lookedUpTo < this.#passed && this.#failure === undefined) {
      const passed = this.#passed;
      // Tried again after the next pass: a range that nobody looked at is not behind us.
      if (!(await this.#look())) return;
      this.#lookedUpTo = passed;
      this.#tell(false);
      this.#tellWhetherBehind(passed);
    }
  }

  /** Whether what is stored was looked at. */
  async #look(): Promise<boolean> {
    try {
      this.#take(await this.#options.checker.look());
      this.#isBlind = false;
      return true;
    } catch (error) {
      // A lost engine is the collector's to report; one that has too little memory for a look may still take ranges.
      if (error instanceof EngineLost) {
        if (!this.#isBlind) this.#note(`live detection sees nothing for now: ${messageOf(error)}`);
        this.#isBlind = true;
        return false;
      }
      if (this.#failure === undefined) this.#note(`live detection has ended: ${messageOf(error)}`);
      this.#failure ??= messageOf(error);
      return false;
    }
  }

  #take(findings: readonly LiveFinding[]): void {
    for (const finding of findings) {
      if (finding.canary === true) this.#takeCanary(finding);
      else {
        if (finding.guarantee === 'unique') this.#duplicates += finding.found;
        const untold = this.#untold.get(finding.guarantee);
        this.#untold.set(
          finding.guarantee,
          untold === undefined ? finding : { ...untold, found: untold.found + finding.found },
        );
        this.#options.onFinding(finding);
      }
    }
    this.#tell(false);
  }

  #takeCanary(finding: LiveFinding): void {
    const lateMs = this.#options.canary.saw(finding);
    if (lateMs !== undefined && lateMs > this.#withinMs()) this.#behind(lateMs);
  }

  #tell(all: boolean): void {
    const { journal, time } = this.#options;
    const at = time.now();
    for (const [guarantee, finding] of this.#untold) {
      const toldAt = this.#toldAt.get(guarantee);
      if (!all && toldAt !== undefined && nsToMs(at - toldAt) < TOLD_EVERY_MS) continue;
      this.#untold.delete(guarantee);
      this.#toldAt.set(guarantee, at);
      journal.append({ at, kind: 'live', ...finding });
    }
  }

  #tellWhetherBehind(passed: RunNs): void {
    const lateMs = nsToMs(this.#options.time.now() - passed);
    if (lateMs > this.#withinMs()) this.#behind(lateMs);
    else this.#isBehind = false;
  }

  #withinMs(): number {
    return this.#options.checker.seeksEach ? LIVE_WITHIN_WILD_MS : LIVE_WITHIN_MS;
  }

  /** Once for as long as it lasts. */
  #behind(lateMs: number): void {
    if (!this.#isBehind)
      this.#note(
        `live detection behind: what is wrong is seen ${(lateMs / 1000).toFixed(1)} s after it was minted; the verdict does not depend on it`,
      );
    this.#isBehind = true;
  }

  #note(text: string): void {
    this.#options.journal.append({ at: this.#options.time.now(), kind: 'note', text });
  }
}
