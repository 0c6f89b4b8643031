import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { snowglobe } from './cli-process.ts';
import { writeOutside } from './outside.ts';

test(
  'a mutant given by path, from an empty folder with its own node_modules, is caught on sim',
  { timeout: 30_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'snowglobe-outside-'));
    writeOutside(folder);
    const { code, stdout } = await snowglobe(
      ['run', './brief.json', '--driver', 'sim', '--generator', './mine.ts', '--json'],
      {},
      folder,
    ).ended;
    rmSync(folder, { recursive: true, force: true });
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'fail', generator: { name: 'mine' } });
    expect(code).toBe(10);
  },
);
