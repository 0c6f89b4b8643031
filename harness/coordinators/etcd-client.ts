/**
 * etcd v3 over its JSON gateway, with deadlines on the monotonic clock.
 *
 * It runs inside nodes whose wall clock is being stepped and frozen, so nothing here reads a wall clock: a client that
 * keeps its deadlines in `Date` would turn a clock fault into a network fault. 64-bit values stay decimal strings.
 */
import type { MemberStatus, Syncs } from '../core/cluster.ts';
import type { Compare, Coordination, Grant, KeyValue, Operation, TxnResult } from '../core/generator.ts';
import { CoordinationRefused, CoordinationTimeout } from './coordination-errors.ts';
import { Endpoint } from './etcd-endpoint.ts';

export interface EtcdClientOptions {
  /** `http://host:port` or `unix:/path/to.sock`, tried in this order; the client stays with one that answers. */
  readonly endpoints: readonly string[];
  /** How long one endpoint may stay silent before the next is tried. */
  readonly attemptMs?: number;
}

/** A change of a key under a watched prefix. */
export interface WatchEvent {
  readonly what: 'put' | 'delete';
  readonly key: string;
  /** The revision of the change. */
  readonly revision: string;
  /** The key after a put, before a delete. */
  readonly keyValue: KeyValue;
}

/** The data are older than they were: what a watch told of later revisions is not so any more. */
export interface WentBack {
  /** The greatest revision that was seen before. */
  readonly before: string;
  readonly revision: string;
  /** The keys under the prefix as they are now. */
  readonly keys: readonly KeyValue[];
}

/** What a watcher hears of. */
export interface WatchListener {
  onEvent(event: WatchEvent): void;
  /** The cluster was heard: what it had told is still so. */
  onHeard?(revision: string): void;
  onWentBack?(told: WentBack): void;
}

export interface EndpointStatus extends MemberStatus {
  readonly version: string;
}

/** After a whole round of endpoints that failed at once, a pause: a dead cluster is not to be hammered. */
const ROUND_PAUSE_MS = 20;
/** A watch that said nothing for this long has its member asked whether it still serves. */
const WATCH_SILENCE_MS = 500;
const WATCH_PROBE_MS = 1000;

const NOT_FOUND = 5;

/** One client for a whole cluster; safe for concurrent calls. */
export class EtcdClient implements Coordination {
  readonly #endpoints: readonly Endpoint[];
  readonly #attemptMs: number;
  #current = 0;

  constructor(options: EtcdClientOptions) {
    if (options.endpoints.length === 0) throw new RangeError('an etcd client needs at least one endpoint');
    this.#endpoints = options.endpoints.map((name) => new Endpoint(name));
    this.#attemptMs = options.attemptMs ?? 400;
  }

  async range(prefix: string, deadlineMs: number): Promise<readonly KeyValue[]> {
    const reply = await this.#call<RangeReply>('/v3/kv/range', prefixRange(prefix), deadlineMs, 'repeatable');
    return (reply.kvs ?? []).map(keyValue);
  }

  async txn(
    compares: readonly Compare[],
    onSuccess: readonly Operation[],
    onFailure: readonly Operation[],
    deadlineMs: number,
  ): Promise<TxnResult> {
    const body = {
      compare: compares.map(encodeCompare),
      success: onSuccess.map(encodeOperation),
      failure: onFailure.map(encodeOperation),
    };
    const reply = await this.#call<TxnReply>('/v3/kv/txn', body, deadlineMs, 'once');
    const responses = reply.responses ?? [];
    const found = responses.map((response) => response.response_range?.kvs?.[0]);
    const taken = reply.succeeded === true ? onSuccess : onFailure;
    return {
      succeeded: reply.succeeded === true,
      revision: reply.header.revision,
      got: found.map((kv) => (kv === undefined ? undefined : keyValue(kv))),
      deleted: taken.flatMap((operation, i) =>
        'delete' in operation && Number(responses[i]?.response_delete_range?.deleted ?? 0) > 0
          ? [operation.delete]
          : [],
      ),
    };
  }

  async grant(ttlMs: number, deadlineMs: number): Promise<Grant> {
    const reply = await this.#call<GrantReply>('/v3/lease/grant', { TTL: Math.ceil(ttlMs / 1000) }, deadlineMs, 'once');
    return { id: reply.ID, ttlMs: Number(reply.TTL) * 1000 };
  }

