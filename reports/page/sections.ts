/** The sections of tables and text: promises, disturbances, hazards, evidence, environment, repeating, reading. */
import { methodWords } from '../../harness/core/method-words.ts';
import { GUARANTEES } from '../../harness/core/guarantee.ts';
import type { Promise_ } from '../../harness/core/guarantee.ts';
import { counted, disturbanceLabel, generatorLabel } from '../../harness/core/phrases.ts';
import type { DisturbanceRecord, Run } from '../../harness/core/run.ts';
import type { Unjudged } from '../../harness/core/scope.ts';
import { askedSpan, targetsOf, tookSpan } from './facts.ts';
import { html } from '../shared/markup.ts';
import type { Content, Markup } from '../shared/markup.ts';
import { pairs } from './pairs.ts';
import { probes } from './probes.ts';
import { section } from './section.ts';
import { brokenCount } from './story.ts';
import { waivedFinding } from '../shared/waivers.ts';
import { table } from './table.ts';
import { grouped, seconds, settings } from '../shared/words.ts';

type JudgedFinding = Run['findings'][number];

interface PromiseRow {
  readonly promise: Promise_ | undefined;
  readonly finding: JudgedFinding | undefined;
  /** Why such evidence tells nothing about it. */
  readonly unjudged?: Unjudged;
}

export function promises(run: Run): Markup {
  const { promises: promised } = run.generator;
  const judged = run.findings.map((finding): PromiseRow => ({
    finding,
    promise: promised.find((promise) => meets(promise, finding)),
  }));
  const unjudged = promised
    .filter((promise) => !run.findings.some((finding) => meets(promise, finding)))
    .map((promise): PromiseRow => ({ promise, finding: undefined }));
  const unjudgeable = (run.unjudged ?? [])
    .filter(({ guarantee }) => !promised.some((promise) => promise.guarantee === guarantee))
    .map((unjudged): PromiseRow => ({ promise: undefined, finding: undefined, unjudged }));
  return section('promises', 'Promised and kept', [
    html`<p class="soft">${generatorLabel(run.generator)}: ${run.generator.summary}</p>`,
    table<PromiseRow>(
      'Each guarantee, whether it was promised, and what was found',
      [
        { head: 'Guarantee', cell: guaranteeCell },
        { head: 'Verdict', cell: (row) => verdictCell(run, row) },
        {
          head: 'Looked at',
          number: true,
          cell: ({ finding }) => (finding === undefined ? '–' : `${grouped(finding.checked)} ${finding.unit}`),
        },
        { head: 'Violations', number: true, cell: ({ finding }) => countCell(finding?.violations, 'bad') },
        { head: 'Undecided', number: true, cell: ({ finding }) => countCell(finding?.undecided, 'unsure') },
        {
          head: 'Outside assumptions',
          number: true,
          cell: ({ finding }) => countCell(finding?.outsideAssumptions, 'unsure'),
        },
      ],
      [...judged, ...unjudged, ...unjudgeable],
    ),
    ...methodWords(run.findings).map((sentence) => html`<p class="soft">${sentence}</p>`),
  ]);
}

function meets(promise: Promise_, { guarantee, scope }: JudgedFinding): boolean {
  return (
    promise.guarantee === guarantee &&
    (promise.guarantee !== 'increasing-across-lives' || scope === undefined || promise.scope === scope)
  );
}

function guaranteeCell({ promise, finding, unjudged }: PromiseRow): Markup {
  const name = (finding?.guarantee ?? promise?.guarantee ?? unjudged?.guarantee) as keyof typeof GUARANTEES;
  const bounds = promise === undefined ? scopeOf(finding) : boundsOf(promise);
  return html`${name}${bounds !== '' && html`<span class="bounds"> ${bounds}</span>`}<small
      >${GUARANTEES[name]}${
        promise?.assuming !== undefined &&
        promise.assuming.length > 0 &&
        html` Assuming: ${promise.assuming.join('; ')}.`
      }</small
    >`;
}

