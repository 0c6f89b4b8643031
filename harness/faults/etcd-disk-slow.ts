/**
 * The disks of all coordinator members are slow: whatever is written waits for them, and keep-alives, which are not, do
 * not. A client whose deadline is shorter learns nothing of what became of its writes.
 *
 * Real etcd sends its heartbeats between two syncs: with syncs that are longer than its election timeout (500 ms here) a
 * leader that writes a lot may be taken for dead.
 */
import type { Cluster } from '../core/cluster.ts';
import { COORDINATOR_NAMES } from '../core/coordinator-kind.ts';
import type { Fault } from '../core/fault.ts';
import { PROBE_TIMEOUT_MS } from '../core/observe.ts';
import { z } from '../core/schema.ts';
import { msToNs } from '../core/time.ts';

/** Two measurements in a row have to fit into a second. */
const SLOW_MAX_MS = 800;
const LATE_MS = 400;
const LOOK_EVERY_MS = 50;

/** The note of what the members had counted when they were last looked at. */
const SEEN = 'seen';

const options = z.strictObject({
  byMs: z
    .number()
    .min(50)
    .max(SLOW_MAX_MS)
    .describe(
      'how much longer each sync of what a member writes takes, in milliseconds; a write takes one or two of them',
    ),
});

export default {
  name: 'etcd-disk-slow',
  summary: 'each write to the disks of the coordinator takes longer',
  needs: ['coordinator.slow-disk'],
  coordinators: COORDINATOR_NAMES,
  disturbs: ['coordinator'],
  options,
  example: { byMs: 300 },

  touches: () => ['disk of etcd'],
  reach: (_options, { nodes }) => nodes,

  async inject(cluster, { byMs }, { notes }) {
    await cluster.coordinator.slowDisks(byMs);
    notes.set(SEEN, await syncsOf(cluster));
  },

  /** By what the members themselves measure of their disks, or, where they keep no such book, by how long a write takes. */
  async observe(cluster, { byMs }, { notes }) {
    const { coordinator } = cluster;
    const writing = coordinator.writeMs(byMs + LATE_MS).catch(() => undefined);
    if (coordinator.members.every(({ syncs }) => syncs === undefined)) {
      const tookMs = await writing;
      return {
        took: tookMs === undefined ? undefined : tookMs >= byMs,
        measured: { askedMs: byMs, observedMs: tookMs ?? null },
      };
    }
    const before = (notes.get(SEEN) as Seen | undefined) ?? (await syncsOf(cluster));
    const { seen, means } = await syncedSince(before, cluster, byMs + LATE_MS);
    if (notes.has(SEEN)) notes.set(SEEN, seen);
    const leastMs = means.size === 0 ? undefined : Math.min(...means.values());
    const byMember = [...means].map(([member, ms]) => [`${member}Ms`, ms] as const);
    return {
      took: leastMs === undefined ? undefined : leastMs >= byMs,
      measured: { askedMs: byMs, observedMs: leastMs ?? null, ...Object.fromEntries(byMember) },
    };
  },

  async heal({ coordinator }, _options, { notes }) {
    await coordinator.slowDisks(0);
    notes.delete(SEEN);
  },
} satisfies Fault<z.output<typeof options>>;

/** What each member that answered had counted of its syncs. */
type Seen = { readonly [member: string]: { readonly count: number; readonly totalMs: number } };

async function syncsOf({ coordinator }: Cluster): Promise<Seen> {
  const answers = await Promise.all(
    coordinator.members.map(async ({ name, syncs }) => [name, await syncs?.(PROBE_TIMEOUT_MS).catch(() => undefined)]),
  );
  return Object.fromEntries(answers.filter(([, answer]) => answer !== undefined)) as Seen;
}

/**
 * Waits until each member that answers has synced since, at most `waitMs`; the mean time of those syncs, by member. `seen`
 * keeps what was known of those that did not answer.
 */
async function syncedSince(
  before: Seen,
  cluster: Cluster,
  waitMs: number,
): Promise<{ readonly seen: Seen; readonly means: ReadonlyMap<string, number> }> {
  const giveUpAt = cluster.time.now() + msToNs(waitMs);
  for (;;) {
    const seen = await syncsOf(cluster);
    const means = new Map<string, number>();
    for (const [name, { count, totalMs }] of Object.entries(seen)) {
      const from = before[name];
      // A member that was started again counts anew, and what it counted between is not known.
      if (from !== undefined && count > from.count)
        means.set(name, tenths((totalMs - from.totalMs) / (count - from.count)));
    }
    const answered = Object.keys(seen).length;
    if ((answered > 0 && means.size === answered) || cluster.time.now() >= giveUpAt)
      return { seen: { ...before, ...seen }, means };
    await cluster.time.sleep(LOOK_EVERY_MS);
  }
}

const tenths = (ms: number): number => Math.round(ms * 10) / 10;
