/**
 * The fault agent: one in each pod, under plain Node, with nothing but this file and `protocol.ts`.
 *
 * It is the hand of the harness inside a pod: it cuts links (nftables, in a table of its own), stops and kills the
 * pod's workload, measures whether peers can be reached, and forwards UNIX sockets to TCP ports. Two dead-man switches
 * make sure that what it did never outlives the harness: the end of its input heals everything, and each cut is a set
 * element with a timeout that only a living agent renews.
 */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer, isIPv4, type Server } from 'node:net';
import { createInterface } from 'node:readline';
import { TABLE, WORKLOAD_VARIABLE, type AgentAnswer, type AgentCommand } from './protocol.ts';

/** A cut heals by itself this long after its last renewal: the answer to an agent that was killed or stopped. */
const CUT_LASTS_S = 5;
const RENEW_EVERY_MS = 1000;

type Answer = AgentAnswer extends infer A ? (A extends { ok: true } ? Omit<A, 'id' | 'ok'> : never) : never;

/** Runs one nft script, which the kernel takes as a whole or not at all. */
function nft(script: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('nft', ['-f', '-'], { stdio: ['pipe', 'ignore', 'pipe'] });
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`nft: ${errors.trim() || `exit ${code}`}`)),
    );
    child.stdin.on('error', () => undefined); // an nft that ended early tells why on stderr
    child.stdin.end(script);
  });
}

/** The cuts in force, by key, and the one nft set that holds their union. */
class Cuts {
  #byKey: ReadonlyMap<string, readonly string[]> = new Map();
  #turn: Promise<void> = Promise.resolve();

  /** `add` before `delete`, so that deleting what an earlier agent left does not fail when there is nothing. */
  static readonly #table = `
add table inet ${TABLE}
delete table inet ${TABLE}
table inet ${TABLE} {
  set cut { type ipv4_addr; flags timeout; }
  chain input { type filter hook input priority -10; policy accept; ip saddr @cut drop; }
  chain output { type filter hook output priority -10; policy accept; ip daddr @cut drop; }
}
`;

  open(): Promise<void> {
    return this.#inTurn(() => nft(Cuts.#table));
  }

  /** Replaces the cut of one key; no address takes it away. */
  set(key: string, addresses: readonly string[]): Promise<void> {
    const wrong = addresses.find((address) => !isIPv4(address));
    if (wrong !== undefined) return Promise.reject(new Error(`"${wrong}" is no IPv4 address`));
    return this.#change((cuts) => (addresses.length === 0 ? cuts.delete(key) : cuts.set(key, addresses)));
  }

  clear(): Promise<void> {
    return this.#change((cuts) => cuts.clear());
  }

  /** Starts the timeouts of all elements anew. */
  renew(): Promise<void> {
    return this.#byKey.size === 0 ? Promise.resolve() : this.#change(() => undefined);
  }

  close(): Promise<void> {
    return this.#inTurn(() => nft(`delete table inet ${TABLE}\n`));
  }

  /** What is remembered changes only when the kernel has taken it. */
  #change(change: (cuts: Map<string, readonly string[]>) => void): Promise<void> {
    return this.#inTurn(async () => {
      const cuts = new Map(this.#byKey);
      change(cuts);
      const union = [...new Set([...cuts.values()].flat())];
      // Flush and add in one transaction: adding an element that is there does not extend its timeout.
      const add = union.map((address) => `add element inet ${TABLE} cut { ${address} timeout ${CUT_LASTS_S}s }\n`);
      await nft(`flush set inet ${TABLE} cut\n${add.join('')}`);
      this.#byKey = cuts;
    });
  }

  #inTurn(step: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(step);
    this.#turn = done.catch(() => undefined); // the one who asked hears of it
    return done;
  }
}

/** How long a process may be without an environment while it is being replaced by exec, on a busy machine. */
const EXEC_MS = 50;

/**
 * The processes of a workload. One that is being replaced by exec has no environment for a moment: none is called gone
 * that was looked for only once.
 */
function findWorkload(workload: string): number[] {
  const found = lookFor(workload);
  if (found.length > 0) return found;
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, EXEC_MS);
  return lookFor(workload);
}

/** Those whose environment names it. Threads and zombies have none. */
function lookFor(workload: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => belongsTo(pid, workload));
}

function belongsTo(pid: number, workload: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(`${WORKLOAD_VARIABLE}=${workload}`);
  } catch {
    return false; // ended meanwhile, or of another user: not ours
  }
}

/** What this agent stopped and has not let go on: pid to workload. */
const stopped = new Map<number, string>();

function signalWorkload(workload: string, signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): number[] {
  return findWorkload(workload).filter((pid) => {
    if (!send(pid, signal)) return false;
    if (signal === 'SIGSTOP') stopped.set(pid, workload);
    else stopped.delete(pid);
    return true;
  });
}

function resumeAll(): void {
  for (const [pid, workload] of stopped) if (belongsTo(pid, workload)) send(pid, 'SIGCONT');
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

function reach(address: string, port: number, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const end = (reached: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(reached);
    };
    const timer = setTimeout(() => end(false), timeoutMs);
    socket.on('connect', () => end(true));
    socket.on('error', (error: NodeJS.ErrnoException) => end(error.code === 'ECONNREFUSED'));
  });
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

/** Both clocks at one instant. Date.now() has whole milliseconds: exact only just after it ticks. */
function readClocks(): { monotonicNs: string; realtimeNs: string } {
  const before = Date.now();
  let unixMs = before;
  while (unixMs === before) unixMs = Date.now();
  return { monotonicNs: process.hrtime.bigint().toString(), realtimeNs: (BigInt(unixMs) * 1_000_000n).toString() };
}

const cuts = new Cuts();

async function carryOut(command: AgentCommand): Promise<Answer> {
  switch (command.do) {
    case 'ping':
      return {};
    case 'clock':
      return readClocks();
    case 'cut':
      await cuts.set(command.key, command.addresses);
      return {};
    case 'mend':
      await cuts.set(command.key, []);
      return {};
    case 'heal':
      resumeAll();
      await cuts.clear();
      return {};
    case 'signal':
      return { pids: signalWorkload(command.workload, command.signal) };
    case 'find':
      return { pids: findWorkload(command.workload) };
    case 'reach':
      return { reached: await reach(command.address, command.port, command.timeoutMs) };
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
  await cuts.open();
  setInterval(() => {
    cuts.renew().catch((error: unknown) => console.error('renewing the cuts:', error));
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
  for (const [socketPath, server] of forwards) {
    server.close();
    rmSync(socketPath, { force: true });
  }
  await cuts.close();
}

await main();
