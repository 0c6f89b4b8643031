import { expect, test } from 'vitest';
import { parseRun } from '../core/run-schema.ts';
import { loadScenario } from '../registry.ts';
import { begunRun } from './record.ts';
import { createStopwatch } from './stopwatch.ts';

test('what a killed harness leaves is a valid record, and no pass', async () => {
  const layout = { timeBits: 41, workerBits: 10, sequenceBits: 12, tickMs: 1, epochMs: 0 };
  const generator = { name: 'mine', summary: '', promises: [{ guarantee: 'unique' as const }], layout };
  const header = { scenario: await loadScenario('storm'), generator, driver: 'local', seed: '1', command: 'run' };
  const begun = begunRun(header, createStopwatch('abcdefgh').measured({}));
  expect(parseRun(JSON.stringify(begun))).toMatchObject({ state: 'begun', verdict: 'unknown', exitCode: 12 });
});
