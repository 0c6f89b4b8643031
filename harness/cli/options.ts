/** The words of a command line: its command, its options, and the rest. */
import { parseArgs } from 'node:util';
import { badInput } from '../core/errors.ts';
import { nearestName } from '../core/nearest-name.ts';
import type { WayFlagName, WayWords } from '../core/way-in.ts';
import { WAY_FLAG_NAMES } from '../core/way-in.ts';
import { KINDS } from './kinds.ts';

/** Each may be given several times as far as words go: what reads them says which may. */
const many = { type: 'string', multiple: true } as const;
const WAY_OPTIONS = {
  ask: many,
  method: many,
  body: many,
  header: many,
  ids: many,
  form: many,
  health: many,
  port: many,
  env: many,
  layout: many,
  promises: many,
  lanes: many,
} as const satisfies Readonly<Record<WayFlagName, typeof many>>;

const OPTIONS = {
  driver: { type: 'string' },
  generator: { type: 'string', multiple: true },
  ...WAY_OPTIONS,
  seed: { type: 'string' },
  store: { type: 'string' },
  load: { type: 'string' },
  matrix: { type: 'string', multiple: true },
  runs: { type: 'string' },
  run: { type: 'string', multiple: true },
  out: { type: 'string' },
  from: { type: 'string' },
  column: { type: 'string' },
  'node-column': { type: 'string' },
  signed: { type: 'boolean' },
  lenient: { type: 'boolean' },
  report: { type: 'string' },
  suspects: { type: 'string' },
  nodes: { type: 'string' },
  rate: { type: 'string' },
  force: { type: 'boolean' },
  yes: { type: 'boolean', short: 'y' },
  junit: { type: 'string' },
  summary: { type: 'string' },
  unknown: { type: 'string' },
  waivers: { type: 'string' },
  format: { type: 'string' },
  to: { type: 'string' },
  'older-than': { type: 'string' },
  keep: { type: 'string' },
  tolerance: { type: 'string' },
  'without-disturbances': { type: 'boolean' },
  'fail-fast': { type: 'boolean' },
  slo: { type: 'string' },
  'metrics-port': { type: 'string' },
  etcd: { type: 'string' },
  'id-bits': { type: 'string' },
  rule: { type: 'string', multiple: true },
  scenarios: { type: 'boolean' },
  generators: { type: 'boolean' },
  faults: { type: 'boolean' },
  checkers: { type: 'boolean' },
  hazards: { type: 'boolean' },
  indicators: { type: 'boolean' },
  layouts: { type: 'boolean' },
  drivers: { type: 'boolean' },
  claims: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

export type OptionName = keyof typeof OPTIONS;

export type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

export interface Words {
  /** Undefined: there is none. */
  readonly command: string | undefined;
  /** What follows the command and is no option. */
  readonly rest: readonly string[];
  readonly values: Values;
}

/** The flags of ways in among them. */
export function wayWords(values: Values): WayWords {
  return Object.fromEntries(
    WAY_FLAG_NAMES.flatMap((flag) => (values[flag] === undefined ? [] : [[flag, values[flag]] as const])),
  );
}

/** Throws for options that no command has, and for values that are missing. */
export function readWords(args: readonly string[]): Words {
  try {
    const { values, positionals } = parseArgs({ args: withNumbers(args), options: OPTIONS, allowPositionals: true });
    const [command, ...rest] = positionals;
    return { command, rest, values };
  } catch (error) {
    throw error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
      ? badInput(optionProblem(error.message), optionRemedy(error.message, args))
      : error;
  }
}

function optionRemedy(message: string, args: readonly string[]): string {
  const lacking = lackingValue(message);
  const kind = args.includes('list') ? KINDS.find((kind) => `--${kind}` === `${lacking}s`) : undefined;
  if (kind !== undefined) return `Did you mean --${kind}? See snowglobe --help.`;
  // Told apart from our own by `--` alone.
  if (args.includes('check-node') && !args.includes(COMMAND_FOLLOWS))
    return 'Options of the command that is checked stand behind --: snowglobe check-node -- COMMAND…';
  const unknown = /^Unknown option '--([^']+)'/.exec(message)?.[1];
  if (unknown === 'mutants') return 'Mutants are in snowglobe list --generators.';
  const meant = unknown === undefined ? undefined : nearestName(unknown, Object.keys(OPTIONS));
  return meant === undefined ? 'See snowglobe --help.' : `Did you mean --${meant}? See snowglobe --help.`;
}

/** A negative number is the value of the option before it, and no option: what reads it says what is wrong with it. */
function withNumbers(args: readonly string[]): string[] {
  const joined: string[] = [];
  const own = ownWords(args);
  for (const arg of own) {
    const before = joined.at(-1);
    if (/^-\d/.test(arg) && before?.startsWith('--') === true && !before.includes('='))
      joined.splice(-1, 1, `${before}=${arg}`);
    else joined.push(arg);
  }
  return [...joined, ...args.slice(own.length)];
}

/** Behind it stands a command with options of its own (`check-node`). */
const COMMAND_FOLLOWS = '--';

/** Words that are ours, and not those of a command that follows. */
export function ownWords(args: readonly string[]): readonly string[] {
  const end = args.indexOf(COMMAND_FOLLOWS);
  return end === -1 ? args : args.slice(0, end);
}

/** Node goes on with advice about dashes and positional arguments, which is of no use here. */
function optionProblem(message: string): string {
  const lacking = lackingValue(message);
  if (lacking !== undefined) return `${lacking} needs a value, and none follows it.`;
  return `${(message.split('. ')[0] ?? '').replaceAll('\n', ' ').replace(/\.$/, '')}.`;
}

/** The option whose value is missing, with its dashes. */
function lackingValue(message: string): string | undefined {
  return /^Option '(?:-\w, )?(--[\w-]+)[^']*' argument (?:missing|is ambiguous)/.exec(message)?.[1];
}
