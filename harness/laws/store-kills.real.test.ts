import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { recordRun } from './recorded-run.ts';
import { copyOfRun, judgeUndisturbed, killAndJudge } from './store-kill.ts';

/** All of it at 100 random moments of 20 million IDs: `npm run torture -- store-kills`. */
test('killed while it judges, and called again, judge says what it would have said: each ID is stored once', async () => {
  const root = mkdtempSync(join(tmpdir(), 'snowglobe-kills-'));
  try {
    const recorded = await recordRun({ folder: join(root, 'run'), runId: 'ab12cd34', nodes: 3, batchesPerNode: 150 });
    const undisturbed = await judgeUndisturbed(copyOfRun(recorded, join(root, 'undisturbed')));
    // Before half of it the taps are not all in the store.
    for (const [whom, share] of [
      ['engine', 0.3],
      ['both', 0.5],
    ] as const) {
      const folder = copyOfRun(recorded, join(root, whom));
      const after = await killAndJudge(recorded, folder, whom, share * undisturbed.lastedMs, undisturbed);
      expect({ whom, tooLate: after.tooLate, wrong: after.wrong }).toEqual({ whom, tooLate: false, wrong: [] });
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
