/**
 * A step of the host's clock is told from a skewed node: the harness itself is run under libfaketime, which is what a step
 * of the host's clock looks like from inside.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { JournalEntry } from '../core/journal.ts';
import { libfaketime } from '../drivers/agent/clocks/libfaketime.ts';
import { realDrivers } from '../laws/real-drivers.ts';
import { findLibfaketime } from '../drivers/local/programs.ts';

const PROGRAM = `
  import { watchHost } from ${JSON.stringify(join(import.meta.dirname, 'host-watch.ts'))};
  const time = { now: () => 0 };
  watchHost({ time }, { entries: [], append: (entry) => process.stdout.write(JSON.stringify(entry) + '\\n'), close() {} });
  setTimeout(() => process.exit(0), 1500);
  process.stdout.write('{"kind":"ready"}\\n');
`;

test.runIf(realDrivers("a step of the host's clock").includes('local'))(
  "a step of the host's clock is journalled",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'snowglobe-host-'));
    const file = join(folder, 'clock');
    const clock = libfaketime.control(file, Date.now);
    await clock.set({ offsetMs: 0, rate: 1 });
    const { prefix, environment } = libfaketime.wrap(findLibfaketime() ?? '', file);
    const [program, ...args] = [...prefix, process.execPath, '--input-type=module', '-e', PROGRAM] as const;
    const child = spawn(program, args, {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const entries: JournalEntry[] = [];
    for await (const line of linesOf(child.stdout)) {
      const entry = JSON.parse(line) as JournalEntry | { kind: 'ready' };
      if (entry.kind === 'ready') setTimeout(() => void clock.set({ offsetMs: 250, rate: 1 }), 400);
      else entries.push(entry);
    }
    rmSync(folder, { recursive: true, force: true });
    expect(entries.filter(({ kind }) => kind === 'host clock')).toEqual([
      { at: 0, kind: 'host clock', steppedMs: expect.closeTo(250, -2) as number },
    ]);
  },
);

async function* linesOf(stream: NodeJS.ReadableStream): AsyncIterable<string> {
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}
