/**
 * The owner keys `o/<worker ID>` as they come and go, told across everything that may happen to the coordinator: a member
 * that falls silent, and data that go back.
 */
import type { OwnerEvent } from '../core/cluster.ts';
import type { KeyValue } from '../core/generator.ts';
import { OWNER_PREFIX, workerIdOfKey } from '../core/owner-key.ts';
import type { Rollback } from '../core/rollback.ts';
import type { RunNs } from '../core/time.ts';
import type { EtcdClient, WatchEvent } from './etcd-client.ts';
import { HeardRevisions } from './heard-revisions.ts';

export interface OwnerListener {
  /** Stamps each event when it becomes known. */
  now(): RunNs;
  onEvent(event: OwnerEvent): void;
  /** Told before the events that it makes. */
  onRollback?(rollback: Rollback): void;
}

/** Watches from the first revision on. Resolves when aborted; rejects when history was compacted away. */
export function watchOwnerKeys(client: EtcdClient, listener: OwnerListener, signal: AbortSignal): Promise<void> {
  /** The owner keys that are there, as far as was told. */
  const owned = new Map<number, KeyValue>();
  const revisions = new HeardRevisions(listener.now());
  return client.watch(
    OWNER_PREFIX,
    {
      onHeard: (revision) => revisions.heard(revision, listener.now()),
      onEvent: (event) => {
        const workerId = workerIdOfKey(event.key);
        if (workerId === undefined) return;
        const ownerEvent = ownerEventOf(event, workerId, listener.now());
        if (event.what === 'put') owned.set(workerId, event.keyValue);
        else owned.delete(workerId);
        if (ownerEvent !== undefined) listener.onEvent(ownerEvent);
      },
      onWentBack: ({ before, revision, keys }) => {
        const at = listener.now();
        listener.onRollback?.({ before, ...revisions.wentBack(revision, at) });
        const there = new Map(keys.flatMap((key) => [[workerIdOfKey(key.key), key] as const]));
        for (const [workerId, was] of owned)
          if (!isSame(was, there.get(workerId)))
            listener.onEvent({ ...changeOf('released', workerId, was, at, revision), wentBack: true });
        for (const [workerId, is] of there)
          if (workerId !== undefined && !isSame(is, owned.get(workerId)))
            listener.onEvent({ ...changeOf('acquired', workerId, is, at, revision), wentBack: true });
        owned.clear();
        for (const [workerId, is] of there) if (workerId !== undefined) owned.set(workerId, is);
      },
    },
    signal,
  );
}

function isSame(one: KeyValue, other: KeyValue | undefined): boolean {
  return one.createRevision === other?.createRevision && one.value === other.value;
}

/** Undefined when the change is none of the owner (a put on a key that was there before). */
function ownerEventOf(event: WatchEvent, workerId: number, at: RunNs): OwnerEvent | undefined {
  if (event.what === 'put' && event.keyValue.createRevision !== event.revision) return undefined;
  return changeOf(event.what === 'put' ? 'acquired' : 'released', workerId, event.keyValue, at, event.revision);
}

function changeOf(
  what: OwnerEvent['what'],
  workerId: number,
  { value, lease, createRevision }: KeyValue,
  at: RunNs,
  revision: string,
): OwnerEvent {
  return {
    at,
    what,
    workerId,
    ...(lease !== '0' && { lease }),
    createRevision,
    revision,
    ...(what === 'acquired' && { value }),
  };
}
