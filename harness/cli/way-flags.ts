/** Reads the flags of ways in: what each says, and all that is wrong with how it is written, at once. Pure. */
import type { Problem } from '../core/errors.ts';
import { EXIT, messageOf, problem, refuse } from '../core/errors.ts';
import { parseLayout } from '../core/layout-spec.ts';
import { chooseAmong } from '../core/nearest-name.ts';
import type { IdsIn } from '../core/node-program.ts';
import { ID_FORMS } from '../core/node-program.ts';
import { LANES_MAX } from '../core/node-schema.ts';
import { promiseList } from '../core/promise-list.ts';
import { ASK_PLACES, START_PLACES, templateProblem } from '../core/template.ts';
import type { WayFlagName, WayFlags, WayWords } from '../core/way-in.ts';
import { WAY_FLAG_NAMES, WAY_FLAGS } from '../core/way-in.ts';

/** How one flag is read; throws an Error with one sentence. */
type Read = (texts: readonly [string, ...string[]]) => Partial<WayFlags>;

interface Flag {
  readonly read: Read;
  /** What to do about it, as a sentence. */
  readonly remedy: string;
}

const IDS_REMEDY =
  'Take auto, text, text:PATTERN (its first group is an ID), json:POINTER (such as json:/ids/*), bytes or bytes-le.';

const FLAGS: { readonly [Flag_ in WayFlagName]: Flag } = {
  ask: {
    read: ([text]) => ({ ask: path(askTemplate(text)) }),
    remedy: 'Give a path, with {count} where it takes how many: --ask "/ids?n={count}".',
  },
  method: {
    read: ([text]) => ({ method: matching(text, /^[A-Z]+$/, 'is no method of HTTP in capitals') }),
    remedy: 'Write GET or POST.',
  },
  body: {
    read: ([text]) => ({ body: askTemplate(text) }),
    remedy: `Write a brace of JSON twice: --body '{{"n": {count}}}'.`,
  },
  header: {
    read: (texts) => ({ headers: named(texts, /^([!#$%&'*+.^`|~\w-]+):\s*(.*)$/s, 'a NAME:VALUE', askTemplate) }),
    remedy: 'Write each by itself: --header "Accept: text/plain" --header "X-Tenant: {node}".',
  },
  ids: { read: ([text]) => ({ ids: idsIn(text) }), remedy: IDS_REMEDY },
  form: {
    read: ([text]) => ({ form: oneOf(text, ID_FORMS, 'form of an ID') }),
    remedy: 'It says how an ID is written.',
  },
  health: {
    read: ([text]) => ({ health: path(text) }),
    remedy: 'Give the path that answers 2xx once it serves: --health /healthz.',
  },
  port: {
    read: ([text]) => ({ port: whole(text, 1, 65_535) }),
    remedy: 'Give the port at which it listens, whatever it is told; leave it out where it takes {port}.',
  },
  env: {
    read: (texts) => ({ environment: named(texts, /^([A-Za-z_]\w*)=(.*)$/s, 'a NAME=VALUE', startTemplate) }),
    remedy: 'Write each by itself: --env PORT={port} --env WORKER_ID={worker}.',
  },
  layout: {
    read: ([text]) => ({ layout: parseLayout(text) }),
    remedy:
      'See `snowglobe list --layouts`, or leave it out: IDs of an unknown layout are judged as far as they can be.',
  },
  promises: {
    read: ([text]) => ({ promises: promiseList(text) }),
    remedy: 'Write names with commas, bounds after =: --promises unique,increasing-per-node,time-honest=1000.',
  },
  lanes: {
    read: ([text]) => ({ lanes: whole(text, 1, LANES_MAX) }),
    remedy: 'It says how many requests to one node may be open at once.',
  },
};

/** Throws a SnowglobeError with exit code 2 and all problems. */
export function readWayFlags(words: WayWords): WayFlags {
  const problems: Problem[] = [];
  const flags: { -readonly [Flag in keyof WayFlags]: WayFlags[Flag] } = {};
  for (const name of WAY_FLAG_NAMES) {
    const texts = words[name];
    if (texts === undefined) continue;
    const { read, remedy } = FLAGS[name];
    try {
      if (texts.length > 1 && !('many' in WAY_FLAGS[name])) throw new Error(`It is given ${texts.length} times`);
      Object.assign(flags, read(texts as [string, ...string[]]));
    } catch (error) {
      const sentence = messageOf(error);
      problems.push(problem(/[.?!]$/.test(sentence) ? sentence : `${sentence}.`, remedy, `--${name}`));
    }
  }
  refuse(EXIT.badInput, problems);
  return flags;
}

function path(text: string): string {
  return matching(text, /^\//, 'is no path: it does not begin with /');
}

function askTemplate(text: string): string {
  return template(text, ASK_PLACES);
}

function startTemplate(text: string): string {
  return template(text, START_PLACES);
}

function template(text: string, places: typeof ASK_PLACES): string {
  const wrong = templateProblem(text, places);
  if (wrong !== undefined) throw new Error(wrong);
  return text;
}

function matching(text: string, pattern: RegExp, otherwise: string): string {
  if (pattern.test(text)) return text;
  throw new Error(`"${text}" ${otherwise}`);
}

function oneOf<Name extends string>(text: string, names: readonly Name[], what: string): Name {
  const found = names.find((name) => name === text);
  if (found !== undefined) return found;
  throw new Error(`"${text}" is no ${what}. ${chooseAmong(text, names)}`);
}

function whole(text: string, min: number, max: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= min && number <= max) return number;
  throw new Error(`"${text}" is no whole number from ${min} to ${max}`);
}

function named(
  texts: readonly string[],
  pattern: RegExp,
  what: string,
  check: (text: string) => string,
): Readonly<Record<string, string>> {
  const pairs = texts.map((text) => {
    const [, name, value] = pattern.exec(text) ?? [];
    if (name === undefined || value === undefined) throw new Error(`"${text}" is not ${what}`);
    return [name, check(value)] as const;
  });
  const again = pairs.find(([name], index) => pairs.findIndex(([other]) => other === name) < index);
  if (again !== undefined) throw new Error(`${again[0]} is given twice`);
  return Object.fromEntries(pairs);
}

function idsIn(text: string): IdsIn {
  const [, kind, rest] = /^(json|text):(.*)$/s.exec(text) ?? [];
  if (kind === 'json' && rest !== undefined) {
    if (rest !== '' && !rest.startsWith('/')) throw new Error(`"${rest}" is no JSON pointer: it does not begin with /`);
    return `json:${rest}`;
  }
  if (kind === 'text' && rest !== undefined) {
    // An alternative that matches nothing tells how many groups there are.
    const groups = new RegExp(`${rest}|`, 'u').exec('')!.length - 1;
    if (groups === 0) throw new Error(`The pattern ${rest} has no group: what it matches in ( ) is the ID`);
    return `text:${rest}`;
  }
  const plain = (['auto', 'text', 'bytes', 'bytes-le'] as const).find((each) => each === text);
  if (plain === undefined) throw new Error(`"${text}" does not say where IDs are in an answer`);
  return plain;
}
