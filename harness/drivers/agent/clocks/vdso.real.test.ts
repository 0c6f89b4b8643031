/**
 * The vDSO launcher on etcd itself, a program of Go that is linked with glibc: libfaketime is loaded into it, and nobody
 * asks it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { isAt, readingOf } from '../../../core/clock-reading.ts';
import type { NodeHealth } from '../../../core/cluster.ts';
import { trueUnixMs } from '../../../core/time.ts';
import { judgeBite } from '../../../engine/bite.ts';
import { freePort } from '../free-port.ts';
import { chooseClock } from './choose-clock.ts';
import type { ClockBackend } from './clock-backend.ts';
import { libfaketime } from './libfaketime.ts';
import { programAt } from './program.ts';
import { programOf, startAxis, toolsHere } from './skewed-program-for-tests.ts';
import { vdso } from './vdso.ts';

const ETCD = programOf('etcd') as string;
const STEP_MS = -3_600_000;
const SERVES_MS = 10_000;
const HERE = '127.0.0.1';

interface SkewedEtcd extends AsyncDisposable {
  readonly endpoint: string;
  step(): Promise<void>;
  readonly axis: Awaited<ReturnType<typeof startAxis>>;
}

async function startEtcd(backend: ClockBackend): Promise<SkewedEtcd> {
  const folder = mkdtempSync(join(tmpdir(), 'snowglobe-etcd-'));
  const axis = await startAxis();
  const clock = backend.control(join(folder, 'clock'), () => trueUnixMs(axis.origin, axis.time.now()));
  const tool = (await toolsHere()).get(backend.name) as string;
  const { prefix, environment } = backend.wrap(tool, join(folder, 'clock'));
  const [clients, peers] = [await freePort(HERE), await freePort(HERE)].map((port) => `http://${HERE}:${port}`) as [
    string,
    string,
  ];
  const flags = ['--listen-client-urls', clients, '--advertise-client-urls', clients, '--listen-peer-urls', peers];
  const [program, ...args] = [...prefix, ETCD, '--data-dir', join(folder, 'data'), ...flags] as const;
  const child = spawn(program, args, { stdio: 'ignore', env: { ...process.env, ...environment } });
  const etcd = {
    endpoint: clients,
    axis,
    step: () => clock.set({ offsetMs: STEP_MS, rate: 1 }),
    async [Symbol.asyncDispose]() {
      const gone = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
      child.kill('SIGKILL');
      await gone;
      rmSync(folder, { recursive: true });
    },
  };
  for (const giveUp = performance.now() + SERVES_MS; performance.now() < giveUp; await delay(20))
    if (
      await fetch(`${clients}/version`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return etcd;
  await etcd[Symbol.asyncDispose]();
  throw new Error(`etcd under ${backend.name} does not serve`);
}

/** Its wall clock by the dates of its answers, which have whole seconds: read at the moment when the second changes. */
async function readWall({ endpoint, axis: { time } }: SkewedEtcd): Promise<NodeHealth> {
  let seen: number | undefined;
  for (;;) {
    const notBefore = time.now();
    const wallMs = Date.parse((await fetch(`${endpoint}/version`)).headers.get('date') ?? '');
    const at = time.now();
    if (seen !== undefined && wallMs !== seen)
      return { status: 'minting', incarnation: 1, minted: [], wallMs, at, notBefore };
    seen = wallMs;
  }
}

test.each([
  ['libfaketime: it does not bite, and the evidence says so', libfaketime, false],
  ['the launcher: it bites', vdso, true],
])('etcd is set back by an hour with %s', async (_, backend, bites) => {
  await using etcd = await startEtcd(backend);
  const { time, origin } = etcd.axis;
  await etcd.step();
  const from = time.now();
  const health = await readWall(etcd);
  // The changed second was seen in this answer and not in the one before, which was not long ago.
  const seen = readingOf(origin, { ...health, notBefore: health.notBefore as number }, from);
  const near = { lowMs: seen.lowMs - 20, highMs: seen.highMs + 20 };
  const took = isAt(origin, near, { lowMs: STEP_MS, highMs: STEP_MS });
  expect(took, JSON.stringify(seen)).toBe(bites);
  const at = time.now();
  const bite = judgeBite({ span: { from, to: at }, samples: [{ at, took, measured: {} }], excused: [] });
  expect(bite).toMatchObject(bites ? { bit: true } : { bit: false, missed: 'it was never measured in force' });
});

test('etcd is known for what it is: it gets the launcher, and nothing else', async () => {
  const tools = await toolsHere();
  expect(chooseClock([programAt(ETCD)], new Set(['clock.step']), tools).name).toBe('vdso');
  expect(() => chooseClock([programAt(ETCD)], new Set(['clock.step']), tools, 'libfaketime')).toThrow(/Go/);
});
