/** Java: libfaketime makes its waits return at once; under the shim only its wall clock is another. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Fault } from '../../../core/fault.ts';
import clockDrift from '../../../faults/clock-drift.ts';
import clockStep from '../../../faults/clock-step.ts';
import type { ClockTools } from './clock-backend.ts';
import { shim } from './shim.ts';
import { startSkewed, toolsHere } from './skewed-program-for-tests.ts';

/** Asked with a number, it answers after a wait of so many milliseconds. */
const PROGRAM = `
import java.io.*;
public class Reader {
  public static void main(String[] none) throws Exception {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    for (String line; (line = in.readLine()) != null; ) {
      Object nobody = new Object();
      if (!line.isEmpty()) synchronized (nobody) { nobody.wait(Long.parseLong(line)); }
      System.out.println(System.currentTimeMillis());
    }
  }
}
`;

const folder = mkdtempSync(join(tmpdir(), 'snowglobe-java-'));
const COMMAND = ['java', '-Xshare:auto', '-XX:TieredStopAtLevel=1', '-cp', folder, 'Reader'] as const;
let tools: ClockTools;

beforeAll(async () => {
  tools = await toolsHere();
  writeFileSync(join(folder, 'Reader.java'), PROGRAM);
  execFileSync('javac', ['-d', folder, join(folder, 'Reader.java')]);
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  ['a step', clockStep as Fault, { node: 'n1', byMs: -3000 }],
  ['running at half the rate', clockDrift as Fault, { node: 'n1', rate: 0.5 }],
])('under the shim %s bites, and waits stay as they are', async (_, fault, options) => {
  await using java = await startSkewed(shim, tools, COMMAND);
  const { bite, samples } = await java.tryFault(fault, options);
  expect(bite, JSON.stringify(samples)).toMatchObject({ bit: true });
  const from = performance.now();
  await java.ask('200');
  expect(performance.now() - from).toBeGreaterThan(195);
});
