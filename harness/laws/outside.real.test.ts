import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Run } from '../core/run.ts';
import { snowglobe } from './cli-process.ts';
import { writeOutside } from './outside.ts';
import { realDrivers } from './real-drivers.ts';

test.concurrent.each(realDrivers('a generator by path'))(
  'a mutant given by path, from an empty folder with its own node_modules, is caught on %s',
  async (driver) => {
    const folder = mkdtempSync(join(tmpdir(), 'snowglobe-outside-'));
    writeOutside(folder);
    const { code, stdout } = await snowglobe(
      ['run', './brief.json', '--driver', driver, '--generator', './mine.ts', '--json'],
      {},
      folder,
    ).ended;
    rmSync(folder, { recursive: true, force: true });
    const { verdict, findings } = JSON.parse(stdout) as Run;
    expect({ code, verdict }).toEqual({ code: 10, verdict: 'fail' });
    expect(
      findings.filter((finding) => finding.promised && finding.verdict === 'fail').map(({ guarantee }) => guarantee),
    ).toEqual(['unique']);
  },
);
