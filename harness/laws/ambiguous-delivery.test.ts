/**
 * Uniqueness is judged by mint and not by delivery: IDs whose clients never learned of them, because the node died between
 * the mint and the answer, are minted once, and whoever asks again gets others.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createLab } from '../../tools/lab.ts';

/** A second or two of a machine that has nothing else to do. */
const RUN_MS = 30_000;

test(
  'a node that is killed between mint and answer accuses nobody',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'snowglobe-ambiguous-'));
    try {
      const lab = await createLab(folder);
      // In this one a kill falls between mint and answer.
      const { verdict, run } = await lab.run({ scenario: 'storm', driver: 'sim', generator: 'snowflake', seed: '4' });
      const { minted, stored, acknowledged, requests } = run.evidence;
      expect(requests.noAnswer).toBeGreaterThan(0);
      expect(BigInt(minted)).toBeGreaterThan(BigInt(acknowledged));
      expect(stored).toBe(minted);
      expect(run.findings.find(({ guarantee }) => guarantee === 'unique')).toMatchObject({
        verdict: 'pass',
        violations: 0,
      });
      expect(verdict).toBe('pass');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  RUN_MS,
);
