/** Each violation as a story: what, why, and the sightings side by side, taken apart to their bits. */
import { CAUSES } from '../../harness/core/cause.ts';
import type { Finding, Sighting, Witness } from '../../harness/core/finding.ts';
import type { Tenure } from '../../harness/core/tenure.ts';
import { decodeId, idBitsOf, isOpaque, shiftsOf } from '../../harness/core/layout.ts';
import type { Layout } from '../../harness/core/layout.ts';
import type { DisturbanceRecord, Run } from '../../harness/core/run.ts';
import { counted, disturbanceLabel } from '../../harness/core/phrases.ts';
import type { WaivedRecord } from '../../harness/core/waived.ts';
import { ADVICE } from '../shared/advice.ts';
import { html } from '../shared/markup.ts';
import type { Markup } from '../shared/markup.ts';
import { waivedFinding, waiversOf, waiverWords } from '../shared/waivers.ts';
import { grouped, lasting, offset, seconds, wallClock } from '../shared/words.ts';
import { askedSpan, colourOf, lifeName, offsetAt, targetsOf, tookSpan } from './facts.ts';
import { table } from './table.ts';
import { closeLook, holdersNear, recordsNear } from './timeline.ts';

/** Stories of one guarantee that are told unfolded. */
const OPEN_MAX = 2;

export interface Story {
  readonly anchor: string;
  readonly finding: Run['findings'][number];
  readonly witness: Witness;
}

/** The witnesses of all findings, promised ones first, as they stand in the run. */
export function storiesOf(run: Run): readonly Story[] {
  return run.findings.flatMap((finding, f) =>
    finding.witnesses.map((witness, w) => ({ anchor: `violation-${f + 1}-${w + 1}`, finding, witness })),
  );
}

export function violations(run: Run, stories: readonly Story[]): Markup {
  const broken = run.findings.filter(({ witnesses, violations }) => witnesses.length > 0 || violations > 0);
  return html`<section id="violations" aria-labelledby="violations-title">
    <h2 id="violations-title">Violations</h2>
    ${
      broken.length === 0
        ? html`<p>${run.state === 'judged' ? 'None was found.' : 'The run was not judged.'}</p>`
        : broken.map((finding) =>
            chapter(
              run,
              finding,
              stories.filter((story) => story.finding === finding),
            ),
          )
    }
  </section>`;
}

function chapter(run: Run, finding: Run['findings'][number], stories: readonly Story[]): Markup {
  const { guarantee, scope, violations: count, promised } = finding;
  const known = waivedFinding(run, finding);
  const told = stories.map((story, i) => tell(run, story, i + 1, waiversOf(known, story.witness)));
  return html`<h3>
      ${guarantee}${scope === undefined ? '' : ` (${scope})`}:
      ${counted(count, 'violation')}${promised ? '' : ', not promised'}${known === undefined ? '' : ', waived'}
    </h3>
    ${count > stories.length && html`<p class="soft">${stories.length === 0 ? 'Counted, without a witness.' : `${stories.length} of them ${stories.length === 1 ? 'is' : 'are'} told here, as unlike one another as may be; all are counted.`}</p>`}
    ${told.slice(0, OPEN_MAX)}
    ${
      told.length > OPEN_MAX &&
      html`<details class="more">
        <summary>${counted(told.length - OPEN_MAX, 'more story', 'more stories')}</summary>
        ${told.slice(OPEN_MAX)}
      </details>`
    }`;
}

function tell(run: Run, { anchor, witness }: Story, number: number, waivers: WaivedRecord['by']): Markup {
  const { what, at, cause, explanation, outsideAssumptions, sightings } = witness;
  const kind = waivers.length > 0 ? 'story waived' : 'story';
  return html`<article class="${kind}" id="${anchor}" aria-labelledby="${anchor}-title">
    <h4 id="${anchor}-title"><span class="number">${number}</span> ${what}</h4>
    <p class="when">
      at ${seconds(at, 3)}${outsideAssumptions === true && html` · <span class="unsure">outside assumptions</span>`}
    </p>
    ${waivers.map((waiver) => html`<p class="waiver"><span class="overline">Waived</span> ${waiverWords(waiver)}</p>`)}
    ${cause !== undefined && html`<p class="cause"><span class="overline">Cause</span> <strong>${cause}</strong><br /><span class="soft">${CAUSES[cause]}</span></p>`}
    ${explanation !== undefined && told(explanation)}
    ${cause !== undefined && html`<p class="advice"><span class="overline">What to do</span> ${ADVICE[cause]}</p>`}
    ${closeLook(run, witness)} ${holders(run, witness)} ${doors(run, witness)}
    ${sightings.length > 0 && html`<div class="sightings">${sightings.map((sighting) => card(run, sighting, differing(run, sightings)))}</div>`}
  </article>`;
}

