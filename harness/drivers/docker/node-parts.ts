/**
 * What runs in the containers of a run's nodes, by what its generator is: looked at, and found able to run, before any
 * container starts.
 */
import { realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve, sep } from 'node:path';
import type { GeneratorSource } from '../../core/driver.ts';
import { badInput } from '../../core/errors.ts';
import type { NodeKind } from '../../core/generator.ts';
import { IMAGE_PORT, type Program as DescribedProgram, type Template } from '../../core/node-program.ts';
import type { Places } from '../../core/template.ts';
import type { Program } from '../agent/clocks/program.ts';
import { type NodeCommand, nodeCommand, programHere } from '../agent/node-command.ts';
import { DEFAULT_PATH, ImageFiles, programInside } from './image-files.ts';
import type { Engine } from './engine.ts';
import { NODE_IN_IMAGE, NODE_PORT, RECORDER_PORT } from './members.ts';
import { codeFolders, moduleFolders, outermost } from './mounts.ts';
import { type UserImage, userImage } from './user-image.ts';

/** An image of the user's in the pods of nodes. */
export interface ImageInPod {
  readonly image: UserImage;
  /** In place of its own command. */
  readonly command: readonly Template[];
  readonly environment: Readonly<Record<string, Template>>;
  /** Where it has to serve. */
  readonly port: number;
  /** It is the node; else it is a service behind a recorder. */
  readonly isNode: boolean;
}

export interface NodeParts {
  /** All that read a node's clock. */
  readonly programs: readonly Program[];
  /** How the process in the run's own image is started; of a node that is an image itself, nothing is. */
  readonly command: (places: Places) => NodeCommand;
  /** Folders of this machine that nodes see, read-only and at their own paths. */
  readonly folders: readonly string[];
  /** Files among them that are held against what is inside. */
  readonly files: readonly string[];
  /** Where the node serves. */
  readonly port: number;
  readonly inPod?: ImageInPod;
  /** As `NodeCommand.mintsElsewhere`. */
  readonly mintsElsewhere: boolean;
}

export interface PartsContext {
  readonly engine: Engine;
  /** The run's own image. */
  readonly image: string;
  readonly shell: string;
  readonly source: GeneratorSource;
  readonly labels: Record<string, string>;
  readonly folder: string;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

type Found = Omit<NodeParts, 'command' | 'port' | 'mintsElsewhere'> & {
  /** The program of a command, as it is inside. */
  readonly started?: string;
  readonly runsIn?: string;
};

type Find<Kind extends NodeKind['kind']> = (
  node: Extract<NodeKind, { readonly kind: Kind }>,
  context: PartsContext,
) => Promise<Found>;

const FIND: { readonly [Kind in NodeKind['kind']]: Find<Kind> } = {
  async shell(_, { source }) {
    const file = realpathSync(source.file);
    return { programs: [NODE_IN_IMAGE], folders: codeFolders([file]), files: [file] };
  },

  module: async ({ module }) => ({
    programs: [NODE_IN_IMAGE],
    folders: moduleFolders(module, process.cwd()),
    files: [],
    runsIn: process.cwd(),
  }),

  async service(node, context) {
    if (node.image === undefined) {
      const found = await commandParts(node, context);
      return { ...found, programs: [NODE_IN_IMAGE, ...found.programs] };
    }
    const port = node.ask.over === 'http' ? (node.ask.port ?? IMAGE_PORT) : IMAGE_PORT;
    if (TAKEN.includes(port))
      throw badInput(
        `is a port that snowglobe itself needs beside the service.`,
        'Have it listen at another.',
        String(port),
      );
    const inPod = await imageParts(node, context, { port, isNode: false });
    return { programs: [NODE_IN_IMAGE, inPod.image.program], folders: [], files: [], inPod };
  },

  async native(node, context) {
    if (node.image === undefined) return commandParts(node, context);
    const inPod = await imageParts(node, context, { port: NODE_PORT, isNode: true });
    return { programs: [inPod.image.program], folders: [], files: [], inPod };
  },
};

/** In the network that the containers of a pod share: of the agent, and of the recorder. */
const TAKEN: readonly number[] = [5106, RECORDER_PORT];

export async function nodeParts(context: PartsContext): Promise<NodeParts> {
  const { source, shell } = context;
  const { node } = source.generator;
  const { started, runsIn, ...found } = await (FIND[node.kind] as Find<NodeKind['kind']>)(node, context);
  const generatorFile = source.file === '' ? '' : realpathSync(source.file);
  const command = (places?: Places): NodeCommand => ({
    ...nodeCommand(source, {
      node: 'node',
      shell,
      generatorFile,
      ...(places !== undefined && { places }),
      programOf: () => started as string,
    }),
    ...(runsIn !== undefined && { folder: runsIn }),
  });
  return {
    ...found,
    folders: outermost([...codeFolders([shell]), ...found.folders]),
    port: node.kind === 'service' ? RECORDER_PORT : NODE_PORT,
    command,
    mintsElsewhere: command().mintsElsewhere === true,
  };
}

function imageParts(
  { image, command, environment = {} }: DescribedProgram,
  { engine, labels, folder, log, signal }: PartsContext,
  where: Pick<ImageInPod, 'port' | 'isNode'>,
): Promise<ImageInPod> {
  const reference = image as string;
  const asked = { reference, ...(command !== undefined && { command }), labels, folder, log, signal };
  return userImage(engine, asked).then((found) => ({ image: found, command: command ?? [], environment, ...where }));
}

/** A command of this machine, in the run's own image: its folder is mounted, what the system has is looked for inside. */
async function commandParts({ command, folder }: DescribedProgram, context: PartsContext): Promise<Found> {
  const word = command?.[0] ?? '';
  if (folder !== undefined && isOfSystem(folder))
    throw badInput(
      'is a folder of the system, which a container has of its own.',
      'Move the program to another.',
      folder,
    );
  const runsIn = folder ?? (isOfSystem(process.cwd()) ? sep : process.cwd());
  const path = word.includes('/') ? (isAbsolute(word) ? word : resolve(folder ?? process.cwd(), word)) : undefined;
  const isMounted = path !== undefined && !isOfSystem(path);
  if (isMounted) programHere(path);
  const folders = outermost([
    ...(isOfSystem(runsIn) ? [] : [runsIn]),
    ...(isMounted ? [dirname(path), dirname(realpathSync(path))].filter((each) => !isOfSystem(each)) : []),
  ]);
  const { engine, image, labels } = context;
  await using files = await ImageFiles.of(engine.docker, image, labels, context.folder);
  const inside = { image, files, mounted: folders, path: DEFAULT_PATH, folder: runsIn };
  const { path: started, program } = await programInside(path ?? word, inside);
  return { programs: [program], folders, files: [], started, runsIn };
}

/** What every image has of its own: to cover it would take from the container what it runs by. */
const SYSTEM = ['bin', 'boot', 'dev', 'etc', 'lib', 'lib64', 'proc', 'run', 'sbin', 'snowglobe', 'sys', 'usr', 'var'];

function isOfSystem(path: string): boolean {
  const [, top] = join(path).split(sep);
  return top === '' || top === undefined || SYSTEM.includes(top);
}
