/**
 * Starts one node as a run would, behind the same recorder, and asks it for a few IDs, so that what is wrong with a
 * description shows before a scenario is spent on it.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../core/errors.ts';
import type { Generator, Written } from '../core/generator.ts';
import { wordsPerId } from '../core/layout.ts';
import { STARTS_WITHIN_MS } from '../core/node-program.ts';
import { freePort } from '../drivers/agent/free-port.ts';
import { CLOCK_PREFIX_VARIABLE, HOST_VARIABLE, nodeCommand } from '../drivers/agent/node-command.ts';
import { lastLine } from '../drivers/agent/last-words.ts';
import { shellEntry } from '../drivers/agent/shell-entry.ts';
import { GENERATOR_FAULT } from '../core/minter-problem.ts';
import { capitalised } from '../core/phrases.ts';
import type { Answer } from './choose-form.ts';

/** So many IDs, one after the other. */
const IDS = 3;
/** Between two of them: enough for their times to differ. */
const BETWEEN_MS = 5;
/** Beyond what the node itself grants a service to start, and to answer. */
const SERVES_MS = 5000;
const ANSWERS_MS = 10_000;
const ENDS_MS = 2000;
const POLL_MS = 30;
const LOOPBACK = '127.0.0.1';

export interface Trial {
  readonly answers: readonly Answer[];
  /** What the quickest answer took, in milliseconds, recorder included. */
  readonly tookMs: number;
}

/** Resolves with what it gave, or with why it gave nothing, as a sentence. */
export async function tryOut(generator: Generator): Promise<Trial | string> {
  const folder = mkdtempSync(join(tmpdir(), 'snowglobe-init-'));
  const log = join(folder, 'node.log');
  let child: ChildProcess | undefined;
  try {
    const started = await startNode(generator, folder, log);
    child = started.child;
    await untilItServes(generator, started, log);
    const answers: Answer[] = [];
    let tookMs = Infinity;
    while (answers.length < IDS) {
      const askedMs = Date.now();
      const before = performance.now();
      const given = await askOne(started.address, generator);
      tookMs = Math.min(tookMs, performance.now() - before);
      // A service that gives many at a time gives the first of them.
      answers.push({ given, askedMs, cameMs: Date.now() });
      await sleep(BETWEEN_MS);
    }
    return { answers, tookMs };
  } catch (error) {
    return sentence(error);
  } finally {
    await endOf(child);
    rmSync(folder, { recursive: true, force: true });
  }
}

type Address = { readonly socketPath: string } | { readonly host: string; readonly port: number };

interface Started {
  readonly child: ChildProcess;
  readonly address: Address;
}

async function startNode(generator: Generator, folder: string, log: string): Promise<Started> {
  const [taps, disk] = ['taps', 'disk'].map((name) => join(folder, name)) as [string, string];
  for (const each of [taps, disk]) mkdirSync(each);
  const port = await freePort(LOOPBACK);
  const places = { node: 'n1', index: 0, host: LOOPBACK, port, etcd: [], disk, options: {} };
  const command = nodeCommand(
    { generator, file: '' },
    { node: process.execPath, shell: shellEntry(), generatorFile: '', places },
  );
  const isTcp = command.tcpOnly === true;
  const socketPath = join(folder, 'n1.sock');
  const [program, ...words] = command.command;
  const output = openSync(log, 'a');
  try {
    const child = spawn(program, words, {
      ...(command.folder !== undefined && { cwd: command.folder }),
      env: {
        PATH: process.env['PATH'] ?? '',
        ...command.environment,
        [CLOCK_PREFIX_VARIABLE]: '[]',
        SNOWGLOBE_NODE: 'n1',
        SNOWGLOBE_INDEX: '0',
        SNOWGLOBE_WORKLOAD: 'n1',
        SNOWGLOBE_TAPS: taps,
        SNOWGLOBE_DISK: disk,
        [HOST_VARIABLE]: LOOPBACK,
        SNOWGLOBE_OPTIONS: '{}',
        SNOWGLOBE_AS_WRITTEN: '1',
        SNOWGLOBE_LISTEN: isTcp ? `tcp:${LOOPBACK}:${port}` : `unix:${socketPath}`,
      },
      stdio: ['ignore', output, output],
    });
    await once(child, 'spawn');
    return { child, address: isTcp ? { host: LOOPBACK, port } : { socketPath } };
  } finally {
    closeSync(output);
  }
}

async function untilItServes({ node }: Generator, { child, address }: Started, log: string): Promise<void> {
  const startsMs = (node.kind === 'service' ? node.startsWithinMs : undefined) ?? STARTS_WITHIN_MS;
  const deadline = performance.now() + startsMs + SERVES_MS;
  for (;;) {
    const why = await get(address, '/health', 'application/json').then(() => undefined, sentence);
    if (why === undefined) return;
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(endedBecause(log));
    if (performance.now() > deadline) throw new Error(`It does not serve within ${(startsMs + SERVES_MS) / 1000} s`);
    await sleep(POLL_MS);
  }
}

function endedBecause(log: string): string {
  const said = lastLine(readFileSync(log, 'utf8')) ?? 'it ended and said nothing';
  return said.startsWith(GENERATOR_FAULT) ? said.slice(GENERATOR_FAULT.length) : said;
}

/** The first ID of an answer: as it was given, where a shell tells; else its words, the low one first. */
async function askOne(address: Address, { node, layout }: Generator): Promise<Answer['given']> {
  if (node.kind !== 'native') {
    const { ids, written } = JSON.parse((await get(address, '/ids?count=1', 'application/json')).toString()) as ToldIds;
    const [id] = ids;
    if (id === undefined) throw new Error('It answered without an ID');
    return written?.[0] ?? BigInt(id);
  }
  const perId = wordsPerId(layout);
  const body = await get(address, '/ids?count=1', 'application/octet-stream');
  if (body.length < 8 * perId) throw new Error('It answered without an ID');
  return perId === 1 ? body.readBigUInt64LE(0) : (body.readBigUInt64LE(8) << 64n) | body.readBigUInt64LE(0);
}

/** What a shell answers that tells how IDs were given; a number where they are not exact (generators/PROTOCOL.md). */
interface ToldIds {
  readonly ids: readonly (string | number)[];
  readonly written?: readonly Written[];
}

function get(address: Address, path: string, accept: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const request = http.get(
      { ...address, path, agent: false, headers: { accept }, timeout: ANSWERS_MS },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const body = Buffer.concat(chunks);
          if (response.statusCode === 200) resolve(body);
          else reject(new Error(reasonIn(body) ?? `HTTP ${response.statusCode}`));
        });
      },
    );
    request.on('timeout', () => request.destroy(new Error(`It gives no answer within ${ANSWERS_MS / 1000} s`)));
    request.on('error', reject);
  });
}

function reasonIn(body: Buffer): string | undefined {
  try {
    const { error, refused } = JSON.parse(body.toString()) as { error?: string; refused?: string };
    return error ?? (refused === undefined ? undefined : `It refuses: ${refused}`);
  } catch {
    return undefined;
  }
}

async function endOf(child: ChildProcess | undefined): Promise<void> {
  if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM'); // the recorder ends its service
  await Promise.race([ended, sleep(ENDS_MS, undefined, { ref: false })]);
  child.kill('SIGKILL');
}

function sentence(error: unknown): string {
  return capitalised(messageOf(error));
}
