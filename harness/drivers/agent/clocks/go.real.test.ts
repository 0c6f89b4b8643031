/** A static program of Go, built here: nothing can be preloaded into it, and the launcher reaches it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Fault } from '../../../core/fault.ts';
import clockDrift from '../../../faults/clock-drift.ts';
import clockFreeze from '../../../faults/clock-freeze.ts';
import clockStep from '../../../faults/clock-step.ts';
import { chooseClock } from './choose-clock.ts';
import type { ClockTools } from './clock-backend.ts';
import { libfaketime } from './libfaketime.ts';
import { programAt } from './program.ts';
import { startSkewed, toolsHere } from './skewed-program-for-tests.ts';
import { vdso } from './vdso.ts';

/** Its first line of output is the clock of its very first moment, taken before main began. */
const PROGRAM = `package main

import (
	"bufio"
	"fmt"
	"os"
	"time"
)

var born = time.Now()

func main() {
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		fmt.Println(time.Now().UnixMilli(), born.UnixMilli())
	}
}
`;

const folder = mkdtempSync(join(tmpdir(), 'snowglobe-go-'));
const program = join(folder, 'reader');
let tools: ClockTools;

beforeAll(async () => {
  tools = await toolsHere();
  writeFileSync(join(folder, 'main.go'), PROGRAM);
  writeFileSync(join(folder, 'go.mod'), 'module reader\n\ngo 1.19\n');
  execFileSync('go', ['build', '-o', program, '.'], { cwd: folder, env: { ...process.env, CGO_ENABLED: '0' } });
});
afterAll(() => rmSync(folder, { recursive: true }));

test('it is known for what it is', () => {
  expect(programAt(program)).toEqual({ name: 'reader', linkage: 'static', isGo: true, isX64: true });
  expect(chooseClock([programAt(program)], new Set(['clock.step']), tools).name).toBe('vdso');
});

test('under libfaketime a step does not bite, and the evidence says so', async () => {
  await using go = await startSkewed(libfaketime, tools, [program]);
  const { bite, samples } = await go.tryFault(clockStep, { node: 'n1', byMs: -3000 });
  expect(samples.every(({ took }) => took === false)).toBe(true);
  expect(bite).toEqual({ bit: false, missed: 'it was never measured in force' });
});

test.each([
  ['a step', clockStep as Fault, { node: 'n1', byMs: -3000 }],
  ['standing still', clockFreeze as Fault, { node: 'n1' }],
  ['running 500 ppm fast', clockDrift as Fault, { node: 'n1', ppm: 500 }],
  ['running at half the rate', clockDrift as Fault, { node: 'n1', rate: 0.5 }],
])('under the launcher %s bites, and is over at the heal', async (_, fault, options) => {
  await using go = await startSkewed(vdso, tools, [program]);
  const { bite, samples } = await go.tryFault(fault, options);
  expect(bite, JSON.stringify(samples)).toMatchObject({ bit: true });
  expect(Math.abs(Number.parseInt(await go.ask(), 10) - Date.now())).toBeLessThan(50);
});

test('it is skewed from its first reading of the clock on, before main begins', async () => {
  const early = {
    ...vdso,
    control(file: string, trueUnixMs: () => number) {
      const clock = vdso.control(file, trueUnixMs);
      void clock.set({ offsetMs: -3_600_000, rate: 1 }); // written before it returns
      return clock;
    },
  };
  await using go = await startSkewed(early, tools, [program]);
  const [, born] = (await go.ask()).split(' ');
  expect(Math.abs(Number(born) + 3_600_000 - Date.now())).toBeLessThan(10_000);
});
