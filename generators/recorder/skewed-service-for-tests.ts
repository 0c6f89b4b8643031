/** That a service runs under the clock of its node: the time in its IDs is that of the clock, from the first one on. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { decodeId } from '../../harness/core/layout.ts';
import type { ServiceNode } from '../../harness/core/node-program.ts';
import type { ClockBackend } from '../../harness/drivers/agent/clocks/clock-backend.ts';
import { toolsHere } from '../../harness/drivers/agent/clocks/skewed-program-for-tests.ts';
import { clockWords } from '../../harness/drivers/agent/node-command.ts';
import { LAYOUT, RecordedNode } from './recorded-node-for-tests.ts';

const AHEAD_MS = 3_600_000;
/** For a busy machine. */
const SLACK_MS = 5000;

/** `follows`: whether its IDs follow a step of the clock while it runs; else they stay with the clock that it began with. */
export async function expectSkewed(service: ServiceNode, backend: ClockBackend, follows = true): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'snowglobe-skewed-'));
  try {
    const file = join(folder, 'clock');
    const clock = backend.control(file, () => Date.now());
    await clock.set({ offsetMs: AHEAD_MS, rate: 1 });
    const words = clockWords(backend.wrap((await toolsHere()).get(backend.name) as string, file));
    await using node = await RecordedNode.serving(service, LAYOUT, { SNOWGLOBE_CLOCK_PREFIX: JSON.stringify(words) });
    const aheadMs = async (): Promise<number> => {
      const { ids } = await node.ids(1);
      return decodeId(LAYOUT, ids[0] as bigint).unixMs - Date.now();
    };
    const isAbout = async (ms: number): Promise<void> =>
      expect(Math.abs((await aheadMs()) - ms)).toBeLessThan(SLACK_MS);
    await isAbout(AHEAD_MS);
    await clock.set({ offsetMs: 2 * AHEAD_MS, rate: 1 });
    await isAbout(follows ? 2 * AHEAD_MS : AHEAD_MS);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
