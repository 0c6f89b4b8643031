/**
 * The fault agent: one in each pod, under plain Node, with nothing but files of this folder and of `core`.
 *
 * It is the hand of the harness inside a pod: it disturbs links (nftables, in a table of its own), stops and kills the
 * pod's workload, measures whether peers can be reached, and forwards UNIX sockets to TCP ports. Two dead-man switches
 * make sure that what it did never outlives the harness: the end of its input heals everything, and each trouble
 * of a link is a set element with a timeout that only a living agent renews.
 *
 * `node agent.ts ADDRESS`: there is no pod, and its member has this address of the loopback to itself. Its links are in
 * other hands then; all else is the same.
 */
import { rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { mintersUnder } from './clocks/minters.ts';
import { Links } from './links.ts';
import { Prober, talks } from './prober.ts';
import { allPids, startedWith, statOf, untilGone, untilStopped } from './proc.ts';
import { withDescendants } from './process-tree.ts';
import { TcpProber } from './tcp-prober.ts';
import { readOwnClocks } from './real-time.ts';
import { TURN_MS, WORKLOAD_VARIABLE, type AgentAnswer, type AgentCommand, type WorkloadSignal } from './protocol.ts';

const RENEW_EVERY_MS = 1000;

type Answer = AgentAnswer extends infer A ? (A extends { ok: true } ? Omit<A, 'id' | 'ok'> : never) : never;

/** How long a process may be without an environment while it is being replaced by exec, on a busy machine. */
const EXEC_MS = 50;

/**
 * The processes of a workload. One that is being replaced by exec has no environment for a moment: none is called gone
 * that was looked for only once.
 */
function findWorkload(workload: string): number[] {
  const found = lookFor(workload);
  if (found.length > 0) return withDescendants(found);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, EXEC_MS);
  return withDescendants(lookFor(workload));
}

/** Those whose environment names it. */
function lookFor(workload: string): number[] {
  return allPids().filter((pid) => startedWith(pid, WORKLOAD_VARIABLE, workload));
}

/** What this agent stopped and has not let go on: pid to workload. */
const stopped = new Map<number, string>();

async function signalWorkload(workload: string, signal: WorkloadSignal): Promise<number[]> {
  const pids = findWorkload(workload).filter((pid) => {
    if (!send(pid, signal)) return false;
    if (signal === 'SIGSTOP') stopped.set(pid, workload);
    // A stopped process keeps SIGTERM until it goes on.
    else if (signal !== 'SIGTERM') stopped.delete(pid);
    return true;
  });
  if (signal === 'SIGSTOP') await untilStopped(pids);
  if (signal === 'SIGKILL') await untilGone(pids);
  return pids;
}

function resumeAll(): void {
  for (const workload of new Set(stopped.values()))
    for (const pid of findWorkload(workload)) if (stopped.has(pid)) send(pid, 'SIGCONT');
  stopped.clear();
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false; // it ended between the look and the signal
    throw error;
  }
}

/** How often a workload that is slowed is looked for: it may have been started again. */
const LOOK_EVERY_TURNS = 10;

/** Workloads that are slowed, and what ends that. */
const slowed = new Map<string, AbortController>();

/** Replaces what was asked before; 100 percent takes it away. */
function slow(workload: string, percent: number): void {
  slowed.get(workload)?.abort();
  slowed.delete(workload);
  if (percent >= 100) return;
  const end = new AbortController();
  slowed.set(workload, end);
  void takeTurns(workload, (TURN_MS * percent) / 100, end.signal);
}

/** Stops and continues it in turns until aborted, and leaves it running. What another order stopped is left alone. */
async function takeTurns(workload: string, runMs: number, signal: AbortSignal): Promise<void> {
  let pids: readonly number[] = [];
  const each = (what: 'SIGSTOP' | 'SIGCONT'): void => {
    for (const pid of pids) if (!stopped.has(pid)) send(pid, what);
  };
  try {
    for (let turn = 0; !signal.aborted; turn++) {
      if (turn % LOOK_EVERY_TURNS === 0) pids = withDescendants(lookFor(workload));
      each('SIGSTOP');
      await sleep(TURN_MS - runMs, undefined, { signal });
      each('SIGCONT');
      await sleep(runMs, undefined, { signal });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    each('SIGCONT');
  }
}

/** Between two looks at a process, in milliseconds: never in step with its turns. */
const LOOK_MS = { min: 3, spread: 6 };
const GOLDEN_RATIO = 0.618_033_988_749_895;

/** The share of looks at which the kernel did not have it stopped. */
async function shareOf(workload: string, forMs: number): Promise<number | undefined> {
  const [pid] = findWorkload(workload);
  if (pid === undefined) return undefined;
  const end = performance.now() + forMs;
  let looks = 0;
  let ran = 0;
  while (performance.now() < end) {
    const state = statOf(pid)?.state;
    if (state === undefined) return undefined;
    if (state !== 'T') ran++;
    await sleep(LOOK_MS.min + LOOK_MS.spread * ((++looks * GOLDEN_RATIO) % 1));
  }
  return (100 * ran) / looks;
}

function identityOf(pids: readonly number[]): string | undefined {
  const [pid] = pids;
  const startTicks = pid === undefined ? undefined : statOf(pid)?.startTicks;
  return startTicks === undefined ? undefined : `${pid}@${startTicks}`;
}

const forwards = new Map<string, Server>();

/** Connection by connection, both ways, with half-closes; whatever ends one side badly ends the other. */
function forward(socketPath: string, address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer({ allowHalfOpen: true }, (near) => {
      const far = connect({ host: address, port, allowHalfOpen: true, noDelay: true });
      near.pipe(far).pipe(near);
      near.on('error', () => far.destroy()).on('close', () => far.destroy());
      far.on('error', () => near.destroy()).on('close', () => near.destroy());
    });
    server.on('error', reject);
    rmSync(socketPath, { force: true });
    server.listen(socketPath, () => {
      forwards.set(socketPath, server);
      resolve();
    });
  });
}

