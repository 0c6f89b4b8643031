/** What indicators read, from what the judge has. Pure. */
import type { Finding } from '../core/finding.ts';
import type { Tenure } from '../core/tenure.ts';
import { disturbing } from '../core/disturbing.ts';
import type { LeaseFact, RequestColumns } from '../core/history.ts';
import type { IndicatorFacts, MarkedRequests, Reach } from '../core/indicator.ts';
import { MARK } from '../core/indicator.ts';
import type { JournalEntry } from '../core/journal.ts';
import type { Layout } from '../core/layout.ts';
import type { DisturbanceRecord } from '../core/run.ts';
import type { Scenario } from '../core/scenario.ts';
import type { SequenceSecond } from '../core/sequence-use.ts';
import { idsPerTick } from '../core/sequence-use.ts';
import type { RunNs } from '../core/time.ts';
import { msToNs, NS_PER_S } from '../core/time.ts';
import { NodeTimes } from './node-times.ts';
import { GRACE_NS, withHeirs } from './reach.ts';
import { deafSpans } from './recover-window.ts';

export interface FactsInput extends Pick<IndicatorFacts, 'clocksUnseen'> {
  readonly scenario: Scenario;
  readonly layout: Layout;
  readonly nodes: readonly string[];
  readonly journal: readonly JournalEntry[];
  readonly requests: RequestColumns | undefined;
  readonly disturbances: readonly DisturbanceRecord[];
  readonly tenures: readonly Tenure[];
  readonly leases: readonly LeaseFact[];
  readonly findings: readonly Finding[];
  readonly sequence: readonly SequenceSecond[] | undefined;
  /** Time was virtual, and the load the thinner one of the simulator. */
  readonly virtualTime: boolean;
}

export function indicatorFacts(input: FactsInput): IndicatorFacts {
  const { scenario, layout, nodes, journal, requests, disturbances, tenures, leases, sequence, virtualTime } = input;
  const { load } = scenario;
  const found = reachesOf(disturbances, journal, nodes);
  const reached = nodes.map((_, node) => new NodeTimes(found.filter(({ reach }) => reach.includes(node))));
  const deafness = deafSpans(journal) ?? [];
  const deaf = nodes.map((name) => new NodeTimes(deafness.filter(({ node }) => node === undefined || node === name)));
  const marksOf = (node: number, from: RunNs, to: RunNs): number =>
    (reached[node]?.touches(from, to) === true ? MARK.reach : 0) |
    (deaf[node]?.touches(from, to) === true ? MARK.deaf : 0);
  return {
    scenario,
    nodes,
    journal,
    requests: requests && marked(requests, marksOf, standbys(scenario, nodes, journal, marksOf)),
    tenures,
    leases,
    reaches: found,
    marksOf,
    conflicts: conflictsIn(input.findings),
    idsPerRequest: virtualTime ? load.simulated.batch.mean : load.batch.mean,
    sequence,
    sequenceRoom: idsPerTick(layout),
    ...(input.clocksUnseen === true && { clocksUnseen: true }),
  };
}

/** Counted by acts, and only where the evidence decides all of it. */
function conflictsIn(findings: readonly Finding[]): number | undefined {
  const finding = findings.find(({ guarantee }) => guarantee === 'owns-worker-id');
  if (finding === undefined || finding.checked === 0) return undefined;
  return finding.violations - finding.outsideAssumptions;
}

/** Nodes are indexes into the list of them. */
export interface NodesReached extends Reach {
  readonly reach: readonly number[];
}

/**
 * With the heirs of whom a disturbance hits. A clock that was ahead leaves a debt: what it minted then must not be minted
 * again, so its node may be dark for as long after the heal as it had been measured ahead.
 */
