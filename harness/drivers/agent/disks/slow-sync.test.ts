import { expect, test } from 'vitest';
import { onDisk, slowDisks, trialMissed } from './slow-sync.ts';

test('a command is launched on a slow disk, or as it is', () => {
  const slow = { launcher: '/bin/slow-sync', delayFile: '/run/sync-delay' };
  expect(onDisk(slow, ['etcd', '--name', 'etcd1'])).toEqual([
    '/bin/slow-sync',
    '/run/sync-delay',
    'etcd',
    '--name',
    'etcd1',
  ]);
  expect(onDisk(undefined, ['etcd'])).toEqual(['etcd']);
});

test('disks that cannot be slowed are refused, and need no healing', () => {
  expect(() => slowDisks(undefined, 300)).toThrow('cannot be slowed');
  expect(() => slowDisks(undefined, 0)).not.toThrow();
});

test.each([
  ['slow, and quick again', '{"slowMs":104.5,"quickMs":0.2}\n', undefined],
  ['not slow', '{"slowMs":0.2,"quickMs":0.2}', 'a sync was to be held for 100 ms and took 0.2 ms'],
  ['never quick again', '{"slowMs":104.5,"quickMs":104}', 'a sync was not to be held any more and took 104.0 ms'],
  ['the words of the launcher', 'slow-sync: prctl: no\n', 'slow-sync: prctl: no'],
  ['nothing', '', 'the trial printed nothing'],
])('a trial that shows %s', (_, printed, missed) => {
  expect(trialMissed(printed)).toBe(missed);
});
