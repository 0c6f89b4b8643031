/**
 * An image of the user's, in which a service or a native node runs as it stands.
 */
import { badInput, environmentLacks } from '../../core/errors.ts';
import type { Program } from '../agent/clocks/program.ts';
import type { Engine } from './engine.ts';
import { DEFAULT_PATH, ImageFiles, programInside } from './image-files.ts';
import { hasImage, pull, registryProblem } from './images.ts';

export interface UserImage {
  readonly reference: string;
  /** What it was when it was looked at: a reference may name another one tomorrow. */
  readonly id: string;
  /** Its entrypoint, and its own command where none replaces that. */
  readonly words: readonly string[];
  /** What its first word starts. */
  readonly program: Program;
}

export interface AskedImage {
  readonly reference: string;
  /** What replaces its own command, as the words after the image in `docker run`. */
  readonly command?: readonly string[];
  readonly labels: Record<string, string>;
  /** For copies of its files. */
  readonly folder: string;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Looks at it before anything starts; pulls one that is not here where its registry answers, and says so. */
export async function userImage(engine: Engine, asked: AskedImage): Promise<UserImage> {
  const { docker } = engine;
  const { reference } = asked;
  if (!(await hasImage(docker, reference))) await fetch(engine, asked);
  const { Id, Architecture, Os, Config } = (await docker.getImage(reference).inspect()) as ImageFacts;
  if (Os !== 'linux' || Architecture !== engine.architecture)
    throw environmentLacks(
      `The image ${reference} is for ${Os}/${Architecture}, and the engine runs linux/${engine.architecture}.`,
      `Build it for this machine, or pull it so: docker pull --platform linux/${engine.architecture} ${reference}.`,
    );
  const words = [...(Config.Entrypoint ?? []), ...(asked.command === undefined ? (Config.Cmd ?? []) : [])];
  const [word] = [...words, ...(asked.command ?? [])];
  if (word === undefined)
    throw badInput(
      'has no command: neither ENTRYPOINT nor CMD.',
      'Give one: "command" in the generator, or CMD in its Dockerfile.',
      reference,
    );
  await using files = await ImageFiles.of(docker, reference, asked.labels, asked.folder);
  const path = Config.Env?.find((entry) => entry.startsWith('PATH='))?.slice('PATH='.length) ?? DEFAULT_PATH;
  const { program } = await programInside(word, {
    image: reference,
    files,
    mounted: [],
    path,
    folder: Config.WorkingDir || '/',
  });
  return { reference, id: Id, words, program };
}

interface ImageFacts {
  readonly Id: string;
  readonly Architecture: string;
  readonly Os: string;
  readonly Config: {
    readonly Entrypoint?: readonly string[] | null;
    readonly Cmd?: readonly string[] | null;
    readonly Env?: readonly string[] | null;
    readonly WorkingDir?: string;
  };
}

async function fetch({ docker }: Engine, { reference, log, signal }: AskedImage): Promise<void> {
  const unreachable = await registryProblem(docker, reference);
  const remedy = `Build it (docker build -t ${reference} .), or pull it (docker pull ${reference}).`;
  if (unreachable !== undefined)
    throw environmentLacks(
      `The image ${reference} is not on this machine, and its registry does not give it: ${unreachable}.`,
      remedy,
    );
  log(`docker: pulling ${reference} …`);
  await pull(docker, reference, signal, remedy);
  log(`docker: ${reference} is here`);
}
