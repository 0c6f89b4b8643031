import { badInput } from '../core/errors.ts';
import type { WayIn } from '../core/way-in.ts';
import { ANY_NODE, madeGenerator, OVER_HTTP } from './shared/made.ts';
import { askOf, refuseDeaf } from './shared/program.ts';

/** What a container engine takes for the name of an image: registry, path, tag and digest. */
const IMAGE = /^[a-z0-9][\w.-]*(:\d+)?(\/[a-z0-9][\w.-]*)*(:[\w.-]+)?(@sha256:[0-9a-f]{64})?$/;

export default {
  prefix: 'image',
  summary: 'a container image that serves IDs over HTTP: one container a node (driver docker)',
  example: '--generator image:ghcr.io/acme/ids:1.4 --env PORT={port} --ask /id',
  takes: ['port', 'env', ...OVER_HTTP, ...ANY_NODE],

  make(image, flags) {
    if (!IMAGE.test(image))
      throw badInput(
        `"${image}" is no name of an image.`,
        'Write it as the engine knows it: image:ghcr.io/acme/ids:1.4.',
      );
    const { environment, lanes } = flags;
    const program = { image, ...(environment !== undefined && { environment }) };
    refuseDeaf(program, flags);
    return madeGenerator(
      {
        called: nameOf(image),
        summary: `the image ${image}, asked over HTTP`,
        node: { kind: 'service', ...program, ask: askOf(flags), ...(lanes !== undefined && { lanes }) },
      },
      flags,
    );
  },
} satisfies WayIn;

/** `ids` of `ghcr.io/acme/ids:1.4@sha256:…`. */
function nameOf(image: string): string {
  const [path = ''] = image.split('@');
  return (path.split('/').at(-1) as string).replace(/:[^:]*$/, '');
}
