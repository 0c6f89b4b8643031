/**
 * A node over HTTP: what it says of itself (the control path) and client requests (the load path), each with
 * connections of its own, so that a queue of client requests never delays the question after its health.
 */
import http from 'node:http';
import type { MintReply, NodeHealth, Taking } from '../../core/cluster.ts';
import { UNPLACED } from '../../core/cluster.ts';
import { receivedBytes, receivedJson } from '../../core/received-ids.ts';
import { z } from '../../core/schema.ts';
import type { RunNs } from '../../core/time.ts';

/** Where a node listens. */
export type NodeAddress = { readonly socketPath: string } | { readonly host: string; readonly port: number };

/**
 * Client requests of one node that may be open at once, each with a connection of its own: a node that is stopped must not
 * eat the harness's sockets. It is also what keeps a node that a busy machine has slowed down from being asked more and
 * more: while it answers 128 requests within their timeout, none of them goes without an answer.
 */
const LOAD_CONNECTIONS = 128;
const CONTROL_CONNECTIONS = 4;

const healthSchema = z.object({
  status: z.enum(['minting', 'waiting', 'refusing']),
  reason: z.string().optional(),
  incarnation: z.int().positive(),
  workerId: z.int().nonnegative().optional(),
  lease: z.string().optional(),
  createRevision: z.string().optional(),
  leaseSpent: z.number().nonnegative().optional(),
  cpuWaitMs: z.number().nonnegative().optional(),
  overflowWaits: z.string().regex(/^\d+$/).optional(),
  wallMs: z.number(),
  monotonicNs: z.string().regex(/^\d+$/),
  monotonicBeforeNs: z.string().regex(/^\d+$/).optional(),
  minted: z.array(z.string().regex(/^\d+$/)),
  pid: z.int().positive().optional(),
});

/** The position of minted IDs in the tap: `incarnation/lane/first/count`. */
const SEQ_HEADER = 'snowglobe-seq';
const SEQ = /^(\d+)\/(\d+)\/(\d+)\/(\d+)$/;

export class NodeClient {
  readonly openMax = LOAD_CONNECTIONS;
  readonly #address: NodeAddress;
  readonly #runNs: (monotonicNs: string) => RunNs;
  readonly #perId: 1 | 2;
  readonly #control = new http.Agent({ keepAlive: true, maxSockets: CONTROL_CONNECTIONS });
  readonly #load = new http.Agent({ keepAlive: true, maxSockets: LOAD_CONNECTIONS, maxFreeSockets: LOAD_CONNECTIONS });

  /** `runNs` turns the node's monotonic clock into run time; `idBits`: how long its IDs are. */
  constructor(address: NodeAddress, runNs: (monotonicNs: string) => RunNs, idBits: 64 | 128 = 64) {
    this.#address = address;
    this.#perId = idBits === 64 ? 1 : 2;
    this.#runNs = runNs;
  }

  /** As `ClusterNode.http`. */
  get http(): string | undefined {
    return 'host' in this.#address ? `http://${this.#address.host}:${this.#address.port}` : undefined;
  }

