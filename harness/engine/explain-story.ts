/**
 * Tells a violation as a short story in plain English: who minted what and when, what their clocks showed, who held the
 * worker ID, what was disturbed.
 */
import type { Sighting, Witness } from '../core/finding.ts';
import type { Tenure } from '../core/tenure.ts';
import { decodeId } from '../core/layout.ts';
import { capitalised, disturbanceLabel, lifeOf, seconds } from '../core/phrases.ts';
import type { DisturbanceRecord } from '../core/run.ts';
import { msToNs, NS_PER_MS, type RunNs, trueUnixMs } from '../core/time.ts';
import type { Door } from './causes/holding.ts';
import type { Explained } from './explain-cause.ts';
import { endedEarlyAt, type EvidenceView, inForce } from './explain-evidence.ts';

/** Sightings told one by one. */
const SIGHTINGS_TOLD = 3;
/** Moments closer than this are one moment of the timetable. */
const APART_MS = 1000;

export function storyOf(witness: Witness, { cause, door }: Explained, view: EvidenceView): string {
  const ended =
    cause === 'two holders: coordinator ended the lease early' ? coordinatorBefore(witness, door, view) : undefined;
  const sentences = [
    ...(door === undefined ? [] : twoHolders(door, witness, view)),
    ...witness.sightings.slice(0, SIGHTINGS_TOLD).map((sighting) => tellSighting(sighting, view)),
    ...(door === undefined ? tellCause(witness, cause, view) : []),
    ...tellLease(witness, door, view),
    ...(ended === undefined ? [] : [tellEarlyEnd(ended)]),
    ...tellDisturbed(witness, ended?.disturbance ?? door?.disturbance, view),
  ];
  return sentences.filter((sentence) => sentence !== '').join(' ');
}

/** `Two nodes held worker ID 0: n1 from … to …, and n3 from … to …, so both from … to ….` */
function twoHolders(
  { intruder, successor, disturbance, cause }: Door,
  { sightings }: Witness,
  view: EvidenceView,
): string[] {
  const who = intruder.node === successor.node ? 'Two lives of one node' : 'Two nodes';
  const spans = [intruder, successor].map((tenure) => ({ tenure, ...spanOf(tenure, sightings, view) }));
  const from = Math.max(...spans.map((span) => span.from));
  const to = Math.min(...spans.map((span) => span.to));
  const told = spans.map((span) => tellSpan(span.tenure, span)).join(', and ');
  const together = to >= from ? `, so both from ${seconds(from)} to ${seconds(to)}` : '';
  return [
    `${who} held worker ID ${intruder.workerId}: ${told}${together}.`,
    openedBy(disturbance, intruder, cause, view),
  ];
}

function openedBy(
  disturbance: DisturbanceRecord | undefined,
  intruder: Tenure,
  cause: Door['cause'],
  view: EvidenceView,
): string {
  const life = lifeOf(intruder);
  const means = {
    'two holders: paused past its lease': `${life} stood still past its lease and minted on when it resumed`,
    'two holders: cut from the coordinator': `${life} could not reach the coordinator, its lease ran out, and it minted on`,
    'two holders: coordinator outage': `the coordinator was away for longer than the lease of ${life}, which minted on`,
    'two holders: by two coordinators': `each had worker ID ${intruder.workerId} from the coordinator of its own region, and neither coordinator knows of the other`,
    'two holders: no lease': `no lease told either of them that another node held worker ID ${intruder.workerId}`,
    'two holders: coordinator ended the lease early': `the coordinator ended the lease of ${life} before its word was over`,
    'minted after its lease':
      view.leaseOf(intruder)?.givenUpByHolder === true
        ? `${life} gave its lease up itself, and minted on`
        : `${life} minted on when it had been told that its lease was gone`,
  }[cause as string];
  if (disturbance !== undefined) return `The door was opened by ${tellDisturbance(disturbance)}: ${means}.`;
  if (means !== undefined) return `${capitalised(means)}.`;
  const offset = view.leaseOf(intruder) === undefined ? ' No lease of it is known.' : '';
  return `No disturbance at hand explains why ${life} minted on.${offset}`;
}

interface Span {
  readonly from: RunNs;
  readonly to: RunNs;
}

function tellSpan(tenure: Tenure, { from, to }: Span): string {
  return `${lifeOf(tenure)} from ${seconds(from)} to ${seconds(to)}`;
}

