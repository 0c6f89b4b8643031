/** What a way in starts: the words of a command, how its node is called, and how it is asked. */
import { badInput, messageOf } from '../../core/errors.ts';
import type { HttpAsk, Program } from '../../core/node-program.ts';
import { quotedWord, shellWords } from '../../core/shell-words.ts';
import { hasPlace, START_PLACES, templateProblem } from '../../core/template.ts';
import type { WayFlags } from '../../core/way-in.ts';

const REMEDY = 'Write what starts a node, in quotes: command:"./my-service --port {port}".';

/** A program and its environment. */
export interface Started {
  readonly command: readonly [string, ...string[]];
  readonly environment?: NonNullable<Program['environment']>;
}

/**
 * Splits a command as a shell would, variables before it included (`PORT={port} ./my-service`); throws for one that cannot
 * be meant.
 */
export function startedBy(rest: string, { environment: given = {} }: WayFlags): Started {
  const all = split(rest);
  const wrong = all.map((word) => templateProblem(word, START_PLACES)).find((one) => one !== undefined);
  if (wrong !== undefined) throw badInput(`${wrong}.`, REMEDY);
  const first = all.findIndex((word) => !ASSIGNMENT.test(word));
  const [program, ...words] = first === -1 ? [] : all.slice(first);
  if (program === undefined || program === '') throw badInput('The command is empty.', REMEDY);
  const before = all.slice(0, first).map((word) => ASSIGNMENT.exec(word)!.slice(1) as [string, string]);
  const twice = before.find(([name]) => Object.hasOwn(given, name));
  if (twice !== undefined)
    throw badInput(`${twice[0]} is given before the command, and by --env too.`, 'Give it once.', '--env');
  const environment = { ...Object.fromEntries(before), ...given };
  return {
    command: [program, ...words],
    ...(Object.keys(environment).length > 0 && { environment }),
  };
}

const ASSIGNMENT = /^([A-Za-z_]\w*)=(.*)$/s;

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

/** As one would type it. */
export function commandText(words: readonly string[]): string {
  return words.map((word) => (/^[\w{}./:=@-]+$/.test(word) ? word : quotedWord(word))).join(' ');
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
