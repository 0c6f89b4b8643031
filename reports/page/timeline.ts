/** The figure that shows the whole run on one time axis, and the close look at one violation. */
import type { Tenure } from '../../harness/core/tenure.ts';
import type { Witness } from '../../harness/core/finding.ts';
import type { DisturbanceRecord, Run } from '../../harness/core/run.ts';
import { NS_PER_S } from '../../harness/core/time.ts';
import type { RunNs } from '../../harness/core/time.ts';
import { rebin } from '../chart/path.ts';
import { overlap } from '../chart/rows.ts';
import type { Span } from '../chart/rows.ts';
import { createAxis, figure } from './axis.ts';
import type { Rule } from './axis.ts';
import { columnsFor, offsetLane, rateLanes } from './curves.ts';
import { askedSpan, clashesOf, extentOf } from './facts.ts';
import { waivedFinding } from '../shared/waivers.ts';
import { html, inlineJson } from '../shared/markup.ts';
import type { Markup } from '../shared/markup.ts';
import { errorLanes, latencyLane } from './requests.ts';
import { disturbanceLane, hazardLane, phaseLane, slotLane, violationLane } from './schedule.ts';
import type { Story } from './story.ts';
import { clashSentence, tenureLanes } from './tenures.ts';

/** Holders, and disturbances, that one story shows. */
const NEAR_MAX = 8;
const ZOOMS = [1, 2, 4, 8, 16];

export function timeline(run: Run, stories: readonly Story[]): Markup {
  const extent = extentOf(run);
  if (extent === undefined)
    return html`<section id="time" aria-labelledby="time-title">
      <h2 id="time-title">The run on one time axis</h2>
      <p>Nothing was recorded: the run ended before its first moment.</p>
    </section>`;
  const axis = createAxis(extent.from, extent.to);
  const marks = stories.map(({ anchor, finding, witness }) => ({
    at: witness.at,
    target: anchor,
    words: `${finding.guarantee}${waivedFinding(run, finding) === undefined ? '' : ', waived'}`,
  }));
  const rules: Rule[] = [
    ...run.slots.map(({ from }) => ({ at: from, className: 'slot-rule' })),
    ...marks.map(({ at }) => ({ at, className: 'violation-rule' })),
  ];
  const { requests = [] } = run.series;
  const lanes = [
    run.phases.length > 0 && phaseLane(axis, run),
    run.slots.length > 0 && slotLane(axis, run),
    marks.length > 0 && violationLane(axis, marks),
    run.disturbances.length > 0 && disturbanceLane(axis, run, run.disturbances),
    run.hazards.some(({ at }) => at !== undefined) && hazardLane(axis, run),
    ...tenureLanes(axis, run, run.tenures),
    run.series.offsetsByNode.length > 0 && offsetLane(axis, run),
    ...rateLanes(axis, run),
    latencyLane(axis, requests),
    ...errorLanes(axis, requests),
  ].filter((lane) => lane !== false);
  const clash = clashSentence(run.tenures);
  return html`<section id="time" aria-labelledby="time-title">
    <h2 id="time-title">The run on one time axis</h2>
    <p class="soft">
      Seconds since the run’s origin, on the monotonic clock of the machine that ran the cluster. Node clocks are
      evidence; they order nothing.${clash === undefined ? '' : html` <strong class="bad">${clash}</strong>`}
    </p>
    <fieldset class="zoom">
      <legend>Closer look</legend>
      ${ZOOMS.map(
        (factor, i) =>
          html`<label
            ><input type="radio" name="zoom" value="${factor}" ${i === 0 ? html` checked` : ''} /><span
              >${factor}×</span
            ></label
          >`,
      )}
    </fieldset>
    <p class="soft narrow">Scrolls sideways.</p>
    <div class="scroll" tabindex="0" role="region" aria-label="The run on one time axis; scrolls sideways">
      ${figure(axis, lanes, rules)}
    </div>
    <p class="readout" hidden aria-hidden="true"></p>
    <script type="application/json" id="curves">
      ${inlineJson(hoverData(run))}
    </script>
  </section>`;
}