function boundsOf(promise: Promise_): string {
  if (promise.guarantee === 'increasing-across-lives') return `per ${promise.scope}`;
  if (promise.guarantee === 'time-honest') return `−${grouped(promise.pastMs)} … +${grouped(promise.futureMs)} ms`;
  return promise.guarantee === 'recovers' ? `within ${grouped(promise.withinMs / 1000)} s` : '';
}

function scopeOf(finding: JudgedFinding | undefined): string {
  return finding?.scope === undefined ? '' : `per ${finding.scope}`;
}

function verdictCell(run: Run, { promise, finding, unjudged }: PromiseRow): Markup {
  if (unjudged !== undefined)
    return html`<span class="badge plain">– not judged</span><small>${unjudged.because}</small>`;
  if (finding === undefined) return html`<span class="badge unsure">? not judged</span>`;
  if (!finding.promised || promise === undefined)
    return html`<span class="badge plain">– not promised</span
      >${finding.violations > 0 && html`<small>and broken here</small>`}`;
  switch (finding.verdict) {
    case 'pass':
      return html`<span class="badge good">✓ kept</span
        >${finding.outsideAssumptions > 0 && html`<small>but outside its assumptions</small>`}`;
    case 'fail':
      return html`${
          waivedFinding(run, finding) === undefined
            ? html`<span class="badge bad">✕ broken</span>`
            : html`<span class="badge plain">✕ broken, waived</span>`
        }<small>${counted(brokenCount(finding), 'time')}</small>`;
    case 'unknown':
      return html`<span class="badge unsure">? unknown</span
        >${finding.checked === 0 && html`<small>nothing to look at</small>`}`;
  }
}

function countCell(count: number | undefined, tone: 'bad' | 'unsure'): Content {
  if (count === undefined) return '–';
  return count === 0
    ? html`<span class="soft zero">0</span>`
    : html`<strong class="${tone}">${grouped(count)}</strong>`;
}

export function hazards(run: Run): Markup {
  return section(
    'hazards',
    'Hazards',
    run.hazards.length === 0
      ? html`<p>The scenario names none.</p>`
      : html`<p class="soft">
            States that the scenario exists to reach. A run that misses one proves nothing about it.
          </p>
          <ul class="hazards">
            ${run.hazards.map(
              ({ summary, reached, at, detail }) =>
                html`<li>
                  <span class="badge ${reached ? 'good' : 'unsure'}">${reached ? '◆ reached' : '◇ not reached'}</span>
                  <div>
                    <strong>${summary}</strong>${
                      at !== undefined && html` <span class="soft">at ${seconds(at)}</span>`
                    }${detail !== undefined && html`<br /><span class="soft">${detail}</span>`}
                  </div>
                </li>`,
            )}
          </ul>`,
  );
}

export function disturbances(run: Run): Markup {
  if (run.disturbances.length === 0) return section('disturbances', 'Disturbances', html`<p>None was asked for.</p>`);
  return section('disturbances', 'Disturbances: asked and observed', [
    table<DisturbanceRecord>(
      'Each disturbance with what was asked and what was measured by another path',
      [
        { head: 'Disturbance', cell: disturbanceLabel },
        { head: 'Target', cell: (record) => targetsOf(run, record).join(', ') || '–' },
        {
          head: 'Asked',
          cell: (record) => [
            html`${spanWords(askedSpan(run, record))}<small>${settings(record.options)}</small>`,
            record.signal !== undefined && html`<small>waited for ${record.signal.awaited}</small>`,
          ],
        },
        {
          head: 'In force',
          cell: (record) => html`${spanWords(tookSpan(record))}<small>${observedWords(record)}</small>`,
        },
        {
          head: 'Verdict',
          cell: ({ bit, injected, missed, unhealed, samples }) => [
            bit
              ? html`<span class="badge good">✓ bit</span
                  ><small class="whole"
                    >${samples.filter(({ took }) => took).length} of ${samples.length} probes</small
                  >`
              : missedBadge(injected === undefined ? 'never injected' : 'did not bite', missed),
            unhealed !== undefined && html`<span class="badge unsure">? not healed</span><small>${unhealed}</small>`,
          ],
        },
      ],
      run.disturbances,
    ),
    probes(run),
  ]);
}

