import { expect, test } from 'vitest';
import { NO_COORDINATOR, recordedVersion } from './no-coordinator.ts';

test('there is nothing to watch, to own or to put right, and no version to record', async () => {
  NO_COORDINATOR.watchOwners(() => expect.unreachable());
  expect(await NO_COORDINATOR.owners(1)).toEqual([]);
  await NO_COORDINATOR.slowDisks(0);
  expect(recordedVersion(NO_COORDINATOR)).toEqual({});
});

test.each<[string, () => Promise<unknown>]>([
  ['its revision', () => NO_COORDINATOR.revision(1)],
  ['the end of a lease', () => NO_COORDINATOR.revoke('1', 1)],
  ['an empty store', () => NO_COORDINATOR.wipe(1)],
  ['a snapshot', () => NO_COORDINATOR.snapshot()],
  ['a restore', () => NO_COORDINATOR.restore('1')],
  ['slow disks', () => NO_COORDINATOR.slowDisks(1)],
  ['how long a write takes', () => NO_COORDINATOR.writeMs(1)],
])('%s cannot be had of nobody', async (_what, ask) => {
  await expect(ask()).rejects.toThrow('the cluster has no coordinator');
});
