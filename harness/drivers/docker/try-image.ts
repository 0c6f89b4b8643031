/**
 * Finds out what the engine's kernel can do to links and disks, in a throw-away container that has no network but its own.
 */
import { once } from 'node:events';
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
    slowSync === undefined ? [] : trialCommand({ launcher: slowSync, delayFile: delayFileIn('/tmp') }, 'node');
  const script = disk.length === 0 ? TRY_LINKS : `${TRY_LINKS}\nexec 2>&1 "$@"`;
  const [output, complaints] = [new PassThrough(), new PassThrough()];
  const said = Promise.all([text(output), text(complaints)]);
  const container = await docker.createContainer({
    Image: image,
    Cmd: ['sh', '-c', script, 'trial', ...disk],
    User: '0:0',
    HostConfig: {
      AutoRemove: true,
      NetworkMode: 'none',
      CapAdd: ['NET_ADMIN'],
      LogConfig: { Type: 'none', Config: {} },
    },
  });
  const stream = await container.attach({ stream: true, stdout: true, stderr: true });
  container.modem.demuxStream(stream, output, complaints);
  try {
    // It has ended when its output has. To wait for the container would be too late where it is removed already.
    const ended = once(stream, 'end');
    await within(TRIES_MS, Promise.all([ended, container.start()]));
  } finally {
    for (const one of [output, complaints]) one.end();
  }
  const [links = '', ...rest] = (await said)[0].split('\n');
  return { links: links.trim(), disk: rest.join('\n') };
}
