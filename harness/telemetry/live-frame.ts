/**
 * The picture of a run at one moment: at most ten lines, redrawn in place. Pure.
 */
import { nsToMs } from '../core/time.ts';
import { clock, count, harnessShare, offset, sparkline } from './format.ts';
import type { DisturbanceState, NodeState, RunState } from './run-state.ts';
import { totalRate } from './run-state.ts';
import type { Line, Span, Tone } from './text.ts';
import { fit, span, widthOf } from './text.ts';

export const FRAME_LINES_MAX = 10;

/** Besides the nodes: title, phase, head of the table, totals. */
const FIXED_LINES = 4;
const SPINNER = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';
/** A healthy clock is this close to true time; the rest is worth a colour. */
const TRUE_MS = 50;

export interface FrameSize {
  readonly columns: number;
  readonly rows: number;
}

/** `tick` counts the pictures drawn: it turns the spinner. */
export function liveFrame(state: RunState, { columns, rows }: FrameSize, tick: number): readonly Line[] {
  const width = columns - 1;
  const linesMax = Math.max(2, Math.min(FRAME_LINES_MAX, rows - 2));
  const table = nodeTable(state, width, linesMax - FIXED_LINES);
  const airy = table.length > 0 && FIXED_LINES + table.length + 1 <= linesMax;
  const lines = [
    titleLine(state, width),
    phaseLine(state, width, tick),
    ...(airy ? [[]] : []),
    ...table,
    ...(airy ? [[]] : []),
    totalsLine(state),
  ];
  return lines.slice(0, linesMax).map((line) => fit(line, width));
}

function titleLine({ begin }: RunState, width: number): Line {
  if (begin === undefined) return [span(' snowglobe', 'strong')];
  const left = [
    span(` ${begin.scenario}`, 'strong'),
    span(' shakes '),
    span(begin.generator, 'strong'),
    span(` on ${begin.driver}`),
  ];
  const right = [span(`seed ${begin.seed}`, 'faint')];
  return spread(left, right, width);
}

function phaseLine(state: RunState, width: number, tick: number): Line {
  const { begin, phase = 'launch', slot, at, loadFrom, waitingFor } = state;
  const left = [span(` ${SPINNER[tick % SPINNER.length]} `, 'accent'), span(phase, 'strong')];
  if (loadFrom === undefined && waitingFor !== undefined) left.push(span(`  ${waitingFor}`));
  if (phase === 'disturb' && slot !== undefined)
    left.push(span(` ${slot.slot}`), span(`  ${slot.index + 1} of ${slot.count}`, 'faint'));
  if (begin === undefined || loadFrom === undefined) return left;
  // Run time, as in the log above it. The plan begins with the load; drain and judgement come after its end.
  const elapsedMs = nsToMs(at);
  const lengthMs = Math.max(elapsedMs, nsToMs(loadFrom) + begin.plannedMs);
  const times = span(`${clock(elapsedMs)} of ${clock(lengthMs)}`, 'faint');
  const room = width - Math.max(36, widthOf(left) + 2) - widthOf([times]) - 2;
  if (room < 8) return spread(left, [times], width);
  return spread(left, [...bar(elapsedMs / lengthMs, room), span('  '), times], width);
}

function bar(share: number, cells: number): readonly Span[] {
  const full = Math.round(share * cells);
  return [span('━'.repeat(full), 'accent'), span('─'.repeat(cells - full), 'faint')];
}