export function reachesOf(
  disturbances: readonly DisturbanceRecord[],
  journal: readonly JournalEntry[],
  nodes: readonly string[],
): readonly NodesReached[] {
  const asked = new Map(
    journal.flatMap((entry) =>
      entry.kind === 'disturbance' && entry.what === 'asked' ? [[entry.key, entry.at] as const] : [],
    ),
  );
  const begun = disturbing(disturbances).flatMap((record) => {
    const from = asked.get(record.key) ?? record.injected;
    return from === undefined ? [] : [{ record, from, debtNs: debtOf(record, from, journal) }];
  });
  const lasting = begun.map(({ record, from, debtNs }) => ({
    ...record,
    injected: from,
    ...(record.healed !== undefined && { healed: record.healed + debtNs }),
  }));
  return withHeirs(lasting, journal).map(({ reach, healed }, index) => {
    const { record, from } = begun[index]!;
    return {
      key: record.key,
      name: record.name,
      ofCoordinator: record.disturbs.includes('coordinator'),
      reach: reach.map((name) => nodes.indexOf(name)),
      from,
      healed: record.healed,
      to: healed === undefined ? Number.MAX_SAFE_INTEGER : healed + GRACE_NS,
    };
  });
}

function debtOf(
  { disturbs, reach, healed = Number.MAX_SAFE_INTEGER }: DisturbanceRecord,
  from: RunNs,
  journal: readonly JournalEntry[],
): number {
  if (!disturbs.includes('clock')) return 0;
  const aheadMs = journal.reduce(
    (most, entry) =>
      entry.kind === 'health' && entry.at >= from && entry.at <= healed && reach.includes(entry.node)
        ? Math.max(most, entry.offsetMs)
        : most,
    0,
  );
  return msToNs(aheadMs);
}

function marked(
  requests: RequestColumns,
  marksOf: IndicatorFacts['marksOf'],
  standsBy: (node: number, at: RunNs) => boolean,
): MarkedRequests {
  const { length, node, sent, received } = requests;
  const marks = new Uint8Array(length);
  for (let row = 0; row < length; row++) {
    const [whom, from] = [node[row]!, sent[row]!];
    marks[row] = marksOf(whom, from, Math.max(from, received[row]!)) | (standsBy(whom, from) ? MARK.standby : 0);
  }
  return { ...requests, marks };
}

/** How old a word of a node may be to tell of the second after it. */
const SAID_NS = NS_PER_S;

/**
 * Nodes that stand by in a second: they said then that they wait for a worker ID. No more of them than there are nodes
 * beyond the pool, those outside every reach first: of a pool that is not held whole somebody has to answer for it.
 */
function standbys(
  { pool }: Scenario,
  nodes: readonly string[],
  journal: readonly JournalEntry[],
  marksOf: IndicatorFacts['marksOf'],
): (node: number, at: RunNs) => boolean {
  const spare = pool === undefined ? 0 : Math.max(0, nodes.length - pool);
  if (spare === 0) return () => false;
  const words = nodes.map((name) =>
    journal.flatMap((entry) =>
      (entry.kind === 'health' || entry.kind === 'no health') && entry.node === name
        ? [{ at: entry.at, waits: entry.kind === 'health' && entry.health.status === 'waiting' }]
        : [],
    ),
  );
  const waited = words.map((said) => {
    const seconds = new Set<number>();
    for (const [index, { at, waits }] of said.entries()) {
      if (!waits) continue;
      const until = Math.min(said[index + 1]?.at ?? at + SAID_NS, at + SAID_NS);
      for (let second = Math.floor(at / NS_PER_S); second * NS_PER_S < until; second++) seconds.add(second);
    }
    return seconds;
  });
  // A reach that begins or ends within the second leaves a part of it to be told.
  const isFree = (node: number, second: number): boolean =>
    [second, second + 1].some((edge) => (marksOf(node, edge * NS_PER_S, edge * NS_PER_S) & MARK.reach) === 0);
  const chosen = new Map<number, ReadonlySet<number>>();
  const chosenIn = (second: number): ReadonlySet<number> => {
    const known = chosen.get(second);
    if (known !== undefined) return known;
    const waiting = nodes.map((_, node) => node).filter((node) => waited[node]!.has(second));
    const [free, reached] = [
      waiting.filter((node) => isFree(node, second)),
      waiting.filter((node) => !isFree(node, second)),
    ];
    const found = new Set([...free, ...reached].slice(0, spare));
    chosen.set(second, found);
    return found;
  };
  return (node, at) => chosenIn(Math.floor(at / NS_PER_S)).has(node);
}
