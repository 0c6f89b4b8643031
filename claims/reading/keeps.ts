/** Judges by what was promised: the clearest witness where a guarantee was broken, else how much was looked at. */
import type { Judgement, Trial } from '../../harness/core/claim.ts';
import type { Finding, Witness } from '../../harness/core/finding.ts';
import type { Guarantee } from '../../harness/core/guarantee.ts';
import type { Layout } from '../../harness/core/layout.ts';
import { decodeId } from '../../harness/core/layout.ts';
import { counted, grouped, lifeOf, seconds } from '../../harness/core/phrases.ts';
import type { Run } from '../../harness/core/run.ts';

/** IDs of a witness that are decoded; it may have more. */
const SIGHTINGS_MAX = 2;

/** `held` where each of these guarantees was promised, judged and kept in all runs. */
export function keeps(...guarantees: readonly Guarantee[]): Trial['judge'] {
  return (runs) => brokenIn(runs, guarantees) ?? keptIn(runs, guarantees);
}

/** How a guarantee was broken, in the first run that broke one. */
export function brokenIn(runs: readonly Run[], guarantees: readonly Guarantee[]): Judgement | undefined {
  for (const guarantee of guarantees) {
    const broken = runs.flatMap((run) =>
      promised(run, guarantee).flatMap((finding) => (finding.verdict === 'fail' ? [{ run, finding }] : [])),
    );
    const witnessed = broken.find(({ finding }) => finding.witnesses.length > 0);
    const [witness] = witnessed?.finding.witnesses ?? [];
    if (witnessed === undefined || witness === undefined) continue;
    const violations = broken.reduce((sum, { finding }) => sum + finding.violations, 0);
    const caught = new Set(broken.map(({ run }) => run)).size;
    return {
      outcome: 'broken',
      because: `${guarantee} was broken ${grouped(violations)} times, in ${caught} of ${wordsOf(runs)}${because(witness)}.`,
      witness: `${witness.what}${decoded(witnessed.run.generator.layout, witness)}`,
    };
  }
  return undefined;
}

function keptIn(runs: readonly Run[], guarantees: readonly Guarantee[]): Judgement {
  const isKept = (run: Run, guarantee: Guarantee): boolean => {
    const findings = promised(run, guarantee);
    return findings.length > 0 && findings.every(({ verdict }) => verdict === 'pass');
  };
  const open = guarantees.find((guarantee) => !runs.every((run) => isKept(run, guarantee)));
  if (open !== undefined) return { outcome: 'not judged', because: `${open} was not promised, or not judged.` };
  const minted = runs.reduce((sum, { evidence }) => sum + BigInt(evidence.minted), 0n);
  return {
    outcome: 'held',
    because: `No violation of ${guarantees.join(', ')} in ${grouped(minted)} IDs of ${wordsOf(runs)}.`,
  };
}

/** `3 runs of storm with snowflake (seeds 1, 2, 3)`. */
export function wordsOf(runs: readonly Run[]): string {
  const [first] = runs;
  const seeds = runs.map(({ seed }) => seed).join(', ');
  return `${counted(runs.length, 'run')} of ${first?.scenario.name} with ${first?.generator.name} (${runs.length === 1 ? 'seed' : 'seeds'} ${seeds})`;
}

const promised = ({ findings }: Run, guarantee: Guarantee): readonly Finding[] =>
  findings.filter((finding) => finding.promised && finding.guarantee === guarantee);

const because = ({ cause }: Witness): string => (cause === undefined ? '' : `: ${cause}`);

function decoded(layout: Layout, { sightings }: Witness): string {
  return sightings
    .slice(0, SIGHTINGS_MAX)
    .map((sighting) => {
      const by = `${lifeOf(sighting)} at ${seconds(sighting.called)}`;
      if (sighting.id === undefined) return ` Seen: ${by}, worker ID ${sighting.workerId}.`;
      const { unixMs, workerId, sequence } = decodeId(layout, BigInt(sighting.id));
      const time = layout.timeBits === 0 ? '' : `time ${isoOf(unixMs)}, `;
      const worker = layout.workerBits === 0 ? '' : `worker ${workerId}, `;
      return ` ${sighting.id} (${time}${worker}sequence ${sequence}) by ${by}.`;
    })
    .join('');
}

function isoOf(unixMs: number): string {
  const date = new Date(unixMs);
  return Number.isNaN(date.getTime()) ? `${unixMs} ms` : date.toISOString();
}