  async keepAlive(lease: string, deadlineMs: number): Promise<number> {
    try {
      const reply = await this.#call<KeepAliveReply>('/v3/lease/keepalive', { ID: lease }, deadlineMs, 'repeatable');
      // A lease that is gone is answered by a result without a TTL. An answer without a result says nothing of it.
      if (reply.result === undefined) throw new CoordinationTimeout('the answer to a keep-alive has no result');
      return Number(reply.result.TTL ?? 0) * 1000;
    } catch (error) {
      if (isNotFound(error)) return 0;
      throw error;
    }
  }

  async revoke(lease: string, deadlineMs: number): Promise<void> {
    try {
      await this.#call('/v3/lease/revoke', { ID: lease }, deadlineMs, 'repeatable');
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  /** A linearizable read of a prefix, with the newest revision. */
  async state(prefix: string, deadlineMs: number): Promise<{ revision: string; keys: readonly KeyValue[] }> {
    return stateOf(await this.#call<RangeReply>('/v3/kv/range', prefixRange(prefix), deadlineMs, 'repeatable'));
  }

  /** All data as they are now, in the form in which etcd restores them. */
  async snapshot(deadlineMs: number): Promise<Buffer> {
    // An endpoint that has answered a linearizable read is not behind.
    await this.state('o/', deadlineMs);
    const endpoint = this.#endpoints[this.#current] as Endpoint;
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let isWhole = false;
      const stream = endpoint.stream('/v3/maintenance/snapshot', {}, (line) => {
        const { result } = JSON.parse(line) as SnapshotReply;
        if (result?.blob !== undefined) chunks.push(Buffer.from(result.blob, 'base64'));
        // The digest comes last, by itself.
        isWhole = result?.blob !== undefined && BigInt(result.remaining_bytes ?? 0) === 0n;
      });
      const timer = setTimeout(() => stream.destroy(), deadlineMs);
      stream.once('error', () => {}); // told by 'close' as well, which always comes
      stream.once('close', () => {
        clearTimeout(timer);
        const snapshot = Buffer.concat(chunks);
        // Pages, and a digest of 32 bytes: what etcdutl looks at, too.
        if (isWhole && snapshot.length % 512 === 32) resolve(snapshot);
        else reject(new CoordinationTimeout(`${endpoint.name}: the snapshot broke off after ${snapshot.length} bytes`));
      });
    });
  }

  /** Asks one endpoint alone. Rejects when it says nothing of itself within `timeoutMs`. */
  async status(endpoint: string, timeoutMs: number): Promise<EndpointStatus> {
    const target = this.#endpoint(endpoint);
    const [status, read] = await Promise.all([
      target.post('/v3/maintenance/status', {}, timeoutMs),
      target.post('/v3/kv/range', { key: base64('o/') }, timeoutMs),
    ]);
    if (status.kind !== 'answered') throw new CoordinationTimeout(`${endpoint}: ${status.why}`);
    const said = status.body as StatusReply;
    return {
      leader: said.header.member_id === said.leader,
      serving: read.kind === 'answered',
      version: said.version,
    };
  }

  /** Asks one endpoint alone for its own measurement of the syncs of its log (etcd_disk_wal_fsync_duration_seconds). */
  async syncs(endpoint: string, timeoutMs: number): Promise<Syncs> {
    const target = this.#endpoint(endpoint);
    const metrics = await target.text('/metrics', timeoutMs);
    const metric = (part: string): number =>
      Number(new RegExp(`^etcd_disk_wal_fsync_duration_seconds_${part} (\\S+)$`, 'm').exec(metrics)?.[1]);
    const [count, totalMs] = [metric('count'), metric('sum') * 1000];
    if (Number.isNaN(count + totalMs)) throw new Error(`${endpoint} does not tell how long its disk takes`);
    return { count, totalMs };
  }

  /**
   * Watches a prefix from the first revision on, without a gap: when a member falls silent or goes away, it goes on with
   * another from the revision after the last one seen. When the data have gone back, that is told, and it goes on from
   * there. Resolves when aborted; rejects when history was compacted away.
   */
  async watch(prefix: string, listener: WatchListener, signal: AbortSignal): Promise<void> {
    let nextRevision = 1n;
    let greatest = 0n;
    const heard = (revision: string): void => {
      if (BigInt(revision) > greatest) greatest = BigInt(revision);
      listener.onHeard?.(revision);
    };
    for (let round = 0; !signal.aborted; round++) {
      const endpoint = this.#endpoints[(this.#current + round) % this.#endpoints.length] as Endpoint;
      // Linearizable: a revision that is lower than one that was seen is no member that lags.
      const read = await endpoint.post('/v3/kv/range', prefixRange(prefix), WATCH_PROBE_MS);
      if (read.kind === 'answered') {
        const { revision, keys } = stateOf(read.body as RangeReply);
        if (BigInt(revision) < greatest) {
          listener.onWentBack?.({ before: String(greatest), revision, keys });
          greatest = BigInt(revision);
          nextRevision = greatest + 1n;
        }
        heard(revision);
        await this.#watchOne(endpoint, prefix, nextRevision, signal, heard, (event) => {
          nextRevision = BigInt(event.revision) + 1n;
          heard(event.revision);
          listener.onEvent(event);
        });
      }
      if (!signal.aborted) await sleep(ROUND_PAUSE_MS);
    }
  }

  /** Closes idle connections. Calls in flight end by themselves. */
  close(): void {
    for (const endpoint of this.#endpoints) endpoint.close();
  }

  /**
   * Sends a request until it is answered or the deadline is over. A request that is to be sent `once` is sent again only
   * when the attempt before certainly never left this process.
   */
  async #call<Reply>(path: string, body: unknown, deadlineMs: number, mode: 'once' | 'repeatable'): Promise<Reply> {
    const end = monotonicMs() + deadlineMs;
    let mayHaveHappened = false;
    let why = 'the deadline was over at the start';
    for (let attempt = 1; ; attempt++) {
      const left = end - monotonicMs();
      if (left <= 0) throw mayHaveHappened ? new CoordinationTimeout(why) : new CoordinationRefused(why);
      const index = this.#current;
      const endpoint = this.#endpoints[index] as Endpoint;
      const outcome = await endpoint.post(path, body, Math.min(left, this.#attemptMs));
      if (outcome.kind === 'answered') return outcome.body as Reply;
      why = `${endpoint.name}${path}: ${outcome.why}`;
      if (outcome.kind === 'refused') throw refusedBy(why, outcome.code);
      if (this.#current === index) this.#current = (index + 1) % this.#endpoints.length;
      if (outcome.kind === 'unknown') {
        if (mode === 'once') throw new CoordinationTimeout(why);
        mayHaveHappened = true;
      }
      if (attempt % this.#endpoints.length === 0)
        await sleep(Math.min(ROUND_PAUSE_MS, Math.max(0, end - monotonicMs())));
    }
  }

  #endpoint(name: string): Endpoint {
    const found = this.#endpoints.find((candidate) => candidate.name === name);
    if (found === undefined) throw new RangeError(`${name} is not an endpoint of this client`);
    return found;
  }

  /** One watch stream; resolves when it ends, rejects when what it says cannot be used. */
  #watchOne(
    endpoint: Endpoint,
    prefix: string,
    fromRevision: bigint,
    signal: AbortSignal,
    onHeard: (revision: string) => void,
    onEvent: (event: WatchEvent) => void,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      let heardAt = monotonicMs();
      let probing = false;
      const create = { ...prefixRange(prefix), start_revision: fromRevision.toString(), prev_kv: true };
      const stream = endpoint.stream('/v3/watch', { create_request: create }, (line) => {
        heardAt = monotonicMs();
        try {
          const result = (JSON.parse(line) as WatchReply).result;
          if (result?.compact_revision !== undefined)
            throw new Error(`etcd compacted the revisions before ${result.compact_revision}: owner events are lost`);
          if (result === undefined || result.canceled === true) stream.destroy();
          for (const event of result?.events ?? []) onEvent(watchEvent(event));
        } catch (error) {
          reject(error);
          stream.destroy();
        }
      });
      // A member that was paused or cut keeps its side of the connection: silence has to be looked into.
      const watchdog = setInterval(async () => {
        if (probing || monotonicMs() - heardAt < WATCH_SILENCE_MS) return;
        probing = true;
        const probe = await endpoint.post('/v3/kv/range', { key: base64(prefix) }, WATCH_PROBE_MS);
        probing = false;
        if (probe.kind !== 'answered') stream.destroy();
        else {
          heardAt = monotonicMs();
          if (!stream.destroyed) onHeard((probe.body as RangeReply).header.revision);
        }
      }, WATCH_SILENCE_MS);
      const abort = (): void => void stream.destroy();
      signal.addEventListener('abort', abort, { once: true });
      stream.once('error', () => {}); // told by 'close' as well, which always comes
      stream.once('close', () => {
        clearInterval(watchdog);
        signal.removeEventListener('abort', abort);
        resolve();
      });
    });
  }
}

