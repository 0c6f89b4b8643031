import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { OWN_GROUP } from '../agent/own-group.ts';
import { findEngine, type Engine } from './engine.ts';
import { ImageFiles } from './image-files.ts';

/** As long as a runtime that a program comes with: what unpacks it is done before the engine has sent the last of it. */
const BIG_BYTES = 96 * 1024 * 1024;

test('a big program is copied out of an image, whole', { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'snowglobe-test-'));
  const { docker } = (await findEngine()) as Engine;
  const repo = `snowglobe-test-files-${randomBytes(4).toString('hex')}`;
  try {
    const big = Buffer.alloc(BIG_BYTES, randomBytes(4096));
    writeFileSync(join(folder, 'big'), big);
    const tar = spawn('tar', ['-C', folder, '-c', 'big'], { ...OWN_GROUP, stdio: ['ignore', 'pipe', 'inherit'] });
    const importing = await docker.importImage(tar.stdout, { repo, tag: 'latest' });
    await new Promise((resolve) => docker.modem.followProgress(importing, resolve));
    await using files = await ImageFiles.of(docker, repo, {}, folder);
    const copy = await files.copyOf('/big');
    expect(readFileSync(copy as string).equals(big)).toBe(true);
    expect(await files.copyOf('/other')).toBeUndefined();
  } finally {
    await docker.getImage(repo).remove({ force: true });
    rmSync(folder, { recursive: true });
  }
});
