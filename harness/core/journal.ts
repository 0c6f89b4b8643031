/**
 * The journal: whatever the harness observes, appended as it is observed, one JSON line each. With the taps it is all
 * that the judge needs, so a run can be judged after its harness died.
 */
import type { NodeHealth, OwnerEvent } from './cluster.ts';
import type { AskedDisturbance, EvidenceSample } from './disturbance.ts';
import type { Json } from './json.ts';
import type { LiveFinding } from './live.ts';
import type { Phase } from './phase.ts';
import type { Rollback } from './rollback.ts';
import type { LaneName } from './tap.ts';
import type { Origin, RunNs } from './time.ts';
import type { UnknownReason } from './verdict.ts';

/**
 * What was done to a process. `terminated`: it was asked to end, and ended. `slowed`: it has a share of the CPU only, until
 * `unslowed`.
 */
export type ProcessEvent = 'started' | 'killed' | 'terminated' | 'paused' | 'resumed' | 'slowed' | 'unslowed';

export type JournalEntry = { readonly at: RunNs } & (
  | {
      readonly kind: 'origin';
      readonly origin: Origin;
      readonly nodes: readonly string[];
      /** Its version; absent where there is none. */
      readonly coordinator?: string;
      readonly versions: { readonly [name: string]: string };
    }
  | { readonly kind: 'phase'; readonly phase: Phase }
  /** A slot began; its holder was drawn. */
  | { readonly kind: 'slot'; readonly slot: string; readonly holder?: string; readonly workerId?: number }
  | DisturbanceEntry
  /** What a disturbance waited for has come; `detail` says what was seen, as one sentence. */
  | { readonly kind: 'signal'; readonly key: string; readonly detail: string }
  | { readonly kind: 'health'; readonly node: string; readonly health: NodeHealth; readonly offsetMs: number }
  | { readonly kind: 'no health'; readonly node: string }
  /** Its process ended by itself: nobody had killed it or asked it to end. */
  | { readonly kind: 'ended'; readonly node: string; readonly lastWords: string }
  | { readonly kind: 'owner'; readonly event: OwnerEvent }
  /** The coordinator went back to an earlier state. */
  | { readonly kind: 'rollback'; readonly rollback: Rollback }
  /** A process of the cluster began or ended, as the driver did it. */
  | { readonly kind: 'process'; readonly member: string; readonly what: ProcessEvent }
  /** A clock was given a setting: it took force between `from` and `at`, or, where the order failed, since then or never. */
  | {
      readonly kind: 'clock';
      readonly node: string;
      readonly offsetMs: number;
      readonly rate: number;
      readonly from: RunNs;
      readonly took: boolean;
    }
  /**
   * The harness asked a coordinator for the end of a lease, or of all: that of a region, where it is told. It was carried
   * out between `from` and `at`, or, where the request failed, since then or never.
   */
  | { readonly kind: 'revoke'; readonly coordinator?: string; readonly lease?: string; readonly from: RunNs }
  /** Who asks for IDs, as in the run's record. */
  | { readonly kind: 'load client'; readonly client: string; readonly version?: string; readonly sample?: string }
  /** What clients saw within the last second, by node. */
  | {
      readonly kind: 'load';
      readonly node: string;
      readonly sent: number;
      readonly dropped: number;
      readonly ok: number;
      readonly ids: number;
      readonly refused: { readonly [reason: string]: number };
      readonly errors: { readonly [reason: string]: number };
      readonly noAnswer: number;
    }
  /** A range about to be sent to the store; its token makes a second sending harmless. */
  | {
      readonly kind: 'collect';
      readonly lane: LaneName;
      readonly firstSeq: string;
      readonly count: number;
      readonly batches: number;
      readonly token: string;
    }
  /** Seen while the run lasted; nothing of the canary. */
  | ({ readonly kind: 'live' } & LiveFinding)
  /** All that was stored was looked at, or not (`whole`): then what was not told may be there all the same. */
  | { readonly kind: 'live end'; readonly whole: boolean }
  /**
   * Once a second: how far storing and looking were behind the taps, at most, and how many CPUs of the machine's the harness
   * and its store took since the entry before.
   */
  | {
      readonly kind: 'pace';
      readonly stored: string;
      readonly lagMs: number;
      readonly liveLagMs: number;
      readonly cpus: number;
      /** Of a store that is the run's own. */
      readonly storeCpus?: number;
      readonly ofCpus: number;
    }
  | { readonly kind: 'stall'; readonly forMs: number }
  | { readonly kind: 'host clock'; readonly steppedMs: number }
  /** Something that makes the run, or a part of it, unknown. */
  | { readonly kind: 'unknown'; readonly reason: UnknownReason }
  | { readonly kind: 'note'; readonly text: string; readonly data?: Json }
);

export type DisturbanceEntry =
  | ({ readonly kind: 'disturbance'; readonly what: 'asked' } & AskedDisturbance)
  /** It waits for a signal before it is asked for; `awaited` names the signal in words. */
  | ({ readonly kind: 'disturbance'; readonly what: 'waiting'; readonly awaited: string } & AskedDisturbance)
  /** Its signal did not come in time; `detail` is a clause without a full stop. */
  | { readonly kind: 'disturbance'; readonly what: 'never'; readonly key: string; readonly detail: string }
  | { readonly kind: 'disturbance'; readonly what: 'injected' | 'healing' | 'healed'; readonly key: string }
  | { readonly kind: 'disturbance'; readonly what: 'sample'; readonly key: string; readonly sample: EvidenceSample }
  | {
      readonly kind: 'disturbance';
      readonly what: 'failed';
      readonly key: string;
      readonly step: 'inject' | 'heal' | 'observe';
      readonly message: string;
    };
