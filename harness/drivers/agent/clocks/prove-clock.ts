/**
 * Proves before a run that the clock of a program follows its setting and comes back: on a process that is thrown away,
 * because a node whose clock was moved would remember it (a bound raised, a pool filled), and the run would judge that.
 */
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { TRUE_CLOCK, type Ability, type ClockControl, type ClockSetting } from '../../../core/cluster.ts';
import { z } from '../../../core/schema.ts';

const readingSchema = z.looseObject({ wallMs: z.number(), count: z.int().positive() });
/** What the process saw on its clock, and the how manyth look it was. */
export type WallReading = z.output<typeof readingSchema>;

/**
 * A program for Node that looks at its clock every 5 ms by its own timer and writes that into the file that
 * SNOWGLOBE_READING names. It is also what shows that timers go on while the clock stands still. `facts`: an expression,
 * what else to write.
 */
export const readerProgram = (facts = '{}'): string => `
const { renameSync, writeFileSync } = require('node:fs');
const facts = ${facts};
const file = process.env.SNOWGLOBE_READING;
let count = 0;
setInterval(() => {
  writeFileSync(file + '.new', JSON.stringify({ wallMs: Date.now(), count: ++count, ...facts }));
  renameSync(file + '.new', file);
}, 5);
`;

/** Between a reading and its arrival, on a busy machine or from a virtual one. */
const TOLERANCE_MS = 5_000;
const STEP: ClockSetting = { offsetMs: -3_600_000, rate: 1 };
const FREEZE: ClockSetting = { offsetMs: 0, rate: 0 };
const FREEZE_LOOKS = 10;
/** So fast that a late reading cannot be mistaken for it, nor it for one. */
const DRIFT: ClockSetting = { offsetMs: 0, rate: 4 };
const DRIFT_MS = 400;
const RATES = { least: 2.5, most: 6 } as const;
const FOLLOWS_MS = 5_000;
const POLL_MS = 5;

/** What the process wrote last; undefined: nothing yet. */
export async function readingIn(file: string): Promise<WallReading | undefined> {
  try {
    return readingSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Waits at most `forMs` for a reading that is wanted. */
export async function untilReading(
  file: string,
  forMs: number,
  wanted: (reading: WallReading) => boolean,
): Promise<WallReading | undefined> {
  const giveUp = performance.now() + forMs;
  while (performance.now() < giveUp) {
    const reading = await readingIn(file);
    if (reading !== undefined && wanted(reading)) return reading;
    await delay(POLL_MS);
  }
  return undefined;
}

/**
 * Tries what is needed of a clock, on a process that writes its readings into `file`. Says what the clock did not do, as the
 * end of a sentence; undefined: it did all, and runs true again.
 */
export async function proveClock(
  clock: ClockControl,
  file: string,
  needs: ReadonlySet<Ability>,
): Promise<string | undefined> {
  if (!(await shows(file, TRUE_CLOCK))) return 'does not show the true time at first';
  await clock.set(STEP);
  if (!(await shows(file, STEP))) return 'did not go back by an hour';
  if (needs.has('clock.freeze') && !(await freezes(clock, file))) return 'did not stand still, or the timers did too';
  if (needs.has('clock.drift')) {
    const rate = await observedRate(clock, file);
    if (!(rate > RATES.least && rate < RATES.most))
      return `ran at the rate ${rate.toFixed(2)} in place of ${DRIFT.rate}`;
  }
  await clock.set(TRUE_CLOCK);
  return (await shows(file, TRUE_CLOCK)) ? undefined : 'did not come back to true time';
}

async function shows(file: string, { offsetMs }: ClockSetting): Promise<boolean> {
  const near = ({ wallMs }: WallReading): boolean => Math.abs(wallMs - Date.now() - offsetMs) < TOLERANCE_MS;
  return (await untilReading(file, FOLLOWS_MS, near)) !== undefined;
}

/** Two looks apart by the process's own timer, at the same time of its clock. */
async function freezes(clock: ClockControl, file: string): Promise<boolean> {
  await clock.set(FREEZE);
  const before = await readingIn(file);
  const first = await untilReading(file, FOLLOWS_MS, ({ count }) => count > (before?.count ?? 0) + 1);
  if (first === undefined) return false;
  const later = await untilReading(file, FOLLOWS_MS, ({ count }) => count > first.count + FREEZE_LOOKS);
  return later?.wallMs === first.wallMs;
}

/** Seconds of the clock in a second of this process's monotonic clock; NaN: it was not read. */
async function observedRate(clock: ClockControl, file: string): Promise<number> {
  await clock.set(DRIFT);
  const before = await readingIn(file);
  const first = await untilReading(file, FOLLOWS_MS, ({ count }) => count > (before?.count ?? 0) + 1);
  const from = performance.now();
  await delay(DRIFT_MS);
  const second = await readingIn(file);
  const lastedMs = performance.now() - from;
  return ((second?.wallMs ?? Number.NaN) - (first?.wallMs ?? Number.NaN)) / lastedMs;
}
