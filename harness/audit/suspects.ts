/**
 * The suspect set of an incident: every ID that was minted while two nodes minted under its worker ID, by the time in the
 * IDs themselves; those that collided are only the ones that luck did not spare.
 */
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { idReader } from '../core/id-words.ts';
import type { Layout } from '../core/layout.ts';
import { idBitsOf } from '../core/layout.ts';
import { firstOther, maskOf } from './alike.ts';
import type { Span, Spell } from './fields.ts';
import { readSpan } from './fields.ts';

/** Ticks in which several nodes minted under one worker ID; both ends are in it. */
export interface Overlap {
  readonly worker: number;
  readonly from: number;
  readonly to: number;
  /** Indices of the nodes, ascending. */
  readonly nodes: readonly number[];
}

/** Where at least two nodes have spells under one worker ID at once: in order of worker ID and time. Pure. */
export function overlapsOf(spells: readonly (Spell & { readonly node: number })[]): readonly Overlap[] {
  return [...Map.groupBy(spells, ({ worker }) => worker)]
    .toSorted(([a], [b]) => a - b)
    .flatMap(([worker, ofWorker]) =>
      new Set(ofWorker.map(({ node }) => node)).size < 2 ? [] : overlapsOfOne(worker, ofWorker),
    );
}

function overlapsOfOne(worker: number, spells: readonly (Spell & { readonly node: number })[]): readonly Overlap[] {
  const edges = spells
    .flatMap(({ node, from, to }) => [
      { at: from, node, opens: true },
      // The tick behind the last one.
      { at: to + 1, node, opens: false },
    ])
    .toSorted((a, b) => a.at - b.at || Number(a.opens) - Number(b.opens));
  const open = new Map<number, number>();
  const overlaps: { worker: number; from: number; to: number; nodes: Set<number> }[] = [];
  for (const [index, { at, node, opens }] of edges.entries()) {
    const depth = (open.get(node) ?? 0) + (opens ? 1 : -1);
    if (depth === 0) open.delete(node);
    else open.set(node, depth);
    const next = edges[index + 1]?.at ?? at;
    if (open.size < 2 || next === at) continue;
    const last = overlaps.at(-1);
    if (last?.to === at - 1) {
      last.to = next - 1;
      for (const one of open.keys()) last.nodes.add(one);
    } else overlaps.push({ worker, from: at, to: next - 1, nodes: new Set(open.keys()) });
  }
  return overlaps.map(({ nodes, ...rest }) => ({ ...rest, nodes: [...nodes].toSorted((a, b) => a - b) }));
}

export interface SuspectsTask {
  readonly layout: Layout;
  /** Of one node. */
  readonly spans: readonly Span[];
  readonly node: string;
  /** Position of the first ID in the line of its node. */
  readonly first: number;
  /** Those that the node has a part in. */
  readonly overlaps: readonly Overlap[];
  /** Where they are written, as lines of CSV; left out: they are counted. */
  readonly out?: string;
}

export interface SuspectsFound {
  readonly ids: number;
  /** Of each overlap of the task. */
  readonly byOverlap: readonly number[];
}

export const SUSPECTS_HEADER = 'id,node,position,worker,time\n';
const WRITE_CHARS = 1 << 18;

export function findSuspects(task: SuspectsTask, onBytes: (bytes: number) => void): SuspectsFound {
  const { layout, overlaps, out } = task;
  const byWorker = Map.groupBy(
    overlaps.map((overlap, index) => ({ ...overlap, index })),
    ({ worker }) => worker,
  );
  const counts = overlaps.map(() => 0);
  const mask = maskOf(layout);
  const perId = mask.length;
  const node = csvText(task.node);
  const fd = out === undefined ? undefined : openSync(out, 'wx', 0o600);
  let text = '';
  let position = task.first;
  const flush = (): void => {
    if (fd !== undefined) writeFileSync(fd, text);
    text = '';
  };
  try {
    for (const span of task.spans)
      readSpan(
        span,
        idBitsOf(layout),
        (ids, count) => {
          const reader = idReader({ ids, layout });
          const words = new Int32Array(ids.buffer);
          for (let id = 0, next = 0; id < count; position += next - id, id = next) {
            const like = words.subarray(perId * id, perId * (id + 1));
            next = firstOther(words, perId * (id + 1), perId * count, like, mask) / perId;
            const worker = reader.worker(id);
            const mine = byWorker.get(worker);
            if (mine === undefined) continue;
            const tick = reader.tick(id);
            const at = within(mine, tick);
            if (at === undefined) continue;
            counts[at]! += next - id;
            if (fd === undefined) continue;
            const behind = `${worker},${timeText(layout, tick)}\n`;
            for (let one = id; one < next; one++) {
              text += `${reader.at(one)},${node},${position + one - id},${behind}`;
              if (text.length > WRITE_CHARS) flush();
            }
          }
        },
        onBytes,
      );
    flush();
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
  return { ids: counts.reduce((sum, count) => sum + count, 0), byOverlap: counts };
}

/** The one that holds the tick; they are in order and do not meet. */
function within(overlaps: readonly (Overlap & { readonly index: number })[], tick: number): number | undefined {
  let [low, high] = [0, overlaps.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const { from, to, index } = overlaps[middle]!;
    if (tick < from) high = middle - 1;
    else if (tick > to) low = middle + 1;
    else return index;
  }
  return undefined;
}

/** The moment at which a tick begins; of a time that no calendar has, its tick. */
export function timeText({ epochMs, tickMs }: Pick<Layout, 'epochMs' | 'tickMs'>, tick: number): string {
  const date = new Date(epochMs + tick * tickMs);
  return Number.isNaN(date.getTime()) ? `tick ${tick}` : date.toISOString();
}

function csvText(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
