/**
 * How the process ends: by the exit code of its command, and only once the command is over. The files of a user run in
 * it too, and may end it (`process.exit`) or keep it alive (`setInterval`); neither may take the place of a verdict.
 */
import { Console } from 'node:console';
import type { ExitCode, Problem } from '../core/errors.ts';
import { EXIT, problem, SnowglobeError } from '../core/errors.ts';
import { filesBeingLoaded, neverLoaded } from '../loading.ts';
import { createOutput } from './output.ts';

/** Carries out the command, and ends the process with its exit code when all that it wrote is out. */
export function endWith(json: boolean, command: () => Promise<ExitCode>): void {
  // Stdout belongs to the one document; what a user's module prints is no part of it.
  if (json) globalThis.console = new Console(process.stderr);
  let told: ExitCode | undefined;
  const tell = (error: unknown): ExitCode => {
    const isOver = told !== undefined; // its document is out
    const exitCode = createOutput(json && !isOver).error(error);
    return (told ||= exitCode);
  };
  // What nobody was there to catch: a generator's module that leaves an error behind.
  process.once('uncaughtException', (error) => process.exit(tell(error)));
  process.once('beforeExit', () => told ?? tell(endedBy(neverLoaded, NOTHING_LEFT)));
  const end = (): ExitCode => told ?? tell(endedBy(leftWhileLoaded, LEFT));
  process.once('exit', () => {
    process.exitCode = end();
  });
  // What `process.exit` calls in the end, past the event; Node's types leave it out.
  const reallyExit = Reflect.get(process, 'reallyExit') as (code: number) => never;
  Reflect.set(process, 'reallyExit', () => Reflect.apply(reallyExit, process, [end()]));
  void command().then(async (exitCode) => {
    told = exitCode;
    await Promise.all([process.stdout, process.stderr].map(written));
    process.exit(exitCode);
  });
}

/** Writing to a pipe goes on in the background, and `process.exit` cuts it off at what the pipe holds (64 KiB). */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}

/** What ended the process before its command did: a file that was being loaded, or else something unknown. */
function endedBy(ofFile: (file: string) => Problem, otherwise: Problem): SnowglobeError {
  const files = filesBeingLoaded();
  return files.length === 0
    ? new SnowglobeError(EXIT.crash, [otherwise])
    : new SnowglobeError(EXIT.badInput, files.map(ofFile));
}

function leftWhileLoaded(file: string): Problem {
  return problem(
    'cannot be loaded: its top level ended the process.',
    'Give a module that only defines and exports; what calls process.exit belongs elsewhere.',
    file,
  );
}

const LEFT = problem(
  'Something ended the process before the command was over: there is no verdict.',
  'Look for process.exit in the generator and all that it imports; `snowglobe heal` sweeps what the run left.',
);

const NOTHING_LEFT = problem(
  'The command was not over, and nothing was left to wait for: there is no verdict.',
  'Report it; `snowglobe heal` sweeps what the run left.',
);
