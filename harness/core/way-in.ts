/**
 * Ways in: how `--generator` takes what was never written for snowglobe, from flags alone: `command:"./my-service --port
 * {port}"`. A way in makes a generator whose node is plain data, the same as a JSON file could hold.
 */
import type { Generator } from './generator.ts';
import type { Promise_ } from './guarantee.ts';
import type { Layout } from './layout.ts';
import type { HttpAsk, IdForm, IdsIn, Template } from './node-program.ts';

/** One file in `harness/ways-in/`. */
export interface WayIn {
  /** What stands before the colon; equal to the file's name. */
  readonly prefix: string;
  readonly summary: string;
  /** Options of a command line that can be pasted. */
  readonly example: string;
  /** Flags that mean something here. */
  readonly takes: readonly WayFlagName[];
  /** `--generator` may be given several times; what follows the prefixes is joined with commas. */
  readonly several?: true;
  /** Pure. `rest`: what follows the colon. Throws a SnowglobeError for what cannot be meant. */
  make(rest: string, flags: WayFlags): Generator;
}

/** The flags of ways in, each with how its value is called in the help. */
export const WAY_FLAGS = {
  ask: { value: 'PATH' },
  method: { value: 'METHOD' },
  body: { value: 'TEXT' },
  header: { value: 'NAME:VALUE', many: true },
  ids: { value: 'WHERE' },
  form: { value: 'FORM' },
  health: { value: 'PATH' },
  port: { value: 'N' },
  env: { value: 'NAME=VALUE', many: true },
  layout: { value: 'NAME|SPEC' },
  promises: { value: 'LIST' },
  lanes: { value: 'N' },
} as const satisfies Readonly<Record<string, { readonly value: string; readonly many?: true }>>;

export type WayFlagName = keyof typeof WAY_FLAGS;

export const WAY_FLAG_NAMES = Object.keys(WAY_FLAGS) as readonly WayFlagName[];

/** As they were written, for the command that repeats a run; absent: not given. */
export type WayWords = { readonly [Flag in WayFlagName]?: readonly string[] };

/** What they say. */
export interface WayFlags {
  readonly ask?: Template;
  readonly method?: string;
  readonly body?: Template;
  readonly headers?: NonNullable<HttpAsk['headers']>;
  readonly ids?: IdsIn;
  readonly form?: IdForm;
  readonly health?: string;
  readonly port?: number;
  readonly environment?: { readonly [variable: string]: Template };
  readonly layout?: Layout;
  readonly promises?: readonly Promise_[];
  readonly lanes?: number;
}