function refusedBy(why: string, code: number): CoordinationRefused {
  return new CoordinationRefused(why, { cause: code });
}

function isNotFound(error: unknown): boolean {
  return error instanceof CoordinationRefused && error.cause === NOT_FOUND;
}

const COMPARE_RESULT = { '=': 'EQUAL', '<': 'LESS', '>': 'GREATER' } as const;

function encodeCompare(compare: Compare): unknown {
  const common = { key: base64(compare.key), result: COMPARE_RESULT[compare.op] };
  switch (compare.target) {
    case 'create':
      return { ...common, target: 'CREATE', create_revision: compare.revision };
    case 'mod':
      return { ...common, target: 'MOD', mod_revision: compare.revision };
    case 'value':
      return { ...common, target: 'VALUE', value: base64(compare.value) };
  }
}

function encodeOperation(operation: Operation): unknown {
  if ('put' in operation) {
    const put = { key: base64(operation.put), value: base64(operation.value) };
    return { request_put: operation.lease === undefined ? put : { ...put, lease: operation.lease } };
  }
  if ('get' in operation) return { request_range: { key: base64(operation.get) } };
  return { request_delete_range: { key: base64(operation.delete) } };
}

/** A prefix as etcd's half-open range of keys. */
function prefixRange(prefix: string): { key: string; range_end: string } {
  // A range from the zero byte to the zero byte is, to etcd, all keys.
  if (prefix === '') return { key: base64('\0'), range_end: base64('\0') };
  const end = Buffer.from(prefix);
  end[end.length - 1] = (end[end.length - 1] as number) + 1; // no key of ours ends in 0xff: they are ASCII
  return { key: base64(prefix), range_end: end.toString('base64') };
}