/** From the first to the last that is known of it. A tenure of one batch ends, by its certain interval, before it begins. */
function spanOf(tenure: Tenure, sightings: readonly Sighting[], view: EvidenceView): Span {
  const returns = sightings.filter((sighting) => view.tenureOf(sighting) === tenure).map(({ returned }) => returned);
  return { from: Math.min(tenure.from, tenure.to), to: Math.max(tenure.from, tenure.to, ...returns) };
}

/** `n1 minted 42 (time …, worker 0, sequence 7) at 12.345 s; its clock was 3000 ms behind (observed …).`, a clock that is seen. */
function tellSighting(sighting: Sighting, view: EvidenceView): string {
  const { id, called, returned } = sighting;
  const took = returned - called > msToNs(1) ? `, in a call that took ${ms(nsToWholeMs(returned - called))}` : '';
  const what = id === undefined ? 'was called' : `minted ${id}${tellFields(id, view)}`;
  const clock = view.seesClocks ? `; ${tellClock(sighting, view)}` : '';
  return `${lifeOf(sighting)} ${what} at ${seconds(called)}${took}${clock}.`;
}

/** What the node read in the call, and what was observed from outside shortly before. */
function tellClock({ node, called, wallCalledMs }: Sighting, { origin, offsetAt }: EvidenceView): string {
  // Clocks show whole milliseconds, rounded down.
  const observed = offsetAt(node, called);
  const seen = observed === undefined ? undefined : ahead(observed);
  const outside = seen === undefined ? 'not seen from outside just before' : `${seen} as seen from outside just before`;
  if (origin === undefined) return `its clock was ${outside}`;
  const read = ahead(wallCalledMs - Math.floor(trueUnixMs(origin, called)));
  return read === seen
    ? `its clock was ${read} by its own reading and as seen from outside just before`
    : `its clock was ${read} by its own reading, ${outside}`;
}

/** Fields that the ID has, in brackets: some carry no worker ID, some no time, and of some no field is known. */
function tellFields(id: string, { layout, origin }: EvidenceView): string {
  const { unixMs, workerId, sequence } = decodeId(layout, BigInt(id));
  const moment = origin === undefined ? `${unixMs} Unix ms` : seconds((unixMs - origin.unixMs) * NS_PER_MS);
  const told = [
    ...(layout.timeBits === 0 ? [] : [`time ${moment}`]),
    ...(layout.workerBits === 0 ? [] : [`worker ${workerId}`]),
    ...(layout.sequenceBits === 0 ? [] : [`sequence ${sequence}`]),
  ];
  return told.length === 0 ? '' : ` (${told.join(', ')})`;
}

function tellCause({ sightings }: Witness, cause: Explained['cause'], view: EvidenceView): string[] {
  const [a, b] = sightings;
  if (a === undefined || b === undefined) return [];
  const passed = ms(nsToWholeMs(b.called - a.called));
  const showed = ms(Math.round(b.wallCalledMs - a.wallCalledMs));
  switch (cause) {
    case 'clock stepped back in process':
      return [
        `Between the two calls ${passed} passed and the wall clock of ${lifeOf(b)} moved by ${showed}: it had been set back.`,
      ];
    case 'clock stepped back across a restart':
      return [
        `Between the two calls ${passed} passed and the wall clock of ${b.node} moved by ${showed}: it restarted with its clock set back.`,
      ];
    case 'sequence reset within a tick':
      return [`Its clock ran on steadily; the sequence number was used again within one tick.`];
    case 'two holders: no lease':
      return [
        `Every ID of ${a.node} and of ${b.node} in this run carries worker ID ${view.carriedBy(a.node)}, and the run has no coordinator that leases one.`,
      ];
    case 'successor behind the earlier holder': {
      const [first, second] = [view.tenureOf(a), view.tenureOf(b)];
      if (first === undefined || second === undefined) return [];
      const [before, after] = [first, second].map((tenure) => ({ tenure, ...spanOf(tenure, sightings, view) }));
      const beside = after!.from <= before!.to ? ` ${lifeOf(first)} went on minting beside it.` : '';
      return [
        `Worker ID ${a.workerId} changed hands: ${tellSpan(first, before!)}, then ${tellSpan(second, after!)}; the later holder minted times that the earlier one had used.${beside}`,
      ];
    }
    default:
      return [];
  }
}

