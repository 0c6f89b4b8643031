/** The file that a user names by --out. */
import { writeFileSync } from 'node:fs';
import { badInput, messageOf } from '../core/errors.ts';

/** Throws a SnowglobeError where it cannot be written. Not by way of another file: it may be a pipe. */
export function writeOut(path: string, content: string): void {
  try {
    writeFileSync(path, content);
  } catch (error) {
    throw badInput(
      `${path} cannot be written: ${messageOf(error)}.`,
      'Name a file in a folder that is there and that you can write to.',
      '--out',
    );
  }
}
