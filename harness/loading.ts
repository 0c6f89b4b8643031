/**
 * The import of files that a user gives: their top level runs in this process, and may do anything. Which of them are
 * being loaded is known here, for the end of the process to say whose doing it was.
 */
import { badInput, problem } from './core/errors.ts';
import type { Problem } from './core/errors.ts';

/** Far beyond what a module of any size takes; who waits longer at the top level waits for something else. */
const LOAD_MAX_MS = 30_000;

const files = new Set<string>();

/** Files whose loading has begun and not ended. */
export const filesBeingLoaded = (): readonly string[] => [...files];

/** Loads a file, within 30 seconds. */
export async function loading<T>(file: string, load: () => Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const problems = neverLoaded(file);
  const timer = setTimeout(() => reject(badInput(problems.what, problems.remedy, file)), LOAD_MAX_MS);
  // Where nothing else is waited for, the process ends at once, and says so.
  timer.unref();
  files.add(file);
  try {
    return await Promise.race([load(), late]);
  } finally {
    files.delete(file);
    clearTimeout(timer);
  }
}

export function neverLoaded(file: string): Problem {
  return problem(
    'cannot be loaded: its top level waits for what does not come.',
    'Mend the file: what it awaits at its top level has to be there when it is loaded.',
    file,
  );
}
