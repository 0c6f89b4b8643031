/**
 * How a node's process is started, whatever its kind: the command, what its environment tells of the generator, and the
 * programs that read the clock in it. Pure, but for the look at PATH.
 */
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import type { GeneratorSource } from '../../core/driver.ts';
import { badInput } from '../../core/errors.ts';
import type { NodeKind } from '../../core/generator.ts';
import { STARTS_WITHIN_MS } from '../../core/node-program.ts';
import { fillIn, type Places } from '../../core/template.ts';
import type { Wrapping } from './clocks/clock-backend.ts';

/** The variable in which a node that is plain data travels to the shell (generators/shell/config.ts reads it). */
export const SERVICE_VARIABLE = 'SNOWGLOBE_SERVICE';
/** The words before the command of a service that put it under the node's clock: a JSON list. */
export const CLOCK_PREFIX_VARIABLE = 'SNOWGLOBE_CLOCK_PREFIX';

/** Where a service has to listen and is asked, where that is not the loopback of its pod. */
export const HOST_VARIABLE = 'SNOWGLOBE_HOST';

/** The words and variables that put a command under a clock, as words alone. */
export function clockWords({ prefix, environment }: Wrapping): readonly string[] {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  return variables.length === 0 ? prefix : ['env', ...variables, ...prefix];
}

export interface NodeCommand {
  /** Without the words that skew its clock. */
  readonly command: readonly [string, ...string[]];
  readonly environment: Readonly<Record<string, string>>;
  /** Where it is started; undefined: anywhere. */
  readonly folder?: string;
  /** Programs that read the node's clock, by absolute path: what skews it has to fit all of them. */
  readonly programs: readonly [string, ...string[]];
  /** It can listen on TCP only. */
  readonly tcpOnly?: true;
  /** IDs are minted in other processes than the one that answers. */
  readonly mintsElsewhere?: true;
}

/** What the driver knows. */
export interface Around {
  /** The program that runs the shell, and the shell. */
  readonly node: string;
  readonly shell: string;
  /** Where a generator file is found by the node's process. */
  readonly generatorFile: string;
  /** What the templates of this node stand for; undefined where it is only asked which programs run. */
  readonly places?: Places;
  /** Where the program that a word names is, from the folder where it is started; left out: on this machine. */
  readonly programOf?: (word: string, folder?: string) => string;
}

type Make<Kind extends NodeKind['kind']> = (
  node: Extract<NodeKind, { readonly kind: Kind }>,
  source: GeneratorSource,
  around: Around,
) => NodeCommand;

const COMMANDS: { readonly [Kind in NodeKind['kind']]: Make<Kind> } = {
  shell: (_, __, { node, shell, generatorFile }) => ({
    command: [node, shell],
    environment: { SNOWGLOBE_GENERATOR: generatorFile },
    programs: [node],
  }),

  module: (described, source, { node, shell }) => ({
    command: [node, shell],
    environment: { [SERVICE_VARIABLE]: inJson(source, described) },
    programs: [node],
    ...(described.lanesAre === 'processes' && { mintsElsewhere: true }),
  }),

  /** The driver starts an image beside the recorder, which is told of it as it is described. */
  service(described, source, { node, shell, programOf = programHere }) {
    const started =
      described.command === undefined || described.image !== undefined
        ? undefined
        : programOf(described.command[0]!, described.folder);
    return {
      command: [node, shell],
      environment: {
        [SERVICE_VARIABLE]: inJson(source, {
          ...described,
          ...(started !== undefined && { command: [started, ...described.command!.slice(1)] }),
        }),
      },
      ...(described.folder !== undefined && { folder: described.folder }),
      programs: started === undefined ? [node] : [node, started],
      mintsElsewhere: true,
    };
  },

  native(described, _, { places, programOf = programHere }) {
    const words = described.command ?? [];
    const program = programOf(words[0] ?? '', described.folder);
    const fill = (text: string): string => (places === undefined ? text : fillIn(text, places));
    return {
      command: [program, ...words.slice(1).map(fill)],
      environment: Object.fromEntries(
        Object.entries(described.environment ?? {}).map(([name, text]) => [name, fill(text)]),
      ),
      ...(described.folder !== undefined && { folder: described.folder }),
      programs: [program],
      tcpOnly: true,
    };
  },
};

/** How long a node may take until it serves, on top of what the shell itself takes; the shell tells why it did not. */
export function startsWithinMs(node: NodeKind): number {
  return node.kind === 'service' ? (node.startsWithinMs ?? STARTS_WITHIN_MS) : 0;
}

export function nodeCommand(source: GeneratorSource, around: Around): NodeCommand {
  const { node } = source.generator;
  return (COMMANDS[node.kind] as Make<NodeKind['kind']>)(node, source, around);
}

/** What the shell is told of a node that is plain data. */
function inJson({ generator: { name, layout } }: GeneratorSource, node: NodeKind): string {
  return JSON.stringify({ name, layout, node });
}

/**
 * The program that a word names: a path, from the folder where it is started, or a name on PATH. Throws (exit 2) where
 * there is none, or none that may be run.
 */
export function programHere(word: string, folder = process.cwd()): string {
  if (word.includes('/')) {
    const path = isAbsolute(word) ? word : resolve(folder, word);
    if (isProgram(path)) return path;
    throw badInput(
      `cannot be run: there is no program ${path}.`,
      'Build it, make it executable (chmod +x), or correct the path.',
      word,
    );
  }
  const found = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((each) => join(each, word))
    .find(isProgram);
  if (found !== undefined) return found;
  throw badInput('cannot be run: PATH has no such program.', `Install it, or give a path such as ./${word}.`, word);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
