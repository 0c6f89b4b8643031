/** Finds the function of a module that returns an ID. */
import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import { messageOf } from '../../harness/core/errors.ts';
import { inWords } from '../../harness/core/holding-problem.ts';
import type { FactoryContext, LaneStart } from './lane-protocol.ts';

/** So many exports are told, where the one that was asked for is not there. */
const NAMES_MAX = 12;

/** Returns an ID, or a promise of one. */
export type NextId = () => unknown;

/** Why a module is of no use: the message is the end of a sentence about it. */
export class ModuleUnfit extends Error {
  override readonly name = 'ModuleUnfit';
  /** What its author or its user can do about it, as an imperative sentence. */
  readonly remedy: string;

  constructor(message: string, remedy: string, options?: ErrorOptions) {
    super(message, options);
    this.remedy = remedy;
  }
}

/** The function that is called for each ID. Throws ModuleUnfit. */
export async function loadFunction(start: Omit<LaneStart, 'form' | 'idBits' | 'shared'>): Promise<NextId> {
  const exported = await loadExport(start.module, start.export);
  return start.call === 'function' ? exported : madeBy(exported, start.context);
}

/** An export of a module; `name` with dots reaches into it. Throws ModuleUnfit where that is no function to be called. */
export async function loadExport(module: string, name = 'default'): Promise<(context?: FactoryContext) => unknown> {
  let namespace: Members;
  try {
    namespace = (await import(isAbsolute(module) ? pathToFileURL(module).href : module)) as Members;
  } catch (error) {
    throw new ModuleUnfit(`cannot be loaded: ${oneLine(error)}`, 'Mend the module, or what it imports.', {
      cause: error,
    });
  }
  const [first = '', ...more] = name.split('.');
  let owner: unknown;
  let found = memberOf(namespace, first);
  for (const word of more) {
    owner = found;
    found = isObject(found) ? found[word] : undefined;
  }
  if (typeof found !== 'function') throw unfit(name, found, namespace);
  if (/^class\b/.test(Function.prototype.toString.call(found)))
    throw new ModuleUnfit(
      `exports a class as ${name}, and no function that returns an ID`,
      'Write a module of your own that makes one, such as `const ids = new Generator(1); export default () => ids.next();`; where each node needs one of its own, export a function that makes it, and say `call: "factory"`.',
    );
  return (owner === undefined ? found : found.bind(owner)) as (context?: FactoryContext) => unknown;
}

interface Members {
  readonly [name: string]: unknown;
}

async function madeBy(factory: (context: FactoryContext) => unknown, context: FactoryContext): Promise<NextId> {
  let made: unknown;
  try {
    made = await factory(context);
  } catch (error) {
    throw new ModuleUnfit(
      `has a factory that threw: ${oneLine(error)}`,
      'Mend the factory, or the options of the node.',
      {
        cause: error,
      },
    );
  }
  if (typeof made === 'function') return made as NextId;
  throw new ModuleUnfit(
    `has a factory that returned ${inWords(made)}, and no function`,
    'A factory returns the function that returns an ID. Where the export itself does that, leave `call: "factory"` out.',
  );
}

/**
 * What a CommonJS module exports is its `default` to Node, and by name only what Node could read off its text; where a
 * compiler made it of a module, its own `default` is one level below.
 */
function memberOf(namespace: Members, name: string): unknown {
  const whole = namespace['default'];
  if (name === 'default') return typeof whole === 'object' && isObject(whole) ? (whole['default'] ?? whole) : whole;
  return name in namespace ? namespace[name] : isObject(whole) ? whole[name] : undefined;
}

function isObject(value: unknown): value is Members {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function unfit(name: string, found: unknown, namespace: Members): ModuleUnfit {
  const whole = namespace['default'];
  const names = [...new Set([...Object.keys(namespace), ...(isObject(whole) ? Object.keys(whole) : [])])]
    .filter((each) => each !== 'module.exports')
    .slice(0, NAMES_MAX);
  const what = found === undefined ? `has no export ${name}` : `exports ${inWords(found)} as ${name}, and no function`;
  return new ModuleUnfit(
    what,
    names.length === 0 ? 'Export a function that returns an ID.' : `Name a function: it exports ${names.join(', ')}.`,
  );
}

/** The first line of what it says, without its full stop: it goes on. */
export function oneLine(error: unknown): string {
  return messageOf(error).split('\n', 1)[0]!.replace(/\.$/, '');
}
