/** The folder that runs, or plans, are kept in: made, or refused, before anything starts. */
import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { badInput, messageOf } from '../core/errors.ts';

/** Makes the folder, one level after the other: a recursive mkdir below /proc never ends. */
export function makeRunsFolder(runs: string, kept = 'Runs', option = '--runs'): string {
  const folder = resolve(runs);
  try {
    makeFolder(folder);
    if (!statSync(folder).isDirectory()) throw new Error(`${folder} is no folder`);
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw badInput(
      `${kept} cannot be kept in ${folder}: ${messageOf(error)}.`,
      'Name a folder that you can write to.',
      option,
    );
  }
  return folder;
}

/** Makes the folder, one level after the other: a recursive mkdir below /proc never ends. */
export function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
}