function nodeTable(state: RunState, width: number, linesMax: number): readonly Line[] {
  if (state.nodes.length === 0 || linesMax < 1) return [];
  const nameWidth = Math.max(4, ...state.nodes.map(({ node }) => node.length));
  // The curve yields to what disturbs a node; below this width there is none.
  const curve = width >= 70 ? Math.max(8, Math.min(24, width - 81)) : 0;
  const head = [
    ` ${'node'.padEnd(nameWidth)}  worker  ${'state'.padEnd(9)}  ${'IDs/s'.padStart(8)}`,
    curve > 0 ? `  ${''.padEnd(curve)}` : '',
    `  ${'clock'.padStart(10)}`,
  ].join('');
  const shown = state.nodes.length <= linesMax ? state.nodes : state.nodes.slice(0, Math.max(0, linesMax - 1));
  const max = Math.max(...state.nodes.flatMap(({ history }) => history), 1);
  const rest = state.nodes.slice(shown.length);
  return [
    [span(head, 'faint')],
    ...shown.map((node) => nodeLine(node, state, nameWidth, curve, max)),
    ...(rest.length > 0 ? [restLine(rest)] : []),
  ];
}

function nodeLine(node: NodeState, state: RunState, nameWidth: number, curve: number, max: number): Line {
  const disturbing = current(state).filter(({ target }) => target === node.node);
  const history = node.history.slice(-curve);
  return [
    span(` ${node.node.padEnd(nameWidth)}`, 'strong'),
    span(`  ${String(node.workerId ?? '–').padStart(6)}  `),
    span((node.status === 'not seen yet' ? '…' : node.status).padEnd(9), statusTone(node.status)),
    span(`  ${count(node.idsPerSecond).padStart(8)}`),
    ...(curve > 0 ? [span(`  ${sparkline(history, max).padStart(curve)}`, 'accent')] : []),
    span(`  ${(node.offsetMs === undefined ? '–' : offset(node.offsetMs)).padStart(10)}`, clockTone(node.offsetMs)),
    ...disturbing.map((disturbance) => badge(disturbance, disturbance.name)),
  ];
}

function restLine(nodes: readonly NodeState[]): Line {
  const minting = nodes.filter(({ status }) => status === 'minting').length;
  const rate = nodes.reduce((sum, { idsPerSecond }) => sum + idsPerSecond, 0);
  return [span(` … and ${nodes.length} more, ${minting} of them minting, ${count(rate)} IDs/s`, 'faint')];
}

function totalsLine(state: RunState): Line {
  // Those of one node stand in its row.
  const clusterWide = current(state).filter(({ target }) => !state.nodes.some(({ node }) => node === target));
  return [
    span(` ${count(totalRate(state))}`, 'strong'),
    span(' IDs/s to clients', 'faint'),
    span(`   ${count(state.stored)}`, 'strong'),
    span(' stored', 'faint'),
    span(`   ${count(state.duplicates)}`, state.duplicates === 0 ? 'good' : 'bad'),
    span(' duplicates', state.duplicates === 0 ? 'faint' : 'bad'),
    ...(state.violations > state.duplicates
      ? [span(`   ${count(state.violations)}`, 'bad'), span(' violations', 'bad')]
      : []),
    ...(state.pace === undefined ? [] : [span(`   ${harnessShare(state.pace)}`, 'faint')]),
    ...clusterWide.map((disturbance) => badge(disturbance, disturbance.label)),
  ];
}

function current(state: RunState): readonly DisturbanceState[] {
  return [...state.disturbances.values()].filter((disturbance) => disturbance.state !== 'over');
}

function badge({ state }: DisturbanceState, text: string): Span {
  return state === 'bites' ? span(`  ● ${text}`, 'doubt') : span(`  ○ ${text}`, 'faint');
}

function statusTone(status: NodeState['status']): Tone {
  if (status === 'minting') return 'good';
  return status === 'refusing' || status === 'no answer' ? 'doubt' : 'faint';
}

function clockTone(offsetMs: number | undefined): Tone {
  if (offsetMs === undefined) return 'faint';
  return Math.abs(offsetMs) <= TRUE_MS ? 'plain' : 'doubt';
}

/** `left` and `right` at the two ends; without room for both, `left` alone. */
function spread(left: Line, right: Line, width: number): Line {
  const gap = width - widthOf(left) - widthOf(right);
  return gap < 2 ? left : [...left, span(' '.repeat(gap)), ...right];
}
