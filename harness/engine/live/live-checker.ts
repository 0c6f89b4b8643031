/**
 * What is wrong with the IDs so far, told while nodes mint: steps back, fields, and holders of one worker ID at one time
 * as soon as a range is stored, duplicates at the next look. It decides nothing: the verdict is the checkers', who read the
 * whole run when it is over.
 */
import { CANARY, CANARY_NODE } from '../../core/canary.ts';
import type { SqlReader } from '../../core/checker.ts';
import type { LiveFinding } from '../../core/live.ts';
import type { Layout } from '../../core/layout.ts';
import { idBitsOf } from '../../core/layout.ts';
import { lifeOf } from '../../core/phrases.ts';
import type { BatchRange } from '../../core/store.ts';
import type { LaneName } from '../../core/tap.ts';
import type { Emission, NewDuplicates } from './duplicates.ts';
import { Duplicates } from './duplicates.ts';
import { idFields, type IdFields } from './id-fields.ts';
import type { Act, LaneSpan, Tally } from './lane-look.ts';
import { LaneLook } from './lane-look.ts';
import type { Span } from './spans.ts';
import { Spans } from './spans.ts';

export interface LiveCheckerOptions {
  /** Reads the run's tables, the canary's IDs among them. */
  readonly sql: SqlReader;
  readonly layout: Layout;
  readonly untoldHolders: boolean;
  /** By number. */
  readonly nodes: readonly string[];
}

interface Holder extends Act {
  readonly lane: LaneName;
  from: number;
  to: number;
}

export class LiveChecker {
  readonly #options: LiveCheckerOptions;
  readonly #fields: IdFields;
  readonly #duplicates: Duplicates;
  readonly #lanes = new Map<string, LaneLook>();
  readonly #spans = new Map<bigint, Spans>();
  /** IDs of the canary are no worker's: spans of their own. */
  readonly #canarySpans = new Map<bigint, Spans>();
  /** From the lowest to the greatest ID of ranges in no order, whatever worker IDs they carry. */
  readonly #wild = new Spans();
  readonly #holders = new Map<number, Holder[]>();
  readonly #met = new Set<string>();
  constructor(options: LiveCheckerOptions) {
    this.#options = options;
    this.#fields = idFields(options.layout, options.untoldHolders);
    this.#duplicates = new Duplicates(options.sql, idBitsOf(options.layout));
  }

  /** To be called for each range once it is stored, in the order of its lane. */
  stored(range: BatchRange): readonly LiveFinding[] {
    const { node, incarnation, lane } = range.lane;
    const isCanary = range.nodeIndex === CANARY_NODE;
    const key = `${node}/${incarnation}/${lane}`;
    const lookAt = this.#lanes.get(key) ?? new LaneLook(this.#fields);
    this.#lanes.set(key, lookAt);
    const { spans, wild, backward, malformed, acts } = lookAt.look(range);
    if (wild !== undefined) {
      // Its spans are not all told: anything between its ends may be one of its IDs.
      this.#wild.add(wild);
      this.#duplicates.storedWild(range, wild);
    } else this.#duplicates.stored(range, this.#meetings(spans, isCanary ? this.#canarySpans : this.#spans));
    const life = lifeOf(range.lane);
    const found = [
      ...finding('increasing-per-node', backward, ({ id, before }) => `${life} minted ${id} after ${before}`),
      // The canary is of no layout.
      ...(isCanary ? [] : finding('well-formed', malformed, ({ id, held }) => `${life} minted ${id} ${under(held)}`)),
    ];
    return [
      ...found.map((one) => (isCanary ? { ...one, canary: true as const } : one)),
      ...this.#meetingHolders(range, acts),
    ];
  }

  /** IDs come in no order: at the last look each was sought among all. */
  get seeksEach(): boolean {
    return this.#duplicates.seeksEach;
  }

  /** Duplicates that came with what was stored since the last look. */
  async look(): Promise<readonly LiveFinding[]> {
    return (await this.#duplicates.look()).map((found) => ({
      guarantee: 'unique',
      found: found.found,
      emitted: found.emitted,
      what: this.#describe(found),
      ...(found.latest.node === CANARY_NODE && { canary: true as const }),
    }));
  }

  #meetings(spans: readonly LaneSpan[], taken: Map<bigint, Spans>): readonly Span[] {
    return spans.flatMap((span) => {
      const ofKey = taken.get(span.key) ?? new Spans();
      taken.set(span.key, ofKey);
      return [...ofKey.add(span, span.after), ...this.#wild.meets(span)];
    });
  }

  #describe({ id, first, latest }: NewDuplicates): string {
    const life = ({ node, incarnation }: Emission): string =>
      lifeOf({ node: node === CANARY_NODE ? CANARY : (this.#options.nodes[node] ?? `node ${node}`), incarnation });
    const [one, other] = [life(first), life(latest)];
    return `ID ${id} was minted ${one === other ? `twice by ${one}` : `by ${one} and by ${other}`}`;
  }

  /** As `owns-worker-id` counts them: two holders whose certain intervals meet, each pair once. */
  #meetingHolders({ lane, nodeIndex }: BatchRange, acts: readonly Act[]): readonly LiveFinding[] {
    if (nodeIndex === CANARY_NODE) return [];
    return acts.flatMap((act) => {
      const holders = this.#holders.get(act.workerId) ?? [];
      this.#holders.set(act.workerId, holders);
      let own = holders.find((one) => isSame(one, act, lane));
      if (own === undefined) holders.push((own = { ...act, lane }));
      own.from = Math.min(own.from, act.from);
      own.to = Math.max(own.to, act.to);
      return holders.flatMap((other): LiveFinding[] => {
        if (other === own || other.from > own.to || own.from > other.to) return [];
        const pair = [nameOf(own), nameOf(other)].sort().join(' ');
        if (this.#met.has(pair)) return [];
        this.#met.add(pair);
        const what = `${lifeOf(other.lane)} and ${lifeOf(lane)} both minted under worker ID ${act.workerId}`;
        return [{ guarantee: 'owns-worker-id', found: 1, emitted: Math.max(own.from, other.from), what }];
      });
    });
  }
}

function finding(
  guarantee: LiveFinding['guarantee'],
  { found, first }: Tally,
  what: (first: NonNullable<Tally['first']>) => string,
): LiveFinding[] {
  return first === undefined ? [] : [{ guarantee, found, emitted: first.emitted, what: what(first) }];
}

const under = (held: number): string => (held < 0 ? 'and held no worker ID' : `under worker ID ${held}`);

const isSame = (one: Holder, { createRevision }: Act, { node, incarnation }: LaneName): boolean =>
  one.lane.node === node && one.lane.incarnation === incarnation && one.createRevision === createRevision;

const nameOf = ({ lane: { node, incarnation }, workerId, createRevision }: Holder): string =>
  `${node}/${incarnation}/${workerId}/${createRevision}`;
