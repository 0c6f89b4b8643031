/**
 * Whether the nodes of a run drove themselves, where its scenario asks for that: by what they minted, and not by what a
 * driver says. A pass under the load of clients alone is no answer to a question about a million IDs a second. Pure.
 */
import type { Phase } from './phase.ts';
import { grouped } from './phrases.ts';
import type { EvidenceTotals, Run } from './run.ts';
import { NS_PER_S } from './time.ts';

/**
 * Of what was asked for, at the least this share: a busy machine gives half, and nodes that are down mint nothing; where
 * nobody carries it out, what is left is the few IDs whose replies were lost.
 */
const SHARE_MIN = 0.1;
/** When clients ask, and nodes with them. */
const LOADED: readonly Phase[] = ['warm-up', 'disturb', 'recover'];

/** What a pass has to say of it, as a sentence; undefined where there is nothing to say. */
export function missingSelfLoad({
  scenario: { cluster },
  evidence,
  phases,
}: {
  readonly scenario: { readonly cluster: Pick<Run['scenario']['cluster'], 'nodes' | 'selfLoad'> };
  readonly evidence: Pick<EvidenceTotals, 'minted' | 'acknowledged'>;
  readonly phases: Run['phases'];
}): string | undefined {
  const { nodes, selfLoad } = cluster;
  if (selfLoad === undefined) return undefined;
  const loadedNs = phases.reduce((sum, { phase, from, to }) => sum + (LOADED.includes(phase) ? to - from : 0), 0);
  const asked = (loadedNs / NS_PER_S) * selfLoad * nodes;
  const beyond = BigInt(evidence.minted) - BigInt(evidence.acknowledged);
  return Number(beyond) >= SHARE_MIN * asked
    ? undefined
    : `The load of the question was not there: each node was to mint ${grouped(selfLoad)} IDs a second by itself, and beyond what clients received all of them minted ${grouped(beyond)}. The drivers local and docker carry such a load out.`;
}