  /** As `ClusterNode.health`. */
  health(timeoutMs: number): Promise<NodeHealth> {
    return new Promise((resolve, reject) => {
      this.#ask('/health', 'application/json', this.#control, timeoutMs, (answer) => {
        if (answer.kind !== 'answered') return reject(new Error(`no health: ${answer.why}`));
        if (answer.status !== 200) return reject(new Error(`no health: HTTP ${answer.status}`));
        try {
          resolve(this.#readHealth(answer.body));
        } catch (error) {
          reject(new Error('no health: the answer is not what PROTOCOL.md says', { cause: error }));
        }
      });
    });
  }

  /** As `ClusterNode.mint`. */
  mint(count: number, timeoutMs: number, done: (reply: MintReply) => void, taking: Taking = 'count only'): void {
    const accept = taking === 'json' ? 'application/json' : 'application/octet-stream';
    this.#ask(`/ids?count=${count}`, accept, this.#load, timeoutMs, (answer) => {
      done(mintReply(answer, count, this.#perId, taking));
    });
  }

  /** Destroys all connections; requests in flight end with an error or no answer. */
  close(): void {
    this.#control.destroy();
    this.#load.destroy();
  }

  #readHealth(body: Buffer): NodeHealth {
    const { monotonicNs, monotonicBeforeNs, ...said } = healthSchema.parse(JSON.parse(body.toString()));
    const notBefore = monotonicBeforeNs === undefined ? undefined : this.#runNs(monotonicBeforeNs);
    return withoutUndefined({ ...said, at: this.#runNs(monotonicNs), notBefore });
  }

  /** One request; `done` exactly once. When the time is over the socket is destroyed: no later answer can be mistaken. */
  #ask(path: string, accept: string, agent: http.Agent, timeoutMs: number, done: (answer: Answer) => void): void {
    let ended = false;
    const end = (answer: Answer): void => {
      if (ended) return;
      ended = true;
      clearTimeout(timer);
      done(answer);
    };
    const request = http.get({ ...this.#address, path, agent, headers: { accept } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', (error) => end({ kind: 'unanswered', why: error.message }));
      response.on('end', () =>
        end({
          kind: 'answered',
          status: response.statusCode ?? 0,
          seq: response.headers[SEQ_HEADER] as string | undefined,
          body: Buffer.concat(chunks),
        }),
      );
    });
    request.on('error', (error: NodeJS.ErrnoException) =>
      // A connection that was never made carried no request.
      end({ kind: error.syscall === 'connect' ? 'unsent' : 'unanswered', why: error.code ?? error.message }),
    );
    const timer = setTimeout(() => {
      end({ kind: 'unanswered', why: 'timeout' });
      request.destroy();
    }, timeoutMs);
  }
}

/** What became of one request. `unsent`: it certainly never reached the node. `unanswered`: it may have. */
type Answer =
  | { readonly kind: 'answered'; readonly status: number; readonly seq: string | undefined; readonly body: Buffer }
  | { readonly kind: 'unsent' | 'unanswered'; readonly why: string };

function mintReply(answer: Answer, asked: number, perId: 1 | 2, taking: Taking): MintReply {
  if (answer.kind !== 'answered')
    return { status: answer.kind === 'unsent' ? 'error' : 'no answer', reason: answer.why };
  if (answer.status !== 200) return refusal(answer.status, answer.body);
  const parts = SEQ.exec(answer.seq ?? '')
    ?.slice(1)
    .map(Number) as [number, number, number, number] | undefined;
  if (parts === undefined || !parts.every(Number.isSafeInteger)) return { status: 'error', reason: UNPLACED.nowhere };
  const [incarnation, lane, firstSeq, count] = parts;
  const { body } = answer;
  const ids = taking === 'json' ? parseObject(body)['ids'] : undefined;
  const came = taking === 'json' ? (Array.isArray(ids) ? ids.length : -1) : body.length / (8 * perId);
  if (came !== count || count > asked) return { status: 'error', reason: UNPLACED.otherCount };
  const reply: MintReply = { status: 'ok', incarnation, lane, firstSeq, count };
  if (taking === 'count only' || count === 0) return reply;
  const received = taking === 'json' ? receivedJson(ids as readonly unknown[], perId) : receivedBytes(body, perId);
  return { ...reply, received };
}

function refusal(status: number, body: Buffer): MintReply {
  const said = parseObject(body);
  if (status === 503 && typeof said['refused'] === 'string') return { status: 'refused', reason: said['refused'] };
  return { status: 'error', reason: typeof said['error'] === 'string' ? said['error'] : `HTTP ${status}` };
}

function parseObject(body: Buffer): Record<string, unknown> {
  try {
    return Object(JSON.parse(body.toString())) as Record<string, unknown>;
  } catch {
    return {}; // the HTTP status tells enough
  }
}

/** Optional fields are left out, never undefined. */
function withoutUndefined<Whole extends object>(whole: { [Key in keyof Whole]: Whole[Key] | undefined }): Whole {
  return Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined)) as Whole;
}