/** Who held the worker ID, under what lease, and from when to when it minted. */
function holders(run: Run, witness: Witness): Markup | false {
  const near = holdersNear(run, witness);
  return (
    near.length > 0 &&
    html`<h5>Who held what, when</h5>
      ${table<Tenure>(
        'Holders of the worker ID around the violation',
        [
          { head: 'Node', cell: ({ node, incarnation }) => lifeName(node, incarnation) },
          { head: 'Worker ID', number: true, cell: ({ workerId }) => workerId },
          { head: 'Minted from', number: true, cell: ({ from }) => seconds(from, 3) },
          { head: 'Minted until', number: true, cell: ({ to }) => seconds(to, 3) },
          { head: 'Lease', cell: ({ lease }) => (lease === '0' ? 'none' : lease) },
          { head: 'Revision', number: true, cell: ({ createRevision }) => createRevision },
        ],
        near,
      )}`
  );
}

/** What was disturbed around the violation: one of these may have opened the door, and the explanation says which. */
function doors(run: Run, witness: Witness): Markup | false {
  // What began later opened no door to this.
  const near = recordsNear(run, witness).filter((record) => (askedSpan(run, record)?.from ?? witness.at) <= witness.at);
  return (
    near.length > 0 &&
    html`<h5>What was disturbed then</h5>
      ${table<DisturbanceRecord>(
        'Disturbances around the violation',
        [
          { head: 'Disturbance', cell: disturbanceLabel },
          { head: 'Target', cell: (record) => targetsOf(run, record).join(', ') || '–' },
          { head: 'Asked', cell: (record) => between(askedSpan(run, record)) },
          { head: 'Measured in force', cell: (record) => between(tookSpan(record)) },
        ],
        near,
      )}`
  );
}

function between(span: { readonly from: number; readonly to: number } | undefined): string {
  return span === undefined ? 'never' : `${seconds(span.from)} – ${seconds(span.to)}`;
}

/** Fields that are not the same in all of the IDs; undefined where there is nothing to compare. */
function differing({ generator: { layout } }: Run, sightings: readonly Sighting[]): ReadonlySet<string> | undefined {
  const [first, ...others] = sightings.flatMap(({ id }) => (id === undefined ? [] : [bitFields(layout, BigInt(id))]));
  if (first === undefined || others.length === 0) return undefined;
  const differs = (i: number): boolean => others.some((fields) => fields[i]?.bits !== first[i]?.bits);
  return new Set(first.filter((_, i) => differs(i)).map(({ name }) => name));
}

/** The explanation, sentence by sentence: the first says what happened, the others are the evidence for it. */
function told(explanation: string): Markup {
  const [first = '', ...evidence] = explanation.split(/\n+|(?<=[.!?]) +/).filter((sentence) => sentence !== '');
  return html`<div class="explanation">
    <p>${first}</p>
    ${
      evidence.length > 0 &&
      html`<ul>
        ${evidence.map((sentence) => html`<li>${sentence}</li>`)}
      </ul>`
    }
  </div>`;
}

function card(run: Run, sighting: Sighting, unlike: ReadonlySet<string> | undefined): Markup {
  const {
    node,
    incarnation,
    lane,
    seq,
    id,
    called,
    returned,
    wallCalledMs,
    wallReturnedMs,
    workerId,
    lease,
    createRevision,
  } = sighting;
  const observed = offsetAt(run, node, called);
  return html`<div class="sighting" style="--c:${colourOf(run, node)}">
    <h5>${node}<span class="soft"> · life ${incarnation} · lane ${lane} · position ${grouped(seq)}</span></h5>
    ${id !== undefined && decoded(run.generator.layout, BigInt(id), unlike)}
    <dl>
      <dt>Called</dt>
      <dd>
        ${seconds(called, 6)}<span class="soft">
          until ${seconds(returned, 6)}
          (${returned - called < 1e6 ? `${grouped(Math.round((returned - called) / 1000))} µs` : lasting(returned - called)})</span
        >
      </dd>
      <dt>Its clock said</dt>
      <dd>
        ${wallClock(wallCalledMs)}${wallReturnedMs !== wallCalledMs && html`<span class="soft"> until ${wallClock(wallReturnedMs).slice(-12)}</span>`}
      </dd>
      <dt>Observed offset</dt>
      <dd>
        ${observed === undefined ? html`<span class="soft">no answer within a second of it</span>` : offset(observed)}
      </dd>
      <dt>Held</dt>
      <dd>
        ${workerId < 0 ? 'no worker ID' : `worker ID ${workerId}`}<span class="soft">
          · ${lease === '0' ? 'no lease' : html`lease <span class="whole">${lease}</span>`} · revision
          ${createRevision}</span
        >
      </dd>
    </dl>
  </div>`;
}

