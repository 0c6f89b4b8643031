/** The agent in a network namespace of its own: addresses on its loopback stand for peers. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import type { AgentClient } from './agent-client.ts';
import { cleanUp, cleanups, startAgent, throwAwayNetns, type Netns } from './netns-for-tests.ts';
import { WORKLOAD_VARIABLE } from './protocol.ts';

const PEERS = ['198.18.0.2', '198.18.0.3'] as const;

afterEach(cleanUp);

/** A namespace whose loopback has the addresses of peers. */
function withPeers(): Netns {
  const netns = throwAwayNetns();
  for (const peer of PEERS) netns.inside('ip', 'addr', 'add', `${peer}/32`, 'dev', 'lo');
  return netns;
}

function startWorkload(name: string): ChildProcess {
  const child = spawn('sleep', ['100'], { env: { ...process.env, [WORKLOAD_VARIABLE]: name }, stdio: 'ignore' });
  cleanups.push(() => child.kill('SIGKILL'));
  return child;
}

const stateOf = (child: ChildProcess): string =>
  execFileSync('ps', ['-o', 'state=', '-p', String(child.pid)], { encoding: 'utf8' }).trim();

const reach = async (agent: AgentClient, address: string): Promise<boolean | undefined> =>
  (await agent.send({ do: 'reach', address, port: 9, timeoutMs: 150 })).reached;

test('cuts of several keys add up, and each goes with its own key', async () => {
  const { agent } = await startAgent(withPeers());
  expect(await reach(agent, PEERS[0])).toBe(true);

  await agent.send({ do: 'cut', key: 'one', addresses: [PEERS[0]] });
  await agent.send({ do: 'cut', key: 'two', addresses: [...PEERS] });
  expect(await reach(agent, PEERS[0])).toBe(false);
  expect(await reach(agent, PEERS[1])).toBe(false);

  await agent.send({ do: 'mend', key: 'two' });
  expect(await reach(agent, PEERS[0])).toBe(false);
  expect(await reach(agent, PEERS[1])).toBe(true);

  await agent.send({ do: 'mend', key: 'unknown' });
  await agent.send({ do: 'heal' });
  expect(await reach(agent, PEERS[0])).toBe(true);
  await agent.close();
});

test('a living agent keeps a cut beyond its timeout; a killed one loses it', { timeout: 20_000 }, async () => {
  const { agent } = await startAgent(withPeers());
  const netns = withPeers();
  const { inside } = netns;
  const { agent: killed, child } = await startAgent(netns);
  for (const one of [agent, killed]) await one.send({ do: 'cut', key: 'k', addresses: [PEERS[0]] });
  child.kill('SIGKILL');
  expect(inside('nft', 'list', 'table', 'inet', 'snowglobe')).toContain(PEERS[0]);
  await sleep(5500);
  expect(await reach(agent, PEERS[0])).toBe(false);
  expect(inside('nft', 'list', 'table', 'inet', 'snowglobe')).not.toContain(PEERS[0]);
  await agent.close();

  // A later agent starts from nothing, whatever it finds.
  const { agent: next } = await startAgent(netns);
  expect(await reach(next, PEERS[0])).toBe(true);
  await next.close();
});

test('the end of its input heals everything and leaves the rules of others alone', async () => {
  const netns = withPeers();
  const { inside } = netns;
  inside('nft', 'add table inet other; add chain inet other c { type filter hook input priority 0; }');
  inside('nft', 'add rule inet other c ip saddr 203.0.113.9 drop');
  const others = inside('nft', 'list', 'ruleset');

  const { agent, child } = await startAgent(netns);
  const workload = startWorkload('w-eof');
  await agent.send({ do: 'cut', key: 'k', addresses: [PEERS[0]] });
  expect((await agent.send({ do: 'signal', workload: 'w-eof', signal: 'SIGSTOP' })).pids).toEqual([workload.pid]);
  expect(stateOf(workload)).toBe('T');
  expect(inside('nft', 'list', 'ruleset')).toContain('table inet snowglobe');

  await agent.close();
  await expect.poll(() => child.exitCode).toBe(0);
  expect(stateOf(workload)).toBe('S');
  expect(inside('nft', 'list', 'ruleset')).toBe(others);
  await expect(agent.send({ do: 'ping' })).rejects.toThrow('agent is gone, so "ping" was not done.');
});

