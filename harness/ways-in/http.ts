import { badInput } from '../core/errors.ts';
import type { WayIn } from '../core/way-in.ts';
import { ANY_NODE, madeGenerator, OVER_HTTP } from './shared/made.ts';
import { askOf } from './shared/program.ts';

export default {
  prefix: 'http',
  summary: 'nodes that run already, a URL each: nothing is started, and what clients saw is the evidence',
  example: '--generator http://10.0.0.1:8080 --generator http://10.0.0.2:8080 --ask /id',
  takes: [...OVER_HTTP, ...ANY_NODE],
  several: true,

  make(rest, flags) {
    const urls = rest.split(',').map((text) => urlOf(text.trim()));
    const origins = urls.map(({ origin }) => origin);
    const places = urls.map(placeOf);
    const again = origins.find((_, index) => places.indexOf(places[index] as string) < index);
    if (again !== undefined) throw badInput(`${again} is given twice.`, 'Give each node once.');
    const { lanes } = flags;
    const ask = { ...askOf(flags), path: flags.ask ?? pathOf(urls) };
    return madeGenerator(
      {
        called: (urls[0] as URL).hostname,
        summary: `${origins.length === 1 ? 'a node that runs' : `${origins.length} nodes that run`} at ${origins.join(', ')}`,
        node: { kind: 'service', urls: origins, ask, ...(lanes !== undefined && { lanes }) },
      },
      flags,
    );
  },
} satisfies WayIn;

/** Names of this machine are one place: a node that is asked under two of them would pass for two nodes. */
function placeOf({ hostname, port }: URL): string {
  return `${/^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname) ? 'localhost' : hostname}:${port || 80}`;
}

/** `//host:8080` (of `http://host:8080`), `http://host:8080` or `host:8080`. */
function urlOf(text: string): URL {
  if (/^https:/.test(text))
    throw badInput(
      `${text} is behind TLS, which snowglobe does not speak.`,
      'Give a URL behind the TLS end point: http://….',
    );
  const url = URL.parse(text.startsWith('//') ? `http:${text}` : /^http:/.test(text) ? text : `http://${text}`);
  if (url === null || url.hostname === '' || url.protocol !== 'http:')
    throw badInput(`"${text}" is no URL.`, 'Write the URL of each node: --generator http://10.0.0.1:8080.');
  if (url.username !== '' || url.hash !== '')
    throw badInput(
      `"${text}" has more than a host, a port and a path.`,
      'Give what a request needs beside with --header.',
    );
  return url;
}

/** Who names no path by --ask may have written it behind the hosts: the same one behind each. */
function pathOf(urls: readonly URL[]): string {
  const paths = [...new Set(urls.map(({ pathname, search }) => `${pathname}${search}`))];
  if (paths.length > 1)
    throw badInput(`The URLs have different paths: ${paths.join(', ')}.`, 'Give the path once, with --ask.');
  // What a URL escapes, a template has as braces.
  return (paths[0] as string).replaceAll('%7B', '{').replaceAll('%7D', '}');
}
