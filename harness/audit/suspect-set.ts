/** The suspect set of an audit: where nodes held one worker ID at once, which IDs that makes suspect, and a file of them. */
import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { badInput, messageOf } from '../core/errors.ts';
import type { Layout } from '../core/layout.ts';
import { idBitsOf } from '../core/layout.ts';
import type { Audit } from './audit-schema.ts';
import type { Fields } from './fields.ts';
import type { Gathered } from './gather.ts';
import type { Overlap } from './suspects.ts';
import { overlapsOf, SUSPECTS_HEADER, timeText } from './suspects.ts';
import { tasksPerOwner } from './tasks.ts';
import type { WorkOptions } from './work.ts';
import { WorkError, workOn } from './work.ts';

const OVERLAPS_SHOWN = 1000;

/** Undefined where IDs do not tell worker and time. */
export async function findSuspectSet(
  { owners, segments }: Gathered,
  fields: readonly (Fields | undefined)[],
  layout: Layout,
  file: string | undefined,
  options: WorkOptions & { readonly folder: string; phase(what: string, bytes: number): void },
): Promise<Audit['suspects']> {
  const nodes = [...new Set(owners.map(({ node }) => node))];
  const places = new Map(nodes.map((node, index) => [node, index]));
  const nodeOf = owners.map(({ node }) => places.get(node)!);
  const isLost = fields.some((one) => one?.lost === true);
  // A file without a line would say that nothing is suspect.
  if (isLost && file !== undefined)
    throw badInput(
      'By this layout there are more worker IDs than any cluster has: who held which when cannot be told.',
      'Give the layout of these IDs, or leave it out.',
      '--suspects',
    );
  if (isLost || layout.workerBits === 0 || layout.timeBits === 0) return undefined;
  const overlaps = overlapsOf(
    fields.flatMap((one, owner) => (one?.spells ?? []).map((spell) => ({ ...spell, node: nodeOf[owner]! }))),
  );
  const counts = overlaps.map(() => 0);
  const idBits = idBitsOf(layout);
  const mine = Map.groupBy(
    overlaps.flatMap((overlap, index) => overlap.nodes.map((node) => ({ node, index }))),
    ({ node }) => node,
  );
  const tasks = tasksPerOwner(segments, idBits).flatMap(({ owner, first, spans }, index) => {
    const of = mine.get(nodeOf[owner]!)?.map((one) => one.index) ?? [];
    const task = {
      layout,
      spans,
      first,
      node: owners[owner]!.name,
      overlaps: of.map((one) => overlaps[one]!),
      ...(file !== undefined && { out: join(options.folder, `suspects-${index}`) }),
    };
    return of.length === 0 ? [] : [{ of, task }];
  });
  const bytes = tasks.reduce((sum, { task }) => sum + task.spans.reduce((ids, { count }) => ids + count, 0), 0);
  options.phase('finding suspects', bytes * (idBits / 8));
  const done = await workOn(
    'suspects',
    tasks.map(({ task }) => task),
    options,
  );
  for (const [index, { of }] of tasks.entries()) {
    const one = done[index]!;
    if (one instanceof WorkError) throw one;
    for (const [place, overlap] of of.entries()) counts[overlap]! += one.byOverlap[place]!;
  }
  if (file !== undefined)
    await writeSuspects(
      file,
      tasks.map(({ task }) => task.out!),
    );
  return told(
    overlaps,
    counts,
    nodes,
    layout,
    fields.some((one) => one?.coarse === true),
    file,
  );
}

function told(
  overlaps: readonly Overlap[],
  counts: readonly number[],
  nodes: readonly string[],
  layout: Layout,
  coarse: boolean,
  file: string | undefined,
): NonNullable<Audit['suspects']> {
  const from = overlaps.reduce((least, one) => Math.min(least, one.from), Infinity);
  const to = overlaps.reduce((most, one) => Math.max(most, one.to), -Infinity);
  return {
    ids: counts.reduce((sum, count) => sum + count, 0),
    workers: new Set(overlaps.map(({ worker }) => worker)).size,
    ...(overlaps.length > 0 && { from: timeText(layout, from), to: timeText(layout, to) }),
    overlaps: overlaps.slice(0, OVERLAPS_SHOWN).map((overlap, index) => ({
      worker: overlap.worker,
      from: timeText(layout, overlap.from),
      to: timeText(layout, overlap.to),
      ticks: { from: String(BigInt(overlap.from)), to: String(BigInt(overlap.to)) },
      nodes: overlap.nodes.map((node) => nodes[node]!),
      ids: counts[index]!,
    })),
    overlapsInAll: overlaps.length,
    coarse,
    ...(file !== undefined && { file }),
  };
}

/** What the tasks wrote, in their order. */
async function writeSuspects(file: string, parts: readonly string[]): Promise<void> {
  try {
    const out = createWriteStream(file);
    out.write(SUSPECTS_HEADER);
    for (const part of parts) await pipeline(createReadStream(part), out, { end: false });
    await new Promise<void>((resolve, reject) => out.on('error', reject).end(resolve));
  } catch (error) {
    throw badInput(
      `${file} cannot be written: ${messageOf(error)}.`,
      'Name a file in a folder that is there and that you can write to.',
      '--suspects',
    );
  }
}
