/** What code of a node leaves unhandled, and what stays of a cluster: shown in processes of their own. */
import { execFile } from 'node:child_process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = async (script: string): Promise<string> => {
  const here = pathToFileURL(fileURLToPath(new URL('.', import.meta.url))).href;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import { ask, minterOf, startCluster } from '${here}/cluster-for-tests.ts'; ${script}`,
    ],
    { timeout: 8000 },
  );
  return stdout;
};

test('an error that a node leaves unhandled ends the node, not the harness', async () => {
  const stdout = await run(`
    const cluster = await startCluster((env) => {
      void (async () => { await env.sleep(500); throw new Error('forgotten'); })();
      return minterOf(() => 0);
    });
    console.log((await ask(cluster, 'n1')).status, await cluster.nodes[0].process.alive());
    await cluster.time.sleep(500);
    console.log(await cluster.nodes[0].lastWords());
    console.log((await ask(cluster, 'n1')).status, await cluster.nodes[0].process.alive());
    await cluster[Symbol.asyncDispose]();
  `);
  expect(stdout).toBe('ok true\nforgotten\nno answer false\n');
});

test('one that the last heal lets it leave is told by the time that heal is done', async () => {
  const stdout = await run(`
    const cluster = await startCluster(({ host }) => {
      if (host.incarnation === 2) void Promise.reject(new Error('forgotten'));
      return minterOf(() => 0);
    });
    await cluster.nodes[0].process.kill();
    await cluster.healAll();
    console.log(await cluster.nodes[0].lastWords(), await cluster.nodes[0].process.alive());
    await cluster[Symbol.asyncDispose]();
  `);
  expect(stdout).toBe('forgotten false\n');
});

test('one that a node leaves in the last moment of its cluster does not end the harness', async () => {
  const stdout = await run(`
    let last = false;
    const holding = () => { if (last) void Promise.reject(new Error('forgotten')); return { workerId: 0 }; };
    const cluster = await startCluster(() => ({ ...minterOf(() => 0), holding }));
    last = true;
    await cluster.nodes[0].health(100);
    await cluster[Symbol.asyncDispose]();
    console.log(await cluster.nodes[0].lastWords());
  `);
  expect(stdout).toBe('forgotten\n');
});

test('an error that the harness leaves unhandled ends it as ever', async () => {
  await expect(
    run(`
      const cluster = await startCluster(() => minterOf(() => 0));
      Promise.reject(new Error('of the harness'));
      await cluster.time.sleep(1e9);
    `),
  ).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('of the harness') });
});

test('a cluster that is disposed of keeps no process alive, whatever was still waited for', async () => {
  const stdout = await run(`
    const cluster = await startCluster((env) => { void env.sleep(1e6); return minterOf(() => 0); });
    void cluster.time.sleep(1e6).then(() => console.log('woke'));
    cluster.time.at(1e15, () => console.log('happened'));
    await cluster.time.sleep(1);
    await cluster[Symbol.asyncDispose]();
    console.log('disposed');
  `);
  expect(stdout).toBe('disposed\n');
});
