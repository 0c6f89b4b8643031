/**
 * One member's JSON gateway: requests, streams of lines, and what became of them.
 */
import http from 'node:http';
import { messageOf } from '../core/errors.ts';

/** gRPC codes with which etcd says that it did not carry out a request. Others (unavailable, deadline …) leave it open. */
const DEFINITE_CODES = new Set([3, 5, 6, 7, 8, 9, 11, 12, 16]);

/** What became of one attempt. `unsent`: it never left this process. `unknown`: it may have been carried out. */
export type Outcome =
  | { readonly kind: 'answered'; readonly body: unknown }
  | { readonly kind: 'refused'; readonly why: string; readonly code: number }
  | { readonly kind: 'unsent' | 'unknown'; readonly why: string };

/** One member's client URL, with connections of its own. */
export class Endpoint {
  readonly name: string;
  readonly #agent = new http.Agent({ keepAlive: true });
  readonly #target: http.RequestOptions;

  constructor(name: string) {
    this.name = name;
    this.#target = parseEndpoint(name);
  }

  /** Sends one request; never rejects. When the time is over, the socket is destroyed: a paused member must not keep it. */
  post(path: string, body: unknown, timeoutMs: number): Promise<Outcome> {
    return new Promise((resolve) => {
      let connected = false;
      const request = this.#request(path, body, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', fail);
        response.on('end', () => {
          clearTimeout(timer);
          resolve(outcomeOf(response.statusCode ?? 0, Buffer.concat(chunks).toString()));
        });
      });
      function fail(error: Error): void {
        clearTimeout(timer);
        resolve({ kind: connected ? 'unknown' : 'unsent', why: error.message });
      }
      const timer = setTimeout(
        () => request.destroy(new Error(`no answer within ${Math.round(timeoutMs)} ms`)),
        timeoutMs,
      );
      request.on('socket', (socket) => {
        if (socket.connecting) socket.once('connect', () => (connected = true));
        else connected = true;
      });
      request.on('error', fail);
    });
  }

  /** The text at a path; rejects when it is not there in whole within `timeoutMs`. */
  text(path: string, timeoutMs: number): Promise<string> {
    return new Promise((resolve, reject) => {
      const signal = AbortSignal.timeout(timeoutMs);
      const request = http.get({ ...this.#target, path, agent: this.#agent, signal }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const body = Buffer.concat(chunks).toString();
          if (response.statusCode === 200) resolve(body);
          else reject(new Error(`HTTP ${response.statusCode}: ${body}`));
        });
      });
      request.on('error', reject);
    });
  }

  /** Opens a stream of JSON lines. The caller listens for `close` and destroys it. */
  stream(path: string, body: unknown, onLine: (line: string) => void): http.ClientRequest {
    const request = this.#request(path, body, (response) => {
      response.setEncoding('utf8');
      let rest = '';
      response.on('data', (chunk: string) => {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() as string;
        for (const line of lines) if (line !== '' && !request.destroyed) onLine(line);
      });
      response.on('error', () => request.destroy());
      response.on('end', () => request.destroy());
    });
    return request;
  }

  close(): void {
    this.#agent.destroy();
  }

  #request(path: string, body: unknown, onResponse: (response: http.IncomingMessage) => void): http.ClientRequest {
    const bytes = Buffer.from(JSON.stringify(body));
    const headers = { 'content-type': 'application/json', 'content-length': bytes.length };
    const request = http.request({ ...this.#target, path, method: 'POST', agent: this.#agent, headers }, onResponse);
    request.end(bytes);
    return request;
  }
}

/** Where an endpoint's requests go; throws a RangeError that says what an endpoint looks like. */
export function parseEndpoint(endpoint: string): http.RequestOptions {
  if (endpoint.startsWith('unix:')) return { socketPath: endpoint.slice('unix:'.length), host: 'localhost' };
  const url = URL.parse(endpoint);
  if (url?.protocol !== 'http:')
    throw new RangeError(`etcd endpoint '${endpoint}' is neither http://host:port nor unix:/path`);
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: url.port };
}

function outcomeOf(status: number, text: string): Outcome {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    return { kind: 'unknown', why: `HTTP ${status} with a body that is no JSON: ${messageOf(error)}` };
  }
  // Streaming calls put the error into a body of its own shape, with HTTP 200 when they had begun to answer.
  const { error, code, message } = body as ErrorReply;
  if (status === 200 && error === undefined) return { kind: 'answered', body };
  const nested = typeof error === 'object' ? error : undefined;
  const grpcCode = code ?? nested?.grpc_code ?? 2;
  const why = message ?? nested?.message ?? (typeof error === 'string' ? error : `HTTP ${status}`);
  return DEFINITE_CODES.has(grpcCode) ? { kind: 'refused', why, code: grpcCode } : { kind: 'unknown', why };
}

interface ErrorReply {
  readonly error?: string | { readonly grpc_code?: number; readonly message?: string };
  readonly code?: number;
  readonly message?: string;
}