/** Fields that the ID has: some carry no worker ID, some no time. */
function decoded(layout: Layout, id: bigint, unlike: ReadonlySet<string> | undefined): Markup {
  const { unixMs, tick, workerId, sequence } = decodeId(layout, id);
  const number = html`<p class="id">${BigInt.asUintN(idBitsOf(layout), id)}</p>`;
  if (isOpaque(layout))
    return html`${number}
      <p class="soft">Its layout is unknown: no field is read out of it.</p>`;
  const read = [
    ...(layout.timeBits > 0 ? [`time tick ${tick}`] : []),
    ...(layout.workerBits > 0 ? [`worker ${workerId}`] : []),
    ...(layout.sequenceBits > 0 ? [`sequence ${sequence}`] : []),
  ];
  return html`${number}
    <div
      class="bits"
      role="img"
      aria-label="${idBitsOf(layout)} bits: ${read.length === 0 ? 'none of them a number' : read.join(', ')}"
    >
      ${bitFields(layout, id).map(
        ({ name, bits }) =>
          html`<span class="${name}"
            ><code>${bits}</code><small>${name}${unlike?.has(name) === true && html` <b>≠</b>`}</small></span
          >`,
      )}
    </div>
    ${unlike !== undefined && html`<p class="soft">${sameness(unlike)}</p>`}
    <dl>
      ${
        layout.timeBits > 0 &&
        html`<dt>Embedded time</dt>
          <dd>${wallClock(unixMs)}<span class="soft"> · tick ${grouped(tick)}</span></dd>`
      }
      ${
        layout.workerBits > 0 &&
        html`<dt>Worker</dt>
          <dd>${workerId}</dd>`
      }
      ${
        layout.sequenceBits > 0 &&
        html`<dt>Sequence</dt>
          <dd>${grouped(sequence)}</dd>`
      }
    </dl>`;
}

function sameness(unlike: ReadonlySet<string>): string {
  return unlike.size === 0 ? 'Every bit is the same in all of them.' : `They differ in ${[...unlike].join(', ')}.`;
}

/** The bits of an ID from the highest on, parted by field; what no field claims is sign or unused, or further down random. */
export function bitFields(layout: Layout, id: bigint): readonly { readonly name: string; readonly bits: string }[] {
  const idBits = idBitsOf(layout);
  const text = BigInt.asUintN(idBits, id).toString(2).padStart(idBits, '0');
  const shifts = shiftsOf(layout);
  const fields = [
    { name: 'time', shift: shifts.time, bits: layout.timeBits },
    { name: 'worker', shift: shifts.worker, bits: layout.workerBits },
    { name: 'sequence', shift: shifts.sequence, bits: layout.sequenceBits },
    ...(layout.fixed ?? []).map(({ shift, bits }) => ({ name: 'fixed', shift, bits })),
  ];
  const nameOf = (bit: number): string =>
    fields.find(({ shift, bits }) => shift <= bit && bit < shift + bits)?.name ??
    (bit < shifts.time ? 'random' : bit === 63 && idBits === 64 ? 'sign' : 'unused');
  const parts: { name: string; bits: string }[] = [];
  for (let k = 0; k < idBits; k++) {
    const name = nameOf(idBits - 1 - k);
    const last = parts.at(-1);
    if (last?.name === name) last.bits += text[k]!;
    else parts.push({ name, bits: text[k]! });
  }
  return parts;
}

/** Violations that count against the verdict. */
export function brokenCount({ violations: count, outsideAssumptions }: Finding): number {
  return count - outsideAssumptions;
}
