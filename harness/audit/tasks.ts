/** Cuts the lines of owners into pieces of work. Pure. */
import type { Segment } from '../exact/segment.ts';
import type { Span } from './fields.ts';

export interface OwnerTask {
  readonly owner: number;
  /** Position of its first ID in the owner's line. */
  readonly first: number;
  readonly spans: readonly Span[];
}

/** Some tenths of a second for a thread. */
const TASK_IDS = 1 << 24;

/** Pieces of each owner's line, in its order. */
export function tasksPerOwner(segments: readonly Segment[], idBits: 64 | 128): readonly OwnerTask[] {
  const tasks: { owner: number; first: number; ids: number; spans: Span[] }[] = [];
  const lastOf = new Map<number, (typeof tasks)[number]>();
  for (const { owner, first, file, byteOffset, count } of segments)
    for (let at = 0; at < count;) {
      let task = lastOf.get(owner);
      if (task === undefined || task.ids >= TASK_IDS) {
        task = { owner, first: Number(first) + at, ids: 0, spans: [] };
        tasks.push(task);
        lastOf.set(owner, task);
      }
      const taken = Math.min(count - at, TASK_IDS - task.ids);
      task.spans.push({ file, byteOffset: byteOffset + at * (idBits / 8), count: taken });
      task.ids += taken;
      at += taken;
    }
  return tasks;
}
