/**
 * Serves a run's metrics over HTTP, on the loopback and nowhere else.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { environmentLacks, messageOf } from '../core/errors.ts';

/** What is served at the moment. */
export interface MetricsSource {
  readonly contentType: string;
  text(): Promise<string>;
}

export interface MetricsServer extends AsyncDisposable {
  /** `http://127.0.0.1:9464/metrics`. */
  readonly url: string;
  /** Serves these from now on. */
  show(source: MetricsSource): void;
  /** Goes on serving for `LINGER_MS`, or until the signal. */
  linger(signal: AbortSignal): Promise<void>;
}

/** How long the figures of a judged run can still be fetched: a scraper that comes each second comes three times. */
export const LINGER_MS = 3000;

const HOST = '127.0.0.1';
const NOTHING_YET: MetricsSource = { contentType: 'text/plain', text: async () => '' };

/** `port` 0: any that is free. Throws (exit 3) where the port cannot be had. */
export async function serveMetrics(port: number): Promise<MetricsServer> {
  let source = NOTHING_YET;
  const server = createServer((request, response) => void answer(source, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(port, error)));
    server.listen(port, HOST, resolve);
  });
  return {
    url: `http://${HOST}:${(server.address() as AddressInfo).port}/metrics`,
    show: (next) => {
      source = next;
    },
    linger: (signal) => sleep(LINGER_MS, undefined, { signal }).catch(() => undefined),
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  source: MetricsSource,
  { method, url }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (method !== 'GET' || url?.split('?')[0] !== '/metrics') {
    response.writeHead(404).end('GET /metrics\n');
    return;
  }
  const text = await source.text();
  response.writeHead(200, { 'content-type': source.contentType }).end(text);
}

function cannotListen(port: number, error: NodeJS.ErrnoException): Error {
  const why = error.code === 'EADDRINUSE' ? 'somebody else listens there' : messageOf(error);
  return environmentLacks(
    `Port ${port} of the loopback cannot be had: ${why}.`,
    'Give another port, or 0 for any that is free.',
    '--metrics-port',
  );
}
