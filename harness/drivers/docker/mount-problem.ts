/**
 * What stands in the way where the engine has other files than this process: it runs on another machine, or this process
 * runs in a container, as jobs of CI systems do, and the engine beside it or around it. Pure.
 */
import { environmentLacks, type SnowglobeError } from '../../core/errors.ts';

const CAUSE = 'The engine looks for it on its own machine; this process is on another one, or in a container itself.';
const REMEDY =
  "Mount the folder into the job's container at the same path that it has on the engine's machine " +
  '(docker run -v "$PWD:$PWD" -w "$PWD"; in a desktop engine, share it in its settings), or take --driver local.';

/** In the words of Docker, of its desktop editions and of Podman. */
const REFUSALS = [
  /bind source path does not exist: (\S+)/,
  /Mounts denied:[^/]*(\/\S+)/i,
  /(?:path )?(\/\S+) is not shared from the host/,
  /statfs (\S+): no such file or directory/,
];

/** A refusal to mount, in words; undefined: the engine refused something else. */
export function mountRefused(message: string): SnowglobeError | undefined {
  const folder = REFUSALS.map((refusal) => refusal.exec(message)?.[1]).find((found) => found !== undefined);
  if (folder === undefined) return undefined;
  return environmentLacks(`The Docker engine does not find ${folder.replace(/[.,:;]+$/, '')}. ${CAUSE}`, REMEDY);
}

/** The mount held, and what was written inside was not read here. `said`: the last words of the container. */
export function notReadOutside(folder: string, withinMs: number, said: string): SnowglobeError {
  const words = said === '' ? '' : ` The container said: ${said}`;
  return environmentLacks(
    `A file written in a container at a mount of ${folder} was not read there within ${withinMs / 1000} s. ${CAUSE}${words}`,
    REMEDY,
    folder,
  );
}

/** The mount held, and a file of the code is another one inside, or is not there. */
export function otherFileInside(file: string): SnowglobeError {
  return environmentLacks(`In a container ${file} is not the file that it is here. ${CAUSE}`, REMEDY, file);
}
