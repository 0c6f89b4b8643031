/** Asks on a terminal, one question after the other. */
import { createInterface } from 'node:readline/promises';
import { badInput, EXIT, SnowglobeError } from '../core/errors.ts';

export interface Interview {
  /** Asks until `read` takes the answer; what it throws for the user is told, and the question asked again. */
  ask<Value>(question: Question, read: (answer: string) => Value | Promise<Value>): Promise<Value>;
  tell(line: string): void;
  close(): void;
}

export interface Question {
  readonly text: string;
  /** Lines above it. */
  readonly hints?: readonly string[];
  /** What an empty answer means; undefined: there has to be one. */
  readonly fallback?: string;
}

export function onTerminal(input: NodeJS.ReadStream, output: NodeJS.WriteStream): Interview {
  const lines = createInterface({ input, output });
  const ended = new AbortController();
  // Ctrl-D, or Ctrl-C: nothing has been written yet.
  lines.on('close', () => ended.abort());
  lines.on('SIGINT', () => lines.close());
  const tell = (line: string): void => void output.write(`${line}\n`);
  const answerTo = async (text: string): Promise<string> => {
    try {
      return (await lines.question(text, { signal: ended.signal })).trim();
    } catch (error) {
      if (!ended.signal.aborted) throw error;
      throw new SnowglobeError(EXIT.interrupted, [
        { what: 'The questions were broken off.', remedy: 'Nothing was written; begin again with snowglobe init.' },
      ]);
    }
  };
  return {
    tell,
    close: () => lines.close(),
    async ask({ text, hints = [], fallback }, read) {
      for (const hint of hints) tell(`  ${hint}`);
      for (;;) {
        const answer = await answerTo(`${text}${fallback === undefined ? '' : ` [${fallback}]`}: `);
        try {
          if (answer === '' && fallback === undefined) throw badInput('There is no usual answer.', 'Write one.');
          return await read(answer === '' ? (fallback as string) : answer);
        } catch (error) {
          if (!(error instanceof SnowglobeError)) throw error;
          for (const { what, where = '--', remedy } of error.problems)
            tell(`  ${where.startsWith('--') ? '' : `${where} `}${what} ${remedy}`);
        }
      }
    },
  };
}
