/** Which harness has an embedded store open, told by a file beside it: the engine itself knows its own process only. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const HARNESS_FILE = 'harness.pid';

export function claimStore(folder: string): void {
  writeFileSync(join(folder, HARNESS_FILE), String(process.pid));
}

export function leaveStore(folder: string): void {
  rmSync(join(folder, HARNESS_FILE), { force: true });
}

/** The process that has it open, if that lives. */
export function harnessOf(folder: string): number | undefined {
  let text: string;
  try {
    text = readFileSync(join(folder, HARNESS_FILE), 'utf8');
  } catch {
    return undefined;
  }
  const pid = Number(text);
  return pid > 0 && lives(pid) ? pid : undefined;
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Somebody else's process lives, too.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
