/**
 * Throw-away network namespaces, and agents in them, for tests. With root or without.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { AgentClient } from './agent-client.ts';

const AGENT = join(import.meta.dirname, 'agent.ts');
const AS_ROOT = process.getuid?.() === 0;

/** What has to be undone at the end of a test, the last first. */
export const cleanups: (() => void)[] = [];

export function cleanUp(): void {
  for (const cleanup of cleanups.splice(0).toReversed()) cleanup();
}

export interface Netns {
  /** A process that holds it. */
  readonly pid: number;
  /** Runs a command in it, and returns its output. */
  readonly inside: (...command: string[]) => string;
  /** A command line in front of what is to run in it. */
  readonly enter: readonly [string, ...string[]];
}

/** A namespace with a loopback; without root one in a user namespace of its own, or in that of another. */
export function throwAwayNetns(beside?: Netns): Netns {
  const user = AS_ROOT ? [] : ['--user', '--map-root-user'];
  const own = ['unshare', ...user] as const;
  const [program, ...args] = beside === undefined || AS_ROOT ? own : ([...beside.enter, 'unshare'] as const);
  const holder = spawn(program, [...args, '--net', 'sleep', '100'], { stdio: 'ignore' });
  cleanups.push(() => holder.kill('SIGKILL'));
  const pid = holder.pid as number;
  const enter: [string, ...string[]] = [
    'nsenter',
    '-t',
    String(pid),
    '--net',
    ...(AS_ROOT ? [] : ['--user', '--preserve-credentials']),
  ];
  const inside = (...inner: string[]): string =>
    execFileSync(enter[0], [...enter.slice(1), ...inner], { encoding: 'utf8' });
  // `unshare` becomes `sleep` once it has made the namespace.
  while (execFileSync('cat', [`/proc/${pid}/comm`], { encoding: 'utf8' }) !== 'sleep\n');
  inside('ip', 'link', 'set', 'lo', 'up');
  return { pid, inside, enter };
}

/** Two namespaces, joined by one link, and their addresses. */
export function twoNetns(): readonly [Netns & { readonly address: string }, Netns & { readonly address: string }] {
  const one = throwAwayNetns();
  const other = throwAwayNetns(one);
  one.inside('ip', 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(other.pid));
  const both = [
    { ...one, address: '198.18.9.1' },
    { ...other, address: '198.18.9.2' },
  ] as const;
  for (const { inside, address } of both) {
    inside('ip', 'addr', 'add', `${address}/24`, 'dev', 'eth0');
    inside('ip', 'link', 'set', 'eth0', 'up');
  }
  return both;
}

/** Under load a Node process takes seconds to come up. */
const AGENT_STARTS_MS = 10_000;

export interface StartedAgent {
  readonly agent: AgentClient;
  readonly child: ChildProcess;
}

/** Resolves when the agent takes orders. */
export async function startAgent({ enter }: Pick<Netns, 'enter'>): Promise<StartedAgent> {
  const [program, ...args] = [...enter, process.execPath, AGENT] as const;
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  cleanups.push(() => child.kill('SIGKILL'));
  const agent = new AgentClient('agent', child.stdout, child.stdin);
  await agent.send({ do: 'ping' }, AGENT_STARTS_MS);
  return { agent, child };
}
