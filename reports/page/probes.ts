/** Every probe of each disturbance on a time axis of its own: asked against observed, as series. */
import { scaleLinear } from 'd3-scale';
import type { EvidenceSample } from '../../harness/core/disturbance.ts';
import { counted, disturbanceLabel } from '../../harness/core/phrases.ts';
import type { DisturbanceRecord, Run } from '../../harness/core/run.ts';
import type { RunNs } from '../../harness/core/time.ts';
import { linePath, short, thin } from '../chart/path.ts';
import type { Point } from '../chart/path.ts';
import { bar, createAxis, figure } from './axis.ts';
import type { Axis, Lane } from './axis.ts';
import { box, BOX } from './curves.ts';
import { askedSpan, targetsOf } from './facts.ts';
import { html } from '../shared/markup.ts';
import type { Markup } from '../shared/markup.ts';
import { lasting, settings } from '../shared/words.ts';

const STRIP = 14;
const CURVE = 52;
/** Columns that the curves of all disturbances share. */
const COLUMNS_IN_ALL = 2400;
const COLUMNS_MAX = 150;

/** One folded figure a disturbance that was probed. */
export function probes(run: Run): Markup | false {
  const probed = run.disturbances.filter(({ samples }) => samples.length > 0);
  if (probed.length === 0) return false;
  const columns = Math.min(COLUMNS_MAX, Math.ceil(COLUMNS_IN_ALL / probed.length));
  return html`<details>
    <summary>Every probe of ${counted(probed.length, 'disturbance')}: asked against observed</summary>
    ${probed.map((record) => probeFigure(run, record, columns))}
  </details>`;
}

function probeFigure(run: Run, record: DisturbanceRecord, columns: number): Markup {
  const { samples } = record;
  const asked = askedSpan(run, record);
  const [first, last] = [samples[0]!.at, samples.at(-1)!.at];
  const axis = createAxis(Math.min(first, asked?.from ?? first), Math.max(last, asked?.to ?? last) + 1);
  const lanes = [
    stripLane(axis, record),
    ...measuredNames(samples).map((name) => curveLane(axis, samples, name, columns)),
  ];
  const facts = settings(record.options) || targetsOf(run, record).join(', ');
  return html`<h4>${disturbanceLabel(record)} <small>${facts}</small></h4>
    <div class="scroll">${figure(axis, lanes)}</div>`;
}

interface Stretch {
  readonly from: RunNs;
  readonly to: RunNs;
  readonly took: boolean | undefined;
  readonly probes: number;
}

const SHOWN = [
  { took: true, className: 'took', words: 'in force' },
  { took: false, className: 'asked missed', words: 'not in force' },
  { took: undefined, className: 'asked', words: 'could not be measured' },
] as const;

function stripLane(axis: Axis, { samples }: DisturbanceRecord): Lane {
  const stretches = stretchesOf(samples);
  const said = stretches.map((stretch) => {
    const { className, words } = SHOWN.find(({ took }) => took === stretch.took)!;
    const title = `${words}, ${counted(stretch.probes, 'probe')}, ${lasting(stretch.to - stretch.from)}`;
    return { ...stretch, className, title };
  });
  return {
    label: 'In force',
    note: `${samples.filter(({ took }) => took).length} of ${counted(samples.length, 'probe')}`,
    height: STRIP + 2,
    title: said.map(({ title }) => title).join('; '),
    body: said.map(({ className, title, ...span }) => bar(axis, span, 1, STRIP, { className, title })),
  };
}

/** Neighbouring probes with one result; each lasts until the next. */
function stretchesOf(samples: readonly EvidenceSample[]): readonly Stretch[] {
  const stretches: Stretch[] = [];
  for (const [index, { at, took }] of samples.entries()) {
    const until = samples[index + 1]?.at ?? at + 1;
    const last = stretches.at(-1);
    if (last !== undefined && last.took === took)
      stretches[stretches.length - 1] = { ...last, to: until, probes: last.probes + 1 };
    else stretches.push({ from: at, to: until, took, probes: 1 });
  }
  return stretches;
}

const ASKED = /^asked/;

/** What was measured as a number more than once, but for what was asked: that is drawn beside it. */
function measuredNames(samples: readonly EvidenceSample[]): readonly string[] {
  const names = new Set(samples.flatMap(({ measured }) => Object.keys(measured)));
  const times = (name: string): number => samples.filter(({ measured }) => typeof measured[name] === 'number').length;
  return [...names].filter((name) => !ASKED.test(name) && times(name) > 1);
}

function curveLane(axis: Axis, samples: readonly EvidenceSample[], name: string, columns: number): Lane {
  const observed = samples.map(({ at, measured }): Point => [at, numberOf(measured[name])]);
  // `observedMs` is measured, `askedMs` was asked.
  const askedName = `asked${name.replace(/^observed/, '')}`;
  const asked = samples.map(({ at, measured }): Point => [at, numberOf(measured[askedName])]);
  const values = [...observed, ...asked].flatMap(([, value]) => (value === null ? [] : [value]));
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = (high - low) * 0.1 || Math.max(1, Math.abs(high) * 0.1);
  const y = scaleLinear([high + room, low - room], [0, CURVE]);
  const x = scaleLinear([axis.from, axis.to], [0, BOX]);
  const path = (points: readonly Point[]): string =>
    linePath(
      thin(points, axis.from, axis.to, columns).map(([at, value]): Point => [x(at), value === null ? null : y(value)]),
    );
  const wanted = asked.find(([, value]) => value !== null)?.[1] ?? undefined;
  const range =
    low === high ? settings({ [name]: low }) : `${settings({ [name]: low })} to ${settings({ '': high }).trim()}`;
  return {
    label: range,
    note: wanted !== undefined ? 'dashed: asked' : 'measured',
    height: CURVE,
    title: [range, ...(wanted === undefined ? [] : [settings({ [askedName]: wanted })])].join('; '),
    body: [
      html`<line class="grid" x1="0" x2="100%" y1="${short(y(low))}" y2="${short(y(low))}" />`,
      box(CURVE, [
        ...(wanted !== undefined ? [html`<path class="curve wanted" d="${path(asked)}" />`] : []),
        html`<path class="curve probe" d="${path(observed)}" />`,
      ]),
    ],
  };
}

const numberOf = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;
