/** What a way in starts: the words of a command, how its node is called, and how it is asked. */
import { badInput, messageOf } from '../../core/errors.ts';
import type { HttpAsk, Program } from '../../core/node-program.ts';
import { shellWords } from '../../core/shell-words.ts';
import { hasPlace, START_PLACES, templateProblem } from '../../core/template.ts';
import type { WayFlags } from '../../core/way-in.ts';

const REMEDY = 'Write what starts a node, in quotes: command:"./my-service --port {port}".';

/** Splits a command as a shell would; throws for one that cannot be meant. */
export function commandWords(rest: string): readonly [string, ...string[]] {
  const [program, ...words] = split(rest);
  if (program === undefined || program === '') throw badInput('The command is empty.', REMEDY);
  const wrong = [program, ...words].map((word) => templateProblem(word, START_PLACES)).find((one) => one !== undefined);
  if (wrong !== undefined) throw badInput(`${wrong}.`, REMEDY);
  return [program, ...words];
}

function split(rest: string): readonly string[] {
  try {
    return shellWords(rest);
  } catch (error) {
    throw badInput(`${messageOf(error)}.`, REMEDY);
  }
}

/** Programs that run others: what they run says what it is. */
const RUNS_OTHERS =
  /^(node|deno|bun|tsx|npx|python[\d.]*|uv|ruby|php|perl|java|dotnet|go|cargo|sh|bash|env|exec|run|nice|taskset)$/;

/** `python3 -u ids/server.py` is called `server`. */
export function programName(words: readonly string[]): string {
  const names = words
    .filter((word) => !word.startsWith('-') && !word.includes('='))
    .map((word) => (word.split('/').at(-1) as string).replace(/\.(m?[jt]s|cjs|py|rb|php|pl|jar|sh|exe)$/, ''));
  return names.find((name) => name !== '' && !RUNS_OTHERS.test(name)) ?? names[0] ?? '';
}

/** How a service is asked, as the flags say. */
export function askOf({ ask, port, health, method, body, headers, ids, form }: WayFlags): HttpAsk {
  return {
    over: 'http',
    path: ask ?? '/',
    ...(port !== undefined && { port }),
    ...(health !== undefined && { health }),
    ...(method !== undefined && { method }),
    ...(body !== undefined && { body }),
    ...(headers !== undefined && { headers }),
    ...(ids !== undefined && { ids }),
    ...(form !== undefined && { form }),
  };
}

/** A program that nothing tells where to listen would be asked where it is not. */
export function refuseDeaf({ command = [], environment = {} }: Program, { port }: WayFlags): void {
  const told = [...command, ...Object.values(environment)].some((template) => hasPlace(template, 'port'));
  if (!told && port === undefined)
    throw badInput(
      'Nothing tells it where to listen, and nothing says where it does.',
      'Write {port} into the command or an --env (--env PORT={port}), or say with --port where it listens.',
    );
}
