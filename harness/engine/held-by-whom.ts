/**
 * Promises that go by the holder rest on what nodes said that they held. What was minted under nothing, or under another
 * worker ID than the IDs carry, was minted by a holder whom nobody knows: that leaves such promises unjudged. Pure.
 */
import type { Finding } from '../core/finding.ts';
import { finding } from '../core/finding.ts';
import { counted, grouped, seconds } from '../core/phrases.ts';
import type { Unheld } from '../core/tenures.ts';
import type { UnknownReason } from '../core/verdict.ts';

/** The same finding where IDs of nobody may have been minted under any worker ID: broken or not known. */
export function besideUnheld(found: Finding, unheld: readonly Unheld[]): Finding {
  if (found.byHolder !== true || unheld.length === 0) return found;
  const batches = unheld.reduce((sum, life) => sum + life.batches, 0);
  return finding({ ...found, checked: 0, undecided: found.undecided + batches });
}

/**
 * Why promises that go by the holder prove nothing. Where IDs carry a worker ID, a generator that promises `well-formed`
 * fails by another than it held already; where they carry none, only their batches tell.
 */
export function heldByWhom(
  promised: readonly Finding[],
  others: readonly Finding[],
  unheld: readonly Unheld[],
): readonly UnknownReason[] {
  const scope = promised.flatMap(({ byHolder, guarantee }) => (byHolder === true ? [guarantee] : [])).join(', ');
  if (scope === '') return [];
  const malformed = others.find(({ guarantee }) => guarantee === 'well-formed');
  const details = [
    ...(malformed === undefined || malformed.violations === 0 ? [] : [tellMalformed(malformed)]),
    ...unheld.map(tellUnheld),
  ];
  return details.map((detail) => ({ reason: 'evidence not whole', scope, detail }));
}

function tellMalformed({ violations, checked, witnesses }: Finding): string {
  return `${grouped(violations)} of ${grouped(checked)} IDs are not what their nodes said that they held. ${witnesses[0]?.what ?? ''}`.trim();
}

function tellUnheld({ node, incarnation, heldTwo, batches, from, to }: Unheld): string {
  const [held, ofWhat] = heldTwo
    ? ['another worker ID or lease when calls ended than when they began,', 'of them']
    : ['no worker ID', 'worker ID'];
  const span = `${counted(batches, 'batch', 'batches')} from ${seconds(from)} to ${seconds(to)}`;
  return `${node}.${incarnation} said that it held ${held} and minted ${span}: under which ${ofWhat} is not known.`;
}