test('a workload that is slowed runs in turns, and goes on when the agent is gone', async () => {
  const { agent, child } = await startAgent(throwAwayNetns());
  const workload = startWorkload('w-slow');
  const share = async (): Promise<number> =>
    (await agent.send({ do: 'share', workload: 'w-slow', forMs: 500 })).percent as number;
  expect(await share()).toBe(100);
  await agent.send({ do: 'slow', workload: 'w-slow', percent: 20 });
  const slow = await share();
  expect(slow).toBeGreaterThan(0);
  expect(slow).toBeLessThan(60);
  // A stop that was asked for outlasts the turns.
  await agent.send({ do: 'signal', workload: 'w-slow', signal: 'SIGSTOP' });
  expect(await share()).toBe(0);
  await agent.send({ do: 'signal', workload: 'w-slow', signal: 'SIGCONT' });
  await agent.close();
  await expect.poll(() => child.exitCode).toBe(0);
  expect(stateOf(workload)).toBe('S');
});

test('finds, stops, resumes and kills a workload by its environment, and no other', async () => {
  const { agent } = await startAgent(withPeers());
  const [workload, other] = [startWorkload('w1'), startWorkload('w11')];
  expect((await agent.send({ do: 'find', workload: 'w1' })).pids).toEqual([workload.pid]);

  // It has stopped when the agent says so: who pauses a node counts on it.
  await agent.send({ do: 'signal', workload: 'w1', signal: 'SIGSTOP' });
  expect(stateOf(workload)).toBe('T');
  await agent.send({ do: 'signal', workload: 'w1', signal: 'SIGCONT' });
  await expect.poll(() => stateOf(workload)).toBe('S');
  await agent.send({ do: 'signal', workload: 'w1', signal: 'SIGKILL' });
  await expect.poll(() => workload.signalCode).toBe('SIGKILL');

  expect((await agent.send({ do: 'find', workload: 'w1' })).pids).toEqual([]);
  expect(stateOf(other)).toBe('S');
  await agent.close();
});

test('a slow reach does not hold up other commands', async () => {
  const { agent } = await startAgent(withPeers());
  await agent.send({ do: 'cut', key: 'k', addresses: [PEERS[0]] });
  const order: string[] = [];
  const reaching = agent
    .send({ do: 'reach', address: PEERS[0], port: 9, timeoutMs: 1000 })
    .then(() => order.push('reach'));
  await agent.send({ do: 'ping' }).then(() => order.push('ping'));
  await reaching;
  expect(order).toEqual(['ping', 'reach']);
  await agent.close();
});

test('forwards a UNIX socket, and takes it away at the end', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'snowglobe-test-'));
  cleanups.push(() => rmSync(folder, { recursive: true }));
  const socketPath = join(folder, 's.sock');
  const netns = withPeers();
  const echo = `net.createServer({ allowHalfOpen: true }, (s) => s.pipe(s)).listen(7, () => console.log('listening'))`;
  const [program, ...args] = [...netns.enter, process.execPath, '-e', echo] as const;
  const server = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  cleanups.push(() => server.kill('SIGKILL'));
  await once(server.stdout, 'data');

  const { agent } = await startAgent(netns);
  await agent.send({ do: 'forward', socket: socketPath, address: '127.0.0.1', port: 7 });
  const said = await new Promise<string>((resolve, reject) => {
    let text = '';
    const client = connect(socketPath, () => client.end('hello'));
    client
      .on('data', (chunk) => (text += chunk.toString()))
      .on('end', () => resolve(text))
      .on('error', reject);
  });
  expect(said).toBe('hello');
  await agent.close();
  expect(existsSync(socketPath)).toBe(false);
});

test('says what is wrong with a command', async () => {
  const { agent } = await startAgent(withPeers());
  await expect(agent.send({ do: 'cut', key: 'k', addresses: ['n1; flush ruleset'] })).rejects.toThrow(
    'agent: "cut" failed: "n1; flush ruleset" is no IPv4 address',
  );
  await agent.close();
});
