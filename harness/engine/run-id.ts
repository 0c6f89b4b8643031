import { randomInt } from 'node:crypto';

/** A name for a run, unique on this machine: eight of `[a-z0-9]`. Containers, networks and folders carry it. */
export function newRunId(): string {
  return randomInt(36 ** 8 - 1)
    .toString(36)
    .padStart(8, '0');
}
