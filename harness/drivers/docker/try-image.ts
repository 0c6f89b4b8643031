/**
 * Finds out what the engine's kernel can do to links and disks, in a throw-away container that has no network but its own.
 */
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { TRY_LINKS } from '../agent/link-abilities.ts';
import { delayFileIn, trialCommand } from '../agent/disks/slow-sync.ts';
import type { Docker } from './engine.ts';
import { within } from './engine.ts';

const TRIES_MS = 20_000;

/** What the trials print. */
export interface Tried {
  readonly links: string;
  /** Empty without a launcher. */
  readonly disk: string;
}

/** `slowSync`: the launcher that slows disks, as it lies in the image. */
export async function tryImage(docker: Docker, image: string, slowSync: string | undefined): Promise<Tried> {
  const disk =
    slowSync === undefined ? ['true'] : trialCommand({ launcher: slowSync, delayFile: delayFileIn('/tmp') }, 'node');
  const [output, complaints] = [new PassThrough(), new PassThrough()];
  const said = Promise.all([text(output), text(complaints)]);
  const trial = docker.run(
    image,
    ['sh', '-c', `${TRY_LINKS}\nexec 2>&1 "$@"`, 'trial', ...disk],
    [output, complaints],
    {
      User: '0:0',
      HostConfig: {
        AutoRemove: true,
        NetworkMode: 'none',
        CapAdd: ['NET_ADMIN'],
        LogConfig: { Type: 'none', Config: {} },
      },
    },
  );
  try {
    await within(TRIES_MS, trial);
  } finally {
    for (const stream of [output, complaints]) stream.end();
  }
  const [links = '', ...rest] = (await said)[0].split('\n');
  return { links: links.trim(), disk: rest.join('\n') };
}
