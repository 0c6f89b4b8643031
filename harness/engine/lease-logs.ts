/** Reads the lease logs of a folder of taps: what nodes did with leases and keys, as their shells saw it. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { LeaseFact } from '../core/history.ts';
import type { CoordinatorOfNode } from '../core/coordinators.ts';
import { namedBy } from '../core/coordinators.ts';
import type { GoneAnswer, KeyDeletion, LeaseRevoke } from '../core/lease-ends.ts';
import { withGone, withRevokes } from '../core/lease-ends.ts';
import { isLeaseId } from '../core/lease-id.ts';
import { firstBroken } from '../core/line-chain.ts';
import { coordinatorOf } from '../core/tenures.ts';
import type { LaneName, LeaseLogLine } from '../core/tap.ts';
import { leaseLogName } from '../core/tap.ts';
import type { Origin } from '../core/time.ts';
import { runNs } from '../core/time.ts';

/** What one life of a node wrote. */
export interface LeaseLog {
  readonly node: string;
  readonly incarnation: number;
  readonly lines: readonly LeaseLogLine[];
  /** What is wrong with the log, one sentence each; then none of its lines is here. */
  readonly problems: readonly string[];
}

/** What the logs of all nodes say together. */
export interface LeaseWords {
  /** The sending of the last accepted grant or keep-alive, its TTL, and when a node first asked for its end. */
  readonly leases: readonly LeaseFact[];
  readonly deletions: readonly KeyDeletion[];
}

/**
 * Pure. `coordinators`: where each region has its own, whose leases those in the log of a node are.
 */
export function leaseWords(logs: readonly LeaseLog[], origin: Origin, coordinators?: CoordinatorOfNode): LeaseWords {
  const originNs = BigInt(origin.monotonicNs);
  const facts = new Map<string, LeaseFact>();
  const revokes = new Map<string, LeaseRevoke>();
  const deletions = new Map<string, KeyDeletion>();
  const gone: GoneAnswer[] = [];
  for (const { node, incarnation, lines } of logs) {
    const granter = coordinatorOf(node, coordinators);
    const asker = { node, incarnation };
    for (const { lease: id, what, key = '', revision = '', sentNs, receivedNs, ttlMs } of lines) {
      // Two coordinators may give one name to leases of their own.
      const lease = namedBy(granter, id);
      const sent = runNs(originNs, BigInt(sentNs));
      const request = `${node} ${incarnation} ${sentNs}`;
      const [revoke, deletion] = [`${request} ${id}`, `${request} ${key}`];
      if (what === 'given up') revokes.set(revoke, { ...granter, lease: id, asker, sentNs: sent });
      else if (what === 'revoked')
        revokes.set(revoke, { ...granter, lease: id, asker, sentNs: sent, isAnswered: true });
      else if (what === 'not given up') revokes.delete(revoke);
      else if (what === 'deleting') deletions.set(deletion, { ...granter, key, asker, sentNs: sent });
      else if (what === 'deleted') deletions.set(deletion, { ...granter, key, asker, sentNs: sent, revision });
      else if (what === 'not deleted') deletions.delete(deletion);
      else if (what === 'gone') {
        const received = runNs(originNs, BigInt(receivedNs));
        gone.push({ ...granter, lease: id, node, incarnation, sentNs: sent, receivedNs: received });
      } else if (what === 'granted' || what === 'kept') {
        const known = facts.get(lease);
        const fact = { ...granter, lease: id, node, incarnation, lastSentNs: sent, ttlMs };
        // Whoever was granted it holds it, whoever keeps it alive.
        const holder = known === undefined || what === 'granted' ? fact : known;
        const latest = known === undefined || known.lastSentNs < sent ? fact : known;
        facts.set(lease, { ...latest, node: holder.node, incarnation: holder.incarnation });
      }
    }
  }
  const leases = withRevokes(withGone([...facts.values()], gone), [...revokes.values()]);
  return { leases, deletions: [...deletions.values()] };
}

/** Of lanes that minted under leases: their nodes had written of those before. */
export function missingLeaseLogs(logs: readonly LeaseLog[], lanes: readonly LaneName[]): string[] {
  const nameOf = ({ node, incarnation }: LaneName | LeaseLog): string => leaseLogName(node, incarnation);
  const there = new Set(logs.map(nameOf));
  return [...new Set(lanes.map(nameOf))]
    .filter((log) => !there.has(log))
    .map((log) => `${log} is missing, although its node minted under a lease`);
}

/** Of all lives whose taps are in the folder. To be called once a run: the logs of a long one have many lines. */
export function readLeaseLogs(folder: string): readonly LeaseLog[] {
  const logs: LeaseLog[] = [];
  for (const file of readdirSync(folder).sort()) {
    const name = /^(?<node>.+)-(?<incarnation>\d+)\.leases$/.exec(file)?.groups;
    if (name === undefined) continue;
    const { lines, problems } = readLines(file, readFileSync(join(folder, file), 'utf8'));
    logs.push({ node: name['node']!, incarnation: Number(name['incarnation']), lines, problems });
  }
  return logs;
}

/** Of a damaged log no line is evidence: the lost one may have taken back what another says. */
function readLines(file: string, content: string): Pick<LeaseLog, 'lines' | 'problems'> {
  // What follows the last newline is empty, or the line that a killed node was writing.
  const texts = content.split('\n').slice(0, -1);
  const lines = texts.map(lineOf);
  const problems = lines.flatMap((line, index) =>
    typeof line === 'string' ? [`${file}, line ${index + 1}: ${line}`] : [],
  );
  const broken = firstBroken(texts);
  if (problems.length === 0 && broken !== undefined)
    problems.push(`${file}, line ${broken + 1} does not follow on the one before: lines were lost or changed`);
  return { lines: problems.length === 0 ? lines.filter((line) => typeof line !== 'string') : [], problems };
}

/** Or what is wrong with it. */
function lineOf(text: string): LeaseLogLine | string {
  let line: Partial<LeaseLogLine> | null;
  try {
    line = JSON.parse(text) as Partial<LeaseLogLine> | null;
  } catch {
    return 'not JSON';
  }
  const { lease, sentNs, receivedNs, ttlMs } = line ?? {};
  if (!isLeaseId(lease)) return '`lease` is no lease ID, which is a string of decimal digits';
  const isMoment = (moment: unknown): boolean => typeof moment === 'string' && /^\d+$/.test(moment);
  if (!isMoment(sentNs) || !isMoment(receivedNs)) return '`sentNs` and `receivedNs` are strings of decimal digits';
  return Number.isFinite(ttlMs) ? (line as LeaseLogLine) : '`ttlMs` is a number';
}
