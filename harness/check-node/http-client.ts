/** Requests to the checked node, taken as they come: no answer is an observation, not an error. */
import http from 'node:http';
import { monotonicNs } from './clocks.ts';
import type { Exchange, IdsExchange, Reply } from './evidence.ts';

export type Address = { readonly host: string; readonly port: number } | { readonly socketPath: string };

const ANSWER_MS = 10_000;

export interface Asking {
  readonly agent?: http.Agent;
  readonly method?: string;
  readonly accept?: string;
  readonly withinMs?: number;
  /** Called when the head of the answer has come, before anything else happens here. */
  readonly onHead?: (head: Pick<Reply, 'status' | 'headers'>) => void;
}

export function ask(address: Address, path: string, asking: Asking = {}): Promise<Exchange> {
  const { agent, method = 'GET', accept = 'application/json', withinMs = ANSWER_MS, onHead } = asking;
  const sentNs = monotonicNs();
  return new Promise((resolve) => {
    const end = (reply: Reply | undefined, why?: string): void =>
      resolve({ path, sentNs, cameNs: monotonicNs(), reply, ...(why !== undefined && { why }) });
    const signal = AbortSignal.timeout(withinMs);
    const failed = (error: NodeJS.ErrnoException): void =>
      end(undefined, signal.aborted ? `no answer within ${withinMs} ms` : (error.code ?? error.message));
    const headers = { accept };
    const options = { ...address, path, method, signal, headers, agent: agent ?? false };
    const request = http.request(options, (response) => {
      const head = { status: response.statusCode ?? 0, headers: response.headers };
      onHead?.(head);
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', failed);
      response.on('end', () => end({ ...head, body: Buffer.concat(chunks) }));
    });
    request.on('error', failed);
    request.end();
  });
}

const ACCEPT = { json: 'application/json', bytes: 'application/octet-stream' } as const;

/** Asks for IDs. `asked` undefined: the request names no count, and asks for one. */
export async function askForIds(
  address: Address,
  asked: number | undefined,
  as: IdsExchange['as'],
  asking: Asking = {},
): Promise<IdsExchange> {
  const path = asked === undefined ? '/ids' : `/ids?count=${asked}`;
  return { ...(await ask(address, path, { ...asking, accept: ACCEPT[as] })), asked: asked ?? 1, as };
}
