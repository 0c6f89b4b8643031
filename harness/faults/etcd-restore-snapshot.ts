/**
 * All members of the coordinator are put back to an older snapshot of their data, as after a disaster: writes that were
 * acknowledged are gone. Ended leases and the worker IDs under them live again, later ones are gone, and bounds are lower
 * than what was minted under them.
 */
import { coordinatorName, nodesServed, unclearCoordinator, whoseCoordinator } from '../core/coordinator-faults.ts';
import { coordinatorIn } from '../core/coordinators-as-one.ts';
import type { Fault } from '../core/fault.ts';
import { PROBE_TIMEOUT_MS } from '../core/observe.ts';
import { z } from '../core/schema.ts';
import { msToNs } from '../core/time.ts';

/** Notes of the disturbance: the last revision before the restore, and the lowest that was read since. */
const BEFORE = 'before';
const LOWEST = 'lowest';

const ASK_MS = 2000;
/** From the start of the members until they serve: an election, on a busy machine. */
const SERVES_MS = 15_000;
const ASK_EVERY_MS = 50;

const options = z.strictObject({
  ...whoseCoordinator,
  ageMs: z
    .number()
    .min(500)
    .max(60_000)
    .describe('how old the snapshot is when it is restored, in milliseconds; injecting takes that long and more'),
});

export default {
  name: 'etcd-restore-snapshot',
  summary: 'all members of the coordinator are stopped and put back to an older snapshot of their data',
  needs: ['coordinator.restore'],
  coordinators: ['etcd'],
  disturbs: ['coordinator'],
  options,
  example: { ageMs: 1500 },

  refuses: unclearCoordinator,
  touches: (given) => [`process of ${coordinatorName(given)}`, `data of ${coordinatorName(given)}`],
  // Nobody gets an answer until the members serve again.
  reach: nodesServed,

  async inject(cluster, { region, ageMs }, { notes }) {
    const { time } = cluster;
    const coordinator = coordinatorIn(cluster, region);
    const taken = await coordinator.revision(ASK_MS);
    const snapshot = await coordinator.snapshot();
    await time.sleep(ageMs);
    const before = await coordinator.revision(ASK_MS);
    if (BigInt(before) <= BigInt(taken))
      throw new Error(`nothing was written within ${ageMs} ms: restoring the snapshot would take nothing back`);
    notes.set(BEFORE, before);
    notes.delete(LOWEST);
    await coordinator.restore(snapshot);
    const giveUpAt = time.now() + msToNs(SERVES_MS);
    while ((await revisionOf(coordinator)) === undefined) {
      if (time.now() > giveUpAt) throw new Error(`the coordinator did not serve within ${SERVES_MS} ms of its restore`);
      await time.sleep(ASK_EVERY_MS);
    }
  },

  /** Revisions only grow: one that is lower than before shows that writes are gone, for good. */
  async observe(cluster, { region }, { notes }) {
    const before = notes.get(BEFORE);
    if (typeof before !== 'string') return { took: false, measured: {} };
    const revision = await revisionOf(coordinatorIn(cluster, region));
    const seen = notes.get(LOWEST);
    if (revision !== undefined && (typeof seen !== 'string' || BigInt(revision) < BigInt(seen)))
      notes.set(LOWEST, revision);
    const lowest = notes.get(LOWEST);
    return {
      took: revision === undefined || typeof lowest !== 'string' ? undefined : BigInt(lowest) < BigInt(before),
      measured: { before, lowest: lowest ?? null, revision: revision ?? null },
    };
  },

  /** What is gone stays so; only the members have to run. */
  async heal(cluster, { region }, { notes }) {
    notes.delete(BEFORE);
    notes.delete(LOWEST);
    await Promise.all(coordinatorIn(cluster, region).members.map(({ process }) => process.start()));
  },
} satisfies Fault<z.output<typeof options>>;

function revisionOf(coordinator: { revision(timeoutMs: number): Promise<string> }): Promise<string | undefined> {
  return coordinator.revision(PROBE_TIMEOUT_MS).catch(() => undefined);
}