function missedBadge(how: string, why = 'no evidence'): Markup {
  return html`<span class="badge unsure">? ${how}</span><small>${why}</small>`;
}

function spanWords(span: { readonly from: number; readonly to: number } | undefined): string {
  return span === undefined ? 'never' : `${seconds(span.from)} – ${seconds(span.to)}`;
}

/** The measurement in the middle of the span in force: the first and the last may have caught it coming or going. */
function observedWords({ samples }: DisturbanceRecord): string {
  const taken = samples.filter(({ took }) => took);
  const sample = taken[Math.floor(taken.length / 2)] ?? samples.at(-1);
  return sample === undefined ? 'no probe' : settings(sample.measured);
}

export function environment(run: Run): Markup {
  const { runId, startedAt, finishedAt, seconds: spent, versions, host } = run.measured;
  return section('environment', 'Environment', [
    pairs([
      ['Run', runId],
      ['Started', startedAt],
      ['Finished', finishedAt || 'never'],
      ['Driver', run.driver],
      ['Seed', run.seed],
      ...Object.entries(versions),
      ...Object.entries(host),
      ...Object.entries(spent).map(([what, s]) => [`${what} took`, `${grouped(Number(s.toFixed(1)))} s`] as const),
    ]),
    html`<details>
      <summary>The scenario as it was run</summary>
      <pre tabindex="0"><code>${JSON.stringify(run.scenario, null, 2)}</code></pre>
    </details>`,
  ]);
}

export function repeat(run: Run): Markup {
  return section('repeat', 'Repeat this run', [
    html`<div class="command">
      <pre tabindex="0"><code>${run.command}</code></pre>
    </div>`,
    html`<p class="soft">
      The seed fixes the order of the slots, the targets and the load. In the simulator it fixes everything.
    </p>`,
  ]);
}

export function howToRead(): Markup {
  return section(
    'reading',
    'How to read this report',
    html`<dl class="reading">
      <dt>Verdict</dt>
      <dd>
        <b>Pass</b>: every promise was judged and kept. <b>Fail</b>: the evidence proves a promise broken.
        <b>Unknown</b>: something needed for a pass is missing, such as a disturbance that was asked for and not
        measured in force. Unknown never hides a violation.
      </dd>
      <dt>Promised and kept</dt>
      <dd>
        A guarantee that the generator does not promise is judged all the same and shown as “not promised”: no pass, no
        failure. “Undecided” are cases that the evidence cannot settle. “Outside assumptions” are violations that need a
        broken assumption, such as a coordinator that ended a lease early.
      </dd>
      <dt>Time axis</dt>
      <dd>
        Outlined bars show when a disturbance was asked for, filled ones when a probe by another path measured it in
        force. A worker ID’s bar runs from the first to the last act of a holder that minted under it, so that two bars
        one above the other prove two holders. A second life of a node after a kill is n1·2.
      </dd>
      <dt>Clock offset</dt>
      <dd>
        What the node’s own clock showed, less true time. The scale is straight within ±10 ms and logarithmic beyond;
        the curve has a gap where the node gave no answer.
      </dd>
      <dt>IDs/s</dt>
      <dd>
        One strip a node, all on one scale. Shaded is the time in which a disturbance reached the node, and in which it
        may refuse.
      </dd>
      <dt>Latency, and requests without IDs</dt>
      <dd>
        What clients saw, by the second in which a request was due, answered or not: an open loop asks on, however slow
        the answers are.
      </dd>
      <dt>SLOs</dt>
      <dd>
        What was asked of the run in figures. With fewer samples than it needs an SLO is unknown, however good the
        value.
      </dd>
      <dt>Violations</dt>
      <dd>
        Each shows the sightings that prove it. An ID’s bits are parted into sign, time, worker and sequence as the
        generator lays them out.
      </dd>
    </dl>`,
  );
}
