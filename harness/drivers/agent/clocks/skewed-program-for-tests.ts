/**
 * A program that tells its wall clock on demand, under a clock backend, as the one node of a cluster: faults are injected
 * into it and measured as in a run.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Cluster } from '../../../core/cluster.ts';
import type { EvidenceSample } from '../../../core/disturbance.ts';
import type { Fault, FaultContext } from '../../../core/fault.ts';
import type { JsonObject } from '../../../core/json.ts';
import { NS_PER_MS, trueUnixMs, type Origin, type Time } from '../../../core/time.ts';
import { GAP_MAX_MS, judgeBite, type Bite } from '../../../engine/bite.ts';
import clockDrift from '../../../faults/clock-drift.ts';
import clockFreeze from '../../../faults/clock-freeze.ts';
import clockStep from '../../../faults/clock-step.ts';
import { findLibfaketime } from '../../local/programs.ts';
import { startTime } from '../real-time.ts';
import type { ClockBackend, ClockTools } from './clock-backend.ts';
import { buildClockTools } from './clock-tools.ts';

/** What a clock of n1 that can do everything is tried with. */
export const CLOCK_TRIALS: readonly { readonly fault: Fault; readonly options: JsonObject }[] = [
  { fault: clockStep, options: { node: 'n1', byMs: -3000 } },
  { fault: clockDrift, options: { node: 'n1', ppm: 500 } },
  { fault: clockDrift, options: { node: 'n1', rate: 0.5 } },
  { fault: clockFreeze, options: { node: 'n1' } },
];

const PROBES = 8;
const PROBE_EVERY_MS = 150;

/** All tools of this machine. */
export async function toolsHere(): Promise<ClockTools> {
  const { tools } = await buildClockTools(programOf('cc'));
  return new Map([...tools, ['libfaketime', findLibfaketime() ?? '']]);
}

/** Where a program is; undefined: not here. */
export function programOf(name: string): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
}

export interface SkewedProgram extends AsyncDisposable {
  readonly cluster: Cluster;
  /** Writes a line to the program; the line that it answers. */
  ask(line?: string): Promise<string>;
  /** Injects, measures as the engine does, heals; and how it was judged. */
  tryFault(
    fault: Fault,
    options: JsonObject,
  ): Promise<{ readonly bite: Bite; readonly samples: readonly EvidenceSample[] }>;
}

/**
 * Starts a program that answers each line of its input with a line that begins with its wall clock in Unix milliseconds,
 * and waits for its first answer.
 */
export async function startSkewed(
  backend: ClockBackend,
  tools: ClockTools,
  command: readonly [string, ...string[]],
): Promise<SkewedProgram> {
  const folder = mkdtempSync(join(tmpdir(), 'snowglobe-clock-'));
  const file = join(folder, 'clock');
  const { time, origin } = await startAxis();
  const clock = backend.control(file, () => trueUnixMs(origin, time.now()));
  const { prefix, environment } = backend.wrap(tools.get(backend.name) as string, file);
  const [program, ...args] = [...prefix, ...command] as const;
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...environment } });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  child.stdin.on('error', () => undefined); // the end of its output tells that it has ended
  const ask = async (line = ''): Promise<string> => {
    child.stdin.write(`${line}\n`);
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`${command[0]} under ${backend.name} has ended`);
    return value;
  };
  const health = async (): Promise<unknown> => {
    const wallMs = Number.parseInt(await ask(), 10);
    return { status: 'minting', incarnation: 1, wallMs, at: time.now(), minted: [] };
  };
  // Of a cluster these faults use no more than its axis and the clocks of its nodes.
  const cluster = { time, origin, nodes: [{ name: 'n1', clock, health }] } as unknown as Cluster;
  const skewed: SkewedProgram = {
    cluster,
    ask,
    tryFault: (fault, options) => tryFault(cluster, fault, options),
    async [Symbol.asyncDispose]() {
      const gone = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
      child.kill('SIGKILL');
      await gone;
      rmSync(folder, { recursive: true });
    },
  };
  try {
    await ask(); // its start is no part of what is measured
    return skewed;
  } catch (error) {
    await skewed[Symbol.asyncDispose]();
    throw error;
  }
}

/** The run's axis, laid as a driver lays it. */
export function startAxis(): Promise<{ readonly time: Time; readonly origin: Origin }> {
  return startTime(async () => {
    const before = Date.now();
    let unixMs = before;
    while (unixMs === before) unixMs = Date.now();
    return { monotonicNs: process.hrtime.bigint(), realtimeNs: BigInt(unixMs) * 1_000_000n };
  });
}

/** Injects into a cluster, measures as the engine does, heals; and how it is judged. */
export async function tryFault(
  cluster: Cluster,
  fault: Fault,
  options: JsonObject,
): Promise<{ readonly bite: Bite; readonly samples: readonly EvidenceSample[] }> {
  const { time } = cluster;
  const context: FaultContext = { key: 'k', plannedMs: PROBES * PROBE_EVERY_MS, notes: new Map() };
  const asked = fault.options.parse(options);
  await fault.inject(cluster, asked, context);
  const from = time.now();
  const samples: EvidenceSample[] = [];
  for (let probe = 0; probe < PROBES; probe++) {
    samples.push({ ...(await fault.observe(cluster, asked, context)), at: time.now() });
    await time.sleep(PROBE_EVERY_MS);
  }
  const to = (samples.at(-1) as EvidenceSample).at + NS_PER_MS;
  await fault.heal(cluster, asked, context);
  const seenWithinMs = fault.seenWithinMs?.(asked) ?? GAP_MAX_MS;
  return { bite: judgeBite({ span: { from, to }, samples, seenWithinMs, excused: [] }), samples };
}
