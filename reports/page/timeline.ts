/** The figure that shows the whole run on one time axis, and the close look at one violation. */
import type { Witness } from '../../harness/core/checker.ts';
import type { Run } from '../../harness/core/run.ts';
import { NS_PER_S } from '../../harness/core/time.ts';
import { rebin } from '../chart/path.ts';
import { overlap } from '../chart/rows.ts';
import type { Span } from '../chart/rows.ts';
import { createAxis, figure } from './axis.ts';
import type { Rule } from './axis.ts';
import { offsetLane, rateLanes } from './curves.ts';
import { askedSpan, clashesOf, extentOf } from './facts.ts';
import { html, inlineJson } from './markup.ts';
import type { Markup } from './markup.ts';
import { disturbanceLane, hazardLane, phaseLane, slotLane, violationLane } from './schedule.ts';
import type { Story } from './story.ts';
import { clashSentence, tenureLanes } from './tenures.ts';

const HOVER_BUCKETS_MAX = 600;
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
    words: finding.guarantee,
  }));
  const rules: Rule[] = [
    ...run.slots.map(({ from }) => ({ at: from, className: 'slot-rule' })),
    ...marks.map(({ at }) => ({ at, className: 'violation-rule' })),
  ];
  const lanes = [
    run.phases.length > 0 && phaseLane(axis, run),
    run.slots.length > 0 && slotLane(axis, run),
    marks.length > 0 && violationLane(axis, marks),
    run.disturbances.length > 0 && disturbanceLane(axis, run, run.disturbances),
    run.hazards.some(({ at }) => at !== undefined) && hazardLane(axis, run),
    ...tenureLanes(axis, run, run.tenures),
    run.series.offsetsByNode.length > 0 && offsetLane(axis, run),
    ...rateLanes(axis, run),
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
  const worker = witness.worker ?? witness.tenures?.[0]?.workerId ?? witness.sightings[0]?.workerId;
  const known = run.tenures.filter(({ workerId }) => workerId === worker);
  const tenures = known.length > 0 ? known : (witness.tenures ?? []);
  const window = windowOf(run, witness);
  const axis = createAxis(window.from, window.to);
  const holders = tenures.filter((tenure) => overlap(tenure, window) !== undefined);
  if (holders.length === 0) return undefined;
  const records = run.disturbances.filter((record) => {
    const asked = askedSpan(run, record);
    return asked !== undefined && overlap(asked, window) !== undefined;
  });
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
  const { bucketMs, idsByNode, offsetsByNode } = run.series;
  return {
    nodes: run.nodes,
    rates: idsByNode.map(({ node, values }) => {
      const bins = rebin(values, HOVER_BUCKETS_MAX);
      return {
        node,
        ms: bins.width * bucketMs,
        perSecond: bins.values.map((value) => Math.round((value * 1000) / bucketMs)),
      };
    }),
    offsets: offsetsByNode.map(({ node, points }) => {
      const every = Math.max(1, Math.ceil(points.length / HOVER_BUCKETS_MAX));
      return {
        node,
        points: points
          .filter((_, i) => i % every === 0)
          .map(([at, ms]) => [Math.round(at / 1e6), ms === null ? null : Math.round(ms)]),
      };
    }),
    tenures: run.tenures.map(({ workerId, node, from, to }) => [
      workerId,
      node,
      Math.round(from / 1e6),
      Math.round(to / 1e6),
    ]),
  };
}
