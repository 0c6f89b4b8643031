/**
 * Finds out what the engine's kernel can do to links, in a throw-away container that has no network but its own.
 */
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { TRY_LINKS } from '../agent/link-abilities.ts';
import type { Docker } from './engine.ts';
import { within } from './engine.ts';

const TRIES_MS = 20_000;

/** The line that the trial prints. */
export async function tryLinks(docker: Docker, image: string): Promise<string> {
  const [output, complaints] = [new PassThrough(), new PassThrough()];
  const said = Promise.all([text(output), text(complaints)]);
  const trial = docker.run(image, ['sh', '-c', TRY_LINKS], [output, complaints], {
    User: '0:0',
    HostConfig: {
      AutoRemove: true,
      NetworkMode: 'none',
      CapAdd: ['NET_ADMIN'],
      LogConfig: { Type: 'none', Config: {} },
    },
  });
  try {
    await within(TRIES_MS, trial);
  } finally {
    for (const stream of [output, complaints]) stream.end();
  }
  const [line] = await said;
  return line.trim();
}
