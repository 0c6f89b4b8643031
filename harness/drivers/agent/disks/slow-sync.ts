/**
 * Slow disks for one program: our own launcher (`../native/slow-sync.c`) holds each fsync and fdatasync of the program back
 * for as long as a file says. Chosen over a limit of the control group of block devices, which needs the rights of root
 * over the host, outlives a harness that is killed, has no effect on tmpfs, and cannot keep a time: at 10 operations a
 * second an fdatasync of etcd took 480 ms and at 3 a second 1.8 s (Linux 6.18, one member), because its log and its
 * database draw on the same allowance.
 */
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../../../core/errors.ts';
import { z } from '../../../core/schema.ts';
import { outputOf } from '../own-group.ts';

/** A slow disk, as the program sees it that has it. */
export interface SlowSync {
  readonly launcher: string;
  /** Says how much longer each sync takes: milliseconds, in decimal. Where there is none, none takes longer. */
  readonly delayFile: string;
}

/** The file that tells the members of a run how slow their disks are, in a folder that all of them see. */
export const delayFileIn = (folder: string): string => join(folder, 'sync-delay');

/** A command whose program has the slow disk; without one, the command as it is. */
export function onDisk(slow: SlowSync | undefined, command: readonly string[]): readonly string[] {
  return slow === undefined ? command : [slow.launcher, slow.delayFile, ...command];
}

/**
 * In force at once, also for syncs that are being held. `delayFile` is undefined where the members were started on disks as
 * they are: to slow those is an error, and to heal them is done.
 */
export function slowDisks(delayFile: string | undefined, byMs: number): void {
  if (delayFile === undefined) {
    if (byMs === 0) return;
    throw new Error('the members were started on disks that cannot be slowed');
  }
  // Renamed into its place: nobody reads half of it.
  writeFileSync(`${delayFile}.new`, String(Math.ceil(byMs)));
  renameSync(`${delayFile}.new`, delayFile);
}

/** Why disks cannot be slowed where the launcher is not. */
export const SLOW_SYNC_MISSING =
  'the launcher for that is built with a C compiler, for x86-64 and arm64 (apt-get install gcc libc6-dev)';

const TRIED_MS = 100;
/** /dev/null refuses to be synced at once, so that the time of no disk comes in: what is left is how long it was held. */
const TRIAL = `
const { fdatasyncSync, openSync, writeFileSync } = require('node:fs');
const [, file] = process.argv;
const nothing = openSync('/dev/null', 'w');
const heldMs = (askedMs) => {
  writeFileSync(file, String(askedMs));
  const from = performance.now();
  try { fdatasyncSync(nothing); } catch (error) { if (error.code !== 'EINVAL') throw error; }
  return performance.now() - from;
};
process.stdout.write(JSON.stringify({ slowMs: heldMs(${TRIED_MS}), quickMs: heldMs(0) }));
`;

const trialSchema = z.object({ slowMs: z.number(), quickMs: z.number() });
const TRIAL_MS = 10_000;

/** A command that tries a slow disk on a Node process that is thrown away, and prints a line for `trialMissed`. */
export function trialCommand(slow: SlowSync, node: string): readonly string[] {
  return onDisk(slow, [node, '-e', TRIAL, slow.delayFile]);
}

/** What did not work by the output of a trial, as the end of a sentence; undefined: a sync was slow, and quick again. */
export function trialMissed(printed: string): string | undefined {
  const said = printed.trim();
  if (!said.startsWith('{')) return said === '' ? 'the trial printed nothing' : said;
  const { slowMs, quickMs } = trialSchema.parse(JSON.parse(said));
  if (slowMs < TRIED_MS) return `a sync was to be held for ${TRIED_MS} ms and took ${slowMs.toFixed(1)} ms`;
  return quickMs < TRIED_MS ? undefined : `a sync was not to be held any more and took ${quickMs.toFixed(1)} ms`;
}

/** Tries it on this machine. */
export async function trySlowSync(launcher: string): Promise<string | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'snowglobe-disk-'));
  try {
    const command = trialCommand({ launcher, delayFile: delayFileIn(folder) }, process.execPath);
    const [program, ...args] = command as [string, ...string[]];
    return trialMissed(await outputOf(program, args, { timeout: TRIAL_MS }));
  } catch (error) {
    return messageOf(error).trim();
  } finally {
    rmSync(folder, { recursive: true });
  }
}
