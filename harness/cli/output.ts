/**
 * Where commands write: text for people on stdout, or with --json one document on stdout and everything else on stderr.
 */
import { inspect } from 'node:util';
import type { ExitCode } from '../core/errors.ts';
import { EXIT, SnowglobeError } from '../core/errors.ts';
import { visible } from '../core/visible.ts';

export interface Output {
  readonly json: boolean;
  /** The stream for people. */
  readonly stream: NodeJS.WriteStream;
  text(text: string): void;
  /** The one document; text when the output is for people. */
  document(document: unknown, text: string): void;
  /** Tells of an error and returns its exit code. `beside`: further fields of the document. */
  error(error: unknown, beside?: object): ExitCode;
}

export function createOutput(json: boolean): Output {
  // A reader that leaves early (`snowglobe run | head`) is no reason to leave a cluster unhealed: go on without it.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const stream = json ? process.stderr : process.stdout;
  const document = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
  return {
    json,
    stream,
    text: (text) => void stream.write(text.endsWith('\n') ? text : `${text}\n`),
    document: (value, text) => {
      if (json) document(value);
      else stream.write(text.endsWith('\n') ? text : `${text}\n`);
    },
    error: (error, beside = {}) => {
      const known = error instanceof SnowglobeError;
      if (known) for (const problem of error.problems) process.stderr.write(describe(problem));
      else process.stderr.write(`snowglobe crashed; this is a defect of snowglobe:\n${inspect(error)}\n`);
      const exitCode = known ? error.exitCode : EXIT.crash;
      if (json)
        document({
          ...beside,
          error: { exitCode, problems: known ? error.problems : [{ what: String(error), remedy: 'Report it.' }] },
        });
      return exitCode;
    },
  };
}

function describe({ what, where, remedy }: { what: string; where?: string; remedy: string }): string {
  const text = `snowglobe: ${where === undefined ? '' : `${where}: `}${what}\n  ${remedy}\n`;
  // It may quote a file or a name, whatever is in them.
  return text.split('\n').map(visible).join('\n');
}
