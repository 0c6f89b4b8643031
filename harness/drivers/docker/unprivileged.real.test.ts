import { execFile, execFileSync } from 'node:child_process';
import { chown, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import driver from './driver.ts';

const NOBODY = 65534;
const SOCKET = '/var/run/docker.sock';

/** A harness of a user who may speak to the engine and is not root: launches, signals, mints, says whose the taps are. */
const HARNESS = `
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { eventually, mint, minting, runForTest } from ${JSON.stringify(import.meta.resolve('./run-for-test.ts'))};
await using run = await runForTest();
const [node] = run.cluster.nodes;
await eventually(() => node.health(500), minting);
await node.process.pause(1000);
const paused = await mint(node, 1, 300);
await node.process.resume();
await node.process.kill();
const aliveAfterKill = await node.process.alive();
await node.process.start();
const { incarnation } = await eventually(() => node.health(500), minting);
const owners = [...new Set(readdirSync(run.cluster.tapFolder).map((tap) => statSync(join(run.cluster.tapFolder, tap)).uid))];
console.log(JSON.stringify({ paused: paused.status, aliveAfterKill, incarnation, owners }));
`;

test('a user who is not root has taps of his own, and his nodes are signalled all the same', async (context) => {
  await driver.prepare({ log: () => undefined, signal: new AbortController().signal });
  const { gid } = await stat(SOCKET);
  const home = await mkdtemp(join(tmpdir(), 'snowglobe-test-'));
  try {
    await chown(home, NOBODY, gid);
    const as = { uid: NOBODY, gid, env: { PATH: process.env['PATH'], HOME: home, TMPDIR: home }, cwd: home };
    try {
      execFileSync(process.execPath, ['--check', join(import.meta.dirname, 'driver.ts')], { ...as, stdio: 'ignore' });
    } catch {
      context.skip('another user cannot read this checkout');
    }
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', HARNESS], as);
    expect(JSON.parse(stdout)).toEqual({
      paused: 'no answer',
      aliveAfterKill: false,
      incarnation: 2,
      owners: [NOBODY],
    });
  } finally {
    await rm(home, { recursive: true });
  }
}, 60_000);
