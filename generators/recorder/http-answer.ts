/**
 * Reads an answer of HTTP/1.1 (RFC 9112) or HTTP/1.0 from the bytes of a connection, however they are cut. Pure.
 *
 * An own one, because the recorder stands in the way of every request: it is a third of the work that Node's client is,
 * and it knows exactly what came and what did not.
 */

/** A head, and a body, that are longer do not end. */
const HEAD_MAX = 64 * 1024;
export const BODY_MAX = 16 * 1024 * 1024;

const STATUS_LINE = /^HTTP\/1\.([01]) (\d{3})(?: |$)/;
const HEAD_END = Buffer.from('\r\n\r\n');
const LINE_END = Buffer.from('\r\n');
const EMPTY = Buffer.alloc(0);

/** Thrown where what came is no answer; the message continues "the service …". */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** How the end of the body is told. */
type Framing =
  { readonly kind: 'length'; readonly bytes: number } | { readonly kind: 'chunked' } | { readonly kind: 'close' };

export class HttpAnswer {
  status = 0;
  readonly headers = new Map<string, string>();
  /** Whole when `push` or `ended` returned true. */
  body: Buffer = EMPTY;
  /** Whether the connection may carry another request. */
  keepAlive = false;
  /** What came and is not read yet. */
  #rest: Buffer = EMPTY;
  #framing: Framing | undefined;
  readonly #parts: Buffer[] = [];
  #bodyBytes = 0;
  /** Any byte of it came. */
  hasBegun = false;

  /** Takes what came; whether the answer is whole. */
  push(bytes: Buffer): boolean {
    this.hasBegun = true;
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    while (this.#framing === undefined) {
      const end = this.#rest.indexOf(HEAD_END);
      if (end === -1) {
        this.#assertHttp();
        return false;
      }
      this.#readHead(this.#rest.toString('latin1', 0, end));
      this.#rest = this.#rest.subarray(end + HEAD_END.length);
    }
    return this.#readBody(this.#framing);
  }

  /** The connection has ended; whether that makes the answer whole. */
  ended(): boolean {
    if (this.#framing?.kind !== 'close') return false;
    this.#whole();
    return true;
  }

  #assertHttp(): void {
    const start = this.#rest.toString('latin1', 0, 'HTTP/1.'.length);
    if (!'HTTP/1.'.startsWith(start)) throw new NoAnswer('does not speak HTTP/1.1');
    // It would be waited for in vain.
    if (this.#rest.includes('\n\n'))
      throw new NoAnswer('ends the lines of its head with \\n alone, and HTTP/1.1 wants \\r\\n');
    if (this.#rest.length > HEAD_MAX) throw new NoAnswer(`answered a head of more than ${HEAD_MAX} bytes`);
  }

  #readHead(head: string): void {
    const [first = '', ...lines] = head.split('\r\n');
    const [, minor, status] = STATUS_LINE.exec(first) ?? [];
    if (status === undefined) throw new NoAnswer('does not speak HTTP/1.1');
    this.status = Number(status);
    this.headers.clear();
    for (const line of lines) {
      const colon = line.indexOf(':');
      if (colon > 0) this.headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
    }
    if (this.status < 200) return; // a provisional answer: the final one follows
    const connection = this.headers.get('connection')?.toLowerCase() ?? '';
    this.keepAlive = minor === '1' ? !connection.includes('close') : connection.includes('keep-alive');
    this.#framing = this.#framingOf();
  }

  #framingOf(): Framing {
    if (this.status === 204 || this.status === 304) return { kind: 'length', bytes: 0 };
    if (this.headers.get('transfer-encoding')?.toLowerCase().includes('chunked') === true) return { kind: 'chunked' };
    const length = this.headers.get('content-length');
    if (length === undefined) {
      this.keepAlive = false;
      return { kind: 'close' };
    }
    if (!/^\d+$/.test(length)) throw new NoAnswer(`answered the content-length ${JSON.stringify(length.slice(0, 40))}`);
    return { kind: 'length', bytes: Number(length) };
  }

  #readBody(framing: Framing): boolean {
    switch (framing.kind) {
      case 'length': {
        assertFits(framing.bytes);
        this.#take(Math.min(framing.bytes - this.#bodyBytes, this.#rest.length));
        if (this.#bodyBytes < framing.bytes) return false;
        break;
      }
      case 'chunked':
        if (!this.#readChunks()) return false;
        break;
      case 'close':
        this.#take(this.#rest.length);
        return false;
    }
    this.#whole();
    return true;
  }

  /** Whether the last chunk is read, and what may follow it. */
  #readChunks(): boolean {
    for (;;) {
      const end = this.#rest.indexOf(LINE_END);
      if (end === -1) return false;
      const [size = ''] = this.#rest.toString('latin1', 0, end).split(';');
      if (!/^[0-9a-f]{1,8}\s*$/i.test(size)) throw new NoAnswer('answered chunks without a length');
      const length = Number.parseInt(size, 16);
      assertFits(this.#bodyBytes + length);
      const after = end + LINE_END.length;
      if (length === 0) {
        // Trailers, if any, end with an empty line.
        const trailersEnd = this.#rest.subarray(end).indexOf(HEAD_END);
        if (trailersEnd === -1) return false;
        this.#rest = this.#rest.subarray(end + trailersEnd + HEAD_END.length);
        return true;
      }
      if (this.#rest.length < after + length + LINE_END.length) return false;
      this.#rest = this.#rest.subarray(after);
      this.#take(length);
      this.#rest = this.#rest.subarray(LINE_END.length);
    }
  }

  #take(length: number): void {
    this.#bodyBytes += length;
    assertFits(this.#bodyBytes);
    this.#parts.push(this.#rest.subarray(0, length));
    this.#rest = this.#rest.subarray(length);
  }

  #whole(): void {
    this.body = this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts);
    if (this.#rest.length > 0) this.keepAlive = false; // nobody asked for what follows
  }
}

function assertFits(bytes: number): void {
  if (bytes > BODY_MAX) throw new NoAnswer(`answered without an end: a body of more than ${BODY_MAX >> 20} MiB`);
}