function tellLease({ tenures = [] }: Witness, door: Door | undefined, view: EvidenceView): string[] {
  const tenure = outliving(tenures, door);
  const lease = tenure && view.leaseOf(tenure);
  if (tenure === undefined || lease === undefined) return [];
  const accepted = `The last keep-alive of ${lifeOf(tenure)} that was accepted was sent at ${seconds(lease.lastSentNs)} and good for ${ms(lease.ttlMs)}`;
  const told =
    lease.toldGoneNs === undefined ? '' : `; it was told at ${seconds(lease.toldGoneNs)} that the lease was gone`;
  const gone = lease.endedNs === undefined ? '' : `; its owner key was gone by ${seconds(lease.endedNs)}`;
  return [`${accepted}${gone}${told}.`];
}

/** Whose lease a story is about. */
function outliving(tenures: readonly Tenure[], door: Door | undefined): Tenure | undefined {
  return door?.intruder ?? (tenures.length === 1 ? tenures[0] : undefined);
}

/** What had befallen a coordinator when it ended a lease early. */
interface BeforeEnd {
  /** When the owner key was seen to be gone. */
  readonly at: RunNs;
  readonly disturbance: DisturbanceRecord;
}

/**
 * A coordinator breaks its word while it is disturbed, or when it has just come out of that, as a leader that goes on
 * after it stood still: the disturbance of the holder's coordinator that was in force, or else the one that healed last
 * within the lease's TTL before.
 */
function coordinatorBefore(
  { tenures = [] }: Witness,
  door: Door | undefined,
  view: EvidenceView,
): BeforeEnd | undefined {
  const tenure = outliving(tenures, door);
  const lease = tenure && view.leaseOf(tenure);
  const at = lease && endedEarlyAt(lease);
  if (tenure === undefined || lease === undefined || at === undefined) return undefined;
  const [last] = view.disturbances
    .filter(({ disturbs, reach }) => disturbs.includes('coordinator') && reach.includes(tenure.node))
    .filter((disturbance) => inForce(disturbance, at - msToNs(lease.ttlMs), at))
    .sort((a, b) => Math.min(b.healed ?? at, at) - Math.min(a.healed ?? at, at));
  return last && { at, disturbance: last };
}

function tellEarlyEnd({ at, disturbance }: BeforeEnd): string {
  const { healed } = disturbance;
  const when = healed === undefined || healed >= at ? 'during' : `${ms(nsToWholeMs(at - healed))} after the heal of`;
  return `Its owner key was seen to be gone ${when} ${tellDisturbance(disturbance)}.`;
}

/**
 * What was in force when the first ID was minted, and at the moment of the violation; each disturbance once, and none
 * that the story has `named` already.
 */
function tellDisturbed({ at, sightings }: Witness, named: DisturbanceRecord | undefined, view: EvidenceView): string[] {
  const first = sightings[0]?.called ?? at;
  const moments = at - first > msToNs(APART_MS) ? [first, at] : [at];
  const told = new Set(named === undefined ? [] : [named]);
  return moments.map((moment) => {
    const disturbed = view.disturbedAt(moment);
    if (disturbed.length === 0) return named === undefined ? `Nothing was disturbed at ${seconds(moment)}.` : '';
    const others = disturbed.filter((disturbance) => !told.has(disturbance));
    if (others.length === 0) return '';
    const verb = told.size === 0 ? 'Disturbed' : 'Also disturbed';
    for (const disturbance of others) told.add(disturbance);
    return `${verb} at ${seconds(moment)}: ${others.map(tellDisturbance).join('; ')}.`;
  });
}

/** `cut-and-back: cut-from-etcd n1 (12.000 s to 20.000 s)`; with its fault, where it bears a name of its own. */
function tellDisturbance(disturbance: DisturbanceRecord): string {
  const { fault, name, options, injected, healed } = disturbance;
  const kind = name === fault ? [] : [fault];
  const settings = Object.entries(options)
    .filter(([option]) => option !== 'node') // the label names it
    .map(([option, value]) => `${option} ${typeof value === 'object' ? JSON.stringify(value) : value}`);
  const span =
    injected === undefined ? [] : [`${seconds(injected)} to ${healed === undefined ? 'the end' : seconds(healed)}`];
  const facts = [...kind, ...settings, ...span];
  return `${disturbanceLabel(disturbance)}${facts.length === 0 ? '' : ` (${facts.join('; ')})`}`;
}

function nsToWholeMs(ns: RunNs): number {
  return Math.round(ns / NS_PER_MS);
}

function ms(value: number): string {
  return `${value} ms`;
}

function ahead(offsetMs: number): string {
  const rounded = Math.round(offsetMs);
  if (rounded === 0) return 'true';
  return rounded > 0 ? `${rounded} ms ahead` : `${-rounded} ms behind`;
}
