/**
 * Tries the clock backend of a run in its own sandbox, on the program that the nodes are, before any node starts.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Ability } from '../../core/cluster.ts';
import { environmentLacks } from '../../core/errors.ts';
import { skewsClocks } from '../agent/clocks/choose-clock.ts';
import type { ClockBackend } from '../agent/clocks/clock-backend.ts';
import { proveClock, readerProgram } from '../agent/clocks/prove-clock.ts';
import type { Surroundings } from './members.ts';
import type { Sandbox } from './sandbox.ts';

const NAME = 'clock-proof';

/** Refuses (exit 3) when the clock does not do what is needed of it; starts nothing when nothing is. */
export async function proveClockIn(
  sandbox: Sandbox,
  pod: string,
  backend: ClockBackend,
  needs: ReadonlySet<Ability>,
  around: Surroundings,
): Promise<void> {
  if (!skewsClocks(needs)) return;
  const settingFile = join(around.clocks, NAME);
  const clock = backend.control(settingFile, () => Date.now());
  const { prefix, environment } = around.wrap(settingFile);
  const reading = join(around.clocks, `${NAME}-reading`);
  await sandbox.startProcess({
    name: NAME,
    pod,
    command: [...prefix, process.execPath, '-e', readerProgram()],
    environment: { PATH: around.path, ...environment, SNOWGLOBE_READING: reading },
    log: join(around.logs, `${NAME}.log`),
  });
  const missed = await proveClock(clock, reading, needs);
  await sandbox.killProcess(NAME);
  for (const file of [settingFile, reading, `${reading}.new`]) rmSync(file, { force: true });
  if (missed === undefined) return;
  throw environmentLacks(
    `The wall clock of Node under ${backend.name} ${missed}.`,
    'Take the faults of the clock out of the scenario, or take --driver docker or sim.',
    join(around.logs, `${NAME}.log`),
  );
}