function watchEvent(event: RawEvent): WatchEvent {
  const deleted = event.type === 'DELETE';
  const key = text(event.kv.key);
  const revision = event.kv.mod_revision;
  const before = event.prev_kv;
  if (deleted && before === undefined) throw new Error(`etcd told the deletion of ${key} without what was deleted`);
  return { what: deleted ? 'delete' : 'put', key, revision, keyValue: keyValue(deleted && before ? before : event.kv) };
}

function keyValue(kv: RawKeyValue): KeyValue {
  return {
    key: text(kv.key),
    value: text(kv.value ?? ''),
    createRevision: kv.create_revision ?? '0',
    modRevision: kv.mod_revision,
    lease: kv.lease ?? '0',
  };
}

const stateOf = ({ header, kvs = [] }: RangeReply): { revision: string; keys: readonly KeyValue[] } => ({
  revision: header.revision,
  keys: kvs.map(keyValue),
});
const base64 = (plain: string): string => Buffer.from(plain).toString('base64');
const text = (encoded: string): string => Buffer.from(encoded, 'base64').toString();
const monotonicMs = (): number => performance.now();
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

// What the gateway answers. It leaves out fields that are zero, false or empty.
interface Header {
  readonly revision: string;
  readonly member_id: string;
}
interface RawKeyValue {
  readonly key: string;
  readonly value?: string;
  readonly create_revision?: string;
  readonly mod_revision: string;
  readonly lease?: string;
}
interface RangeReply {
  readonly header: Header;
  readonly kvs?: readonly RawKeyValue[];
}
interface TxnReply {
  readonly header: Header;
  readonly succeeded?: boolean;
  readonly responses?: readonly {
    readonly response_range?: Pick<RangeReply, 'kvs'>;
    /** A count of none is left out. */
    readonly response_delete_range?: { readonly deleted?: string };
  }[];
}
interface SnapshotReply {
  readonly result?: { readonly remaining_bytes?: string; readonly blob?: string };
}
interface GrantReply {
  readonly ID: string;
  readonly TTL: string;
}
interface KeepAliveReply {
  readonly result?: { readonly TTL?: string };
}
interface StatusReply {
  readonly header: Header;
  readonly version: string;
  readonly leader?: string;
}
interface RawEvent {
  readonly type?: 'DELETE';
  readonly kv: RawKeyValue;
  readonly prev_kv?: RawKeyValue;
}
interface WatchReply {
  readonly result?: {
    readonly canceled?: boolean;
    readonly compact_revision?: string;
    readonly events?: readonly RawEvent[];
  };
}