async function clocksInText(): Promise<{ monotonicNs: string; realtimeNs: string }> {
  const { monotonicNs, realtimeNs } = await readOwnClocks();
  return { monotonicNs: monotonicNs.toString(), realtimeNs: realtimeNs.toString() };
}

const [ownAddress] = process.argv.slice(2);
const links = ownAddress === undefined ? new Links() : undefined;
const prober = ownAddress === undefined ? new Prober() : new TcpProber(ownAddress);

function ownLinks(): Links {
  if (links === undefined) throw new Error('the links of this member are not in the hands of its agent');
  return links;
}

async function carryOut(command: AgentCommand): Promise<Answer> {
  switch (command.do) {
    case 'ping':
      return {};
    case 'clock':
      return clocksInText();
    case 'cut':
      await ownLinks().set(command.key, { addresses: command.addresses, trouble: { what: 'drop' } });
      return {};
    case 'trouble':
      await ownLinks().set(command.key, command);
      return {};
    case 'mend':
      await ownLinks().mend(command.key);
      return {};
    case 'heal':
      resumeAll();
      for (const workload of slowed.keys()) slow(workload, 100);
      await links?.clear();
      return {};
    case 'signal':
      return { pids: await signalWorkload(command.workload, command.signal) };
    case 'slow':
      slow(command.workload, command.percent);
      return {};
    case 'share': {
      const percent = await shareOf(command.workload, command.forMs);
      return percent === undefined ? {} : { percent };
    }
    case 'skewed': {
      const { workload, besides, backend, settingFile } = command;
      return mintersUnder({ backend, settingFile }, () => findWorkload(workload).filter((pid) => pid !== besides));
    }
    case 'find': {
      const pids = findWorkload(command.workload);
      const identity = identityOf(pids);
      return { pids, ...(identity !== undefined && { identity }) };
    }
    case 'reach': {
      const how = await prober.handshake(command.address, command.port, command.timeoutMs);
      return { reached: how !== 'no answer', handshake: how };
    }
    case 'probe':
      await prober.send(command.address, command.probe, command.packets, command.bytes);
      return {};
    case 'heard':
      return { arrivals: await prober.heard(command.probe, command.packets, command.waitMs) };
    case 'talks':
      return { talks: talks(command.address) };
    case 'forward':
      await forward(command.socket, command.address, command.port);
      return {};
  }
}

function answer(reply: AgentAnswer): void {
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}

async function main(): Promise<void> {
  process.stdout.on('error', () => undefined); // the harness is gone; the end of the input says so too
  await Promise.all([links?.open(), prober.open()]);
  setInterval(() => {
    links?.renew().catch((error: unknown) => console.error('renewing what is done to links:', error));
  }, RENEW_EVERY_MS).unref();

  let end: Promise<void> | undefined;
  const finish = (): Promise<void> => (end ??= heal().finally(() => process.exit()));
  process.on('SIGTERM', finish);

  // Not awaited: each command begins when its line comes, `reach` must not hold up a `mend`, and nft takes its own turn.
  createInterface({ input: process.stdin })
    .on('line', (line) => {
      const command = JSON.parse(line) as AgentCommand;
      carryOut(command).then(
        (result) => answer({ id: command.id, ok: true, ...result }),
        (error: unknown) =>
          answer({ id: command.id, ok: false, error: error instanceof Error ? error.message : String(error) }),
      );
    })
    .on('close', finish);
}

async function heal(): Promise<void> {
  resumeAll();
  for (const workload of slowed.keys()) slow(workload, 100);
  for (const [socketPath, server] of forwards) {
    server.close();
    rmSync(socketPath, { force: true });
  }
  await links?.close();
}

await main();
