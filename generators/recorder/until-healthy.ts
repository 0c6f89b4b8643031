/** Waits until a service serves. */
import { connect } from 'node:net';
import { messageOf } from '../../harness/core/errors.ts';
import type { HttpAsk } from '../../harness/core/node-program.ts';
import { ServiceFault } from '../../harness/core/service-fault.ts';
import { type Address, authorityOf, HttpConnection } from './http-connection.ts';
import { quoted } from './read-ids.ts';

const POLL_MS = 25;
/** How long one look may take. */
const LOOK_MS = 1000;

export interface Waiting {
  /** Where it may listen; the first that answers is where it is asked. */
  readonly addresses: readonly Address[];
  readonly health: HttpAsk['health'];
  readonly withinMs: number;
  /** How the process ended, if it did. */
  readonly ended: Promise<string>;
  readonly lastWords: () => string;
  /** What it has to do, as a sentence without its end. */
  readonly remedy: string;
  readonly sleep: (ms: number) => Promise<void>;
}

/** Resolves with where it serves; rejects with a ServiceFault where it does not in time, or ends. */
export async function untilHealthy(waiting: Waiting): Promise<Address> {
  const { addresses, health, withinMs, lastWords, sleep } = waiting;
  let end: string | undefined;
  waiting.ended.then(
    (how) => (end = how),
    (error: unknown) => (end = `it could not be started: ${messageOf(error)}`),
  );
  const until = performance.now() + withinMs;
  let said = '';
  for (;;) {
    for (const address of addresses) {
      const problem = health === undefined ? await look(address) : await ask(address, health);
      if (end !== undefined) throw new ServiceFault('ended before it served', `: ${end}`);
      if (problem === undefined) return address;
      // That nobody listens at the second place says less than what the first one says.
      if (address === addresses[0]) said = problem;
    }
    if (performance.now() > until) break;
    await sleep(POLL_MS);
  }
  const where = authorityOf(addresses[0]!);
  const what = health === undefined ? `a connection to ${where}` : `GET http://${where}${health}`;
  throw new ServiceFault(
    `did not serve within ${withinMs / 1000} s`,
    `: ${what} ${said}${lastWords()}. ${waiting.remedy}`,
  );
}

/** What may still listen of a service that was just killed is gone by then. */
const LEAVES_MS = 1000;

/**
 * Before a service is started at a port that it was not given by us: whoever listens there already would be asked in its
 * place, and be taken for it. Rejects with a ServiceFault where somebody does, and does not go.
 */
export async function untilFree(addresses: readonly Address[], sleep: Waiting['sleep']): Promise<void> {
  const until = performance.now() + LEAVES_MS;
  for (const address of addresses)
    while ((await look(address)) === undefined) {
      if (performance.now() > until)
        throw new ServiceFault(
          'cannot be started',
          `: another process listens at ${address.host}:${address.port} already. End it, or let the service listen at {port}`,
        );
      await sleep(POLL_MS);
    }
}

/** What keeps it from being connected to; undefined: nothing. */
function look({ host, port }: Address): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: LOOK_MS });
    const end = (problem: string | undefined): void => {
      socket.destroy();
      resolve(problem);
    };
    socket.on('connect', () => end(undefined));
    socket.on('timeout', () => end('was not answered'));
    socket.on('error', (error: NodeJS.ErrnoException) => end(`failed (${error.code ?? error.message})`));
  });
}

async function ask(address: Address, path: string): Promise<string | undefined> {
  const connection = new HttpConnection(address);
  try {
    const request = `GET ${path} HTTP/1.1\r\nhost: ${authorityOf(address)}\r\nconnection: close\r\n\r\n`;
    const { status, body } = await connection.request(Buffer.from(request, 'latin1'), LOOK_MS);
    return status >= 200 && status < 300 ? undefined : `was answered HTTP ${status} (${quoted(body.toString())})`;
  } catch (error) {
    if (!(error instanceof ServiceFault)) throw error;
    return `failed: it ${error.message.slice('the service '.length)}`;
  } finally {
    connection.close();
  }
}