/** The moments around one violation: its worker ID's holders and whatever was disturbed then. */
export function closeLook(run: Run, witness: Witness): Markup | undefined {
  const holders = holdersNear(run, witness);
  if (holders.length === 0) return undefined;
  const window = windowOf(run, witness);
  const axis = createAxis(window.from, window.to);
  const records = recordsNear(run, witness);
  const lanes = [records.length > 0 && disturbanceLane(axis, run, records), ...tenureLanes(axis, run, holders)].filter(
    (lane) => lane !== false,
  );
  const rules = [witness.at, ...witness.sightings.map(({ called }) => called)].map((at) => ({
    at,
    className: 'violation-rule',
  }));
  return html`<div
    class="scroll"
    tabindex="0"
    role="region"
    aria-label="The moments around the violation; scrolls sideways"
  >
    ${figure(axis, lanes, rules)}
  </div>`;
}

/** Tenures of the worker ID in question that overlap the moments around the violation. */
export function holdersNear(run: Run, witness: Witness): readonly Tenure[] {
  const worker = witness.worker ?? witness.tenures?.[0]?.workerId ?? witness.sightings[0]?.workerId;
  const known = run.tenures.filter(({ workerId }) => workerId === worker);
  const tenures = known.length > 0 ? known : (witness.tenures ?? []);
  const window = windowOf(run, witness);
  return nearest(
    tenures.filter((tenure) => overlap(tenure, window) !== undefined),
    (tenure) => tenure,
    witness.at,
  );
}

/** Disturbances that were asked for around the violation. */
export function recordsNear(run: Run, witness: Witness): readonly DisturbanceRecord[] {
  const window = windowOf(run, witness);
  const asked = run.disturbances.flatMap((record) => {
    const span = askedSpan(run, record);
    return span === undefined || overlap(span, window) === undefined ? [] : [{ record, span }];
  });
  return nearest(asked, ({ span }) => span, witness.at).map(({ record }) => record);
}

/** Those nearest to a moment, as many as a story has room for, in their order. */
function nearest<Item>(items: readonly Item[], spanOf: (item: Item) => Span, at: RunNs): readonly Item[] {
  const distance = (item: Item): number => Math.max(spanOf(item).from - at, at - spanOf(item).to, 0);
  const kept = new Set([...items].sort((a, b) => distance(a) - distance(b)).slice(0, NEAR_MAX));
  return items.filter((item) => kept.has(item));
}

/** The clash or the sightings, with room on both sides, inside the run. */
function windowOf(run: Run, witness: Witness): Span {
  const clashes = clashesOf(witness.tenures ?? []).map(({ span }) => span);
  const moments = [
    witness.at,
    ...clashes.flatMap(({ from, to }) => [from, to]),
    ...witness.sightings.flatMap(({ called, returned }) => [called, returned]),
  ];
  const from = Math.min(...moments);
  const to = Math.max(...moments);
  const room = Math.max(2 * NS_PER_S, (to - from) * 0.4);
  const extent = extentOf(run) ?? { from, to };
  return { from: Math.max(extent.from, from - room), to: Math.max(from + 1, Math.min(extent.to, to + room)) };
}

/** What the crosshair reads out. The page is whole without it. */
function hoverData(run: Run): unknown {
  const { bucketMs, idsByNode, offsetsByNode, requests = [] } = run.series;
  const buckets = columnsFor(run.nodes.length) * 1.5;
  return {
    nodes: run.nodes,
    rates: idsByNode.map(({ node, values }) => {
      const bins = rebin(values, buckets);
      return {
        node,
        ms: bins.width * bucketMs,
        perSecond: bins.values.map((value) => Math.round((value * 1000) / bucketMs)),
      };
    }),
    offsets: offsetsByNode.map(({ node, points }) => {
      const every = Math.max(1, Math.ceil(points.length / buckets));
      return {
        node,
        points: points
          .filter((_, i) => i % every === 0)
          .map(([at, ms]) => [Math.round(at / 1e6), ms === null ? null : Math.round(ms)]),
      };
    }),
    requests: requests
      .filter((_, i) => i % Math.ceil(requests.length / buckets) === 0)
      .map(({ at, p50Ms, p99Ms, refused, errors, noAnswer }) => [
        Math.round(at / 1e6),
        p50Ms,
        p99Ms,
        refused + errors + noAnswer,
      ]),
    tenures: run.tenures.map(({ workerId, node, from, to }) => [
      workerId,
      node,
      Math.round(from / 1e6),
      Math.round(to / 1e6),
    ]),
  };
}
