import { expect, test } from 'vitest';
import { nodeOf } from '../core/observe.ts';
import { launchSimulated } from '../laws/simulated-cluster.ts';
import { monitorHealth } from './health-monitor.ts';
import { openJournal } from './journal.ts';

test('a holder that missed a question still holds what it held; one that stays away does not count', async () => {
  await using cluster = await launchSimulated();
  const monitor = monitorHealth(cluster, openJournal(undefined));
  const heldFor = (ms: number): string[] => monitor.holders(ms).map(({ name }) => name);
  await cluster.time.sleep(3000);
  expect(heldFor(1000)).toContain('n1');
  const { process } = nodeOf(cluster, 'n1');
  await process.pause(1500);
  await cluster.time.sleep(1500);
  expect(heldFor(0)).not.toContain('n1');
  await process.resume();
  await cluster.time.sleep(500);
  expect(heldFor(3000)).toContain('n1');
  await process.kill();
  await process.start();
  await cluster.time.sleep(500);
  expect(heldFor(3000)).not.toContain('n1');
  monitor.stop();
});
