/** Runs written by hand, for tests of indicators and SLOs: requests, words of nodes and disturbances, in seconds. */
import type { Finding } from '../core/finding.ts';
import type { Tenure } from '../core/tenure.ts';
import type { NodeHealth } from '../core/cluster.ts';
import type { Disturbed } from '../core/disturbance.ts';
import type { LeaseFact, RequestColumns } from '../core/history.ts';
import { REQUEST_STATUS } from '../core/history.ts';
import type { JournalEntry } from '../core/journal.ts';
import type { Phase } from '../core/phase.ts';
import { scenarioSchema } from '../core/scenario.ts';
import type { SequenceSecond } from '../core/sequence-use.ts';
import { LAYOUT } from '../checkers/shared/history-builder.ts';
import { disturbanceRecords } from './disturbance-records.ts';
import type { FactsInput } from './slo-facts.ts';

export const at = (second: number): number => Math.round(second * 1e9);

interface Request {
  readonly node: string;
  readonly sent: number;
  readonly takes: number;
  readonly status: (typeof REQUEST_STATUS)[number];
  readonly count: number;
}

interface Disturbing {
  readonly name?: string;
  readonly reach?: readonly string[];
  readonly disturbs?: readonly Disturbed[];
}

export class RunBuilder {
  readonly #nodes: readonly string[];
  readonly #pool: number | undefined;
  readonly #requests: Request[] = [];
  readonly #journal: JournalEntry[] = [];
  readonly #disturbances: { readonly name: string; readonly fault: string }[] = [];
  readonly tenures: Tenure[] = [];
  readonly leases: LeaseFact[] = [];
  readonly findings: Finding[] = [];
  readonly sequence: SequenceSecond[] = [];

  /** A pool of as many worker IDs; none where left out. */
  constructor(nodes: readonly string[] = ['n1', 'n2'], pool?: number) {
    this.#nodes = nodes;
    this.#pool = pool;
  }

  /** `takes`: seconds until its answer. */
  request(
    node: string,
    sent: number,
    { takes = 0.002, status = 'ok', count = 2 }: Partial<Omit<Request, 'node' | 'sent'>> = {},
  ): this {
    this.#requests.push({ node, sent, takes, status, count: status === 'ok' ? count : 0 });
    return this;
  }

  /** Ten requests a second to a node, from second to second. */
  requests(node: string, from: number, to: number, how: Parameters<RunBuilder['request']>[2] = {}): this {
    for (let tenth = Math.round(from * 10); tenth < to * 10; tenth++) this.request(node, tenth / 10, how);
    return this;
  }

  phase(phase: Phase, second: number): this {
    return this.entry({ at: at(second), kind: 'phase', phase });
  }

  /** Warm-up, disturbances and recovery, from second to second, to the end of the load. */
  phases(warmUp: number, disturb: number, recover: number, drain: number): this {
    return this.phase('warm-up', warmUp).phase('disturb', disturb).phase('recover', recover).phase('drain', drain);
  }

  said(node: string, second: number, health: Partial<NodeHealth> = {}, offsetMs = 0): this {
    const whole = { status: 'minting', incarnation: 1, wallMs: 0, at: at(second), minted: [], ...health } as const;
    return this.entry({ at: at(second), kind: 'health', node, health: whole, offsetMs });
  }

  /** Asked for and injected at once; without an end it is never healed. */
  disturbance(from: number, to: number | undefined, disturbing: Disturbing = {}): this {
    const { name = 'kill', reach = ['n1'], disturbs = ['process'] } = disturbing;
    const key = `slot/${this.#disturbances.length}-${name}`;
    const asked = { key, name, slot: 'slot', fault: name, disturbs, options: {}, reach, plannedMs: 1000 };
    this.#disturbances.push({ name, fault: name });
    this.entry({ at: at(from), kind: 'disturbance', what: 'asked', ...asked });
    this.entry({ at: at(from), kind: 'disturbance', what: 'injected', key });
    if (to === undefined) return this;
    this.entry({ at: at(to), kind: 'disturbance', what: 'healing', key });
    return this.entry({ at: at(to), kind: 'disturbance', what: 'healed', key });
  }

  entry(entry: JournalEntry): this {
    this.#journal.push(entry);
    return this;
  }

  build(more: Partial<FactsInput> = {}): FactsInput {
    const journal = this.#journal.toSorted((a, b) => a.at - b.at);
    const disturbances = this.#disturbances.map((one) => ({ ...one, atMs: 0, forMs: 1000 }));
    return {
      scenario: scenarioSchema.parse({
        name: 'by-hand',
        question: 'What was measured?',
        generator: 'snowflake',
        cluster: { nodes: this.#nodes.length, coordinatorMembers: 1 },
        ...(this.#pool !== undefined && { pool: this.#pool }),
        load: { idsPerSecond: 20, batch: { min: 2, max: 2, mean: 2 } },
        warmUpMs: 1000,
        timetable: {
          order: 'given',
          slots: disturbances.length === 0 ? [] : [{ name: 'slot', lengthMs: 10_000, disturbances }],
        },
        recoverMs: 1000,
      }),
      layout: LAYOUT,
      nodes: this.#nodes,
      journal,
      requests: this.#columns(),
      disturbances: disturbanceRecords(journal),
      tenures: this.tenures,
      leases: this.leases,
      findings: this.findings,
      sequence: this.sequence,
      virtualTime: false,
      ...more,
    };
  }

  #columns(): RequestColumns {
    const all = this.#requests;
    return {
      length: all.length,
      node: Uint16Array.from(all, ({ node }) => this.#nodes.indexOf(node)),
      sent: Float64Array.from(all, ({ sent }) => at(sent)),
      received: Float64Array.from(all, ({ sent, takes }) => at(sent) + at(takes)),
      status: Uint8Array.from(all, ({ status }) => REQUEST_STATUS.indexOf(status)),
      incarnation: new Uint32Array(all.length).fill(1),
      lane: new Uint16Array(all.length),
      firstSeq: new Float64Array(all.length),
      count: Uint32Array.from(all, ({ count }) => count),
      first: new BigUint64Array(all.length),
      last: new BigUint64Array(all.length),
      digest: new BigUint64Array(all.length),
    };
  }
}
