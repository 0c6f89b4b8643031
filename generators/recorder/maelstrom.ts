/**
 * A Maelstrom node of the workload unique-ids, as it stands: JSON messages, one a line, on its standard input and output
 * (github.com/jepsen-io/maelstrom, doc/protocol.md and doc/workloads.md).
 *
 * Messages between nodes are not delivered: each node lives alone, as behind a partition. Its IDs have to be unique all
 * the same; one that waits for another node does not answer, and the error says what it sent.
 */
import { idReaderOf } from '../../harness/core/id-form.ts';
import type { IdForm } from '../../harness/core/node-program.ts';
import { ServiceFault } from '../../harness/core/service-fault.ts';
import type { Asker } from './asker.ts';
import type { IdBuffer } from './id-buffer.ts';
import { inWords, isObject, JsonNumber, jsonText, type JsonValue, parseJson } from './json.ts';
import { quoted } from './read-ids.ts';

type Message = { readonly [key: string]: JsonValue };

interface Outstanding {
  readonly resolve: (body: Message) => void;
  readonly reject: (error: Error) => void;
}

/** Who asks: a client of the network that there is not. */
const CLIENT = 'c1';

export class MaelstromNode {
  readonly #node: string;
  readonly #write: (line: string) => void;
  readonly #log: (text: string) => void;
  readonly #outstanding = new Map<number, Outstanding>();
  #lastId = 0;
  #undelivered = 0;
  #firstUndelivered = '';

  /** `node`: n0, n1, …; `write` takes a line for its standard input. */
  constructor(node: string, write: (line: string) => void, log: (text: string) => void) {
    this.#node = node;
    this.#write = write;
    this.#log = log;
  }

  /** Sends a request and resolves with the body of its answer, whatever type it has. */
  request(body: { readonly [key: string]: unknown }, timeoutMs: number): Promise<Message> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        // A process that stood still comes to its timers before it looks for what came meanwhile.
        setImmediate(() => {
          if (this.#outstanding.delete(id))
            reject(new ServiceFault('did not answer in time', ` (${timeoutMs} ms)${this.#talk()}`));
        });
      }, timeoutMs);
      const end =
        <T>(act: (value: T) => void) =>
        (value: T): void => {
          clearTimeout(timer);
          this.#outstanding.delete(id);
          act(value);
        };
      this.#outstanding.set(id, { resolve: end(resolve), reject: end(reject) });
      this.#write(JSON.stringify({ id, src: CLIENT, dest: this.#node, body: { ...body, msg_id: id } }));
    });
  }

  /** Takes a line of its standard output. */
  readonly line = (line: string): void => {
    if (line.trim() === '') return;
    const message = messageOf(line);
    if (message === undefined) {
      // It belongs to no request: whoever waits will not be answered.
      const fault = new ServiceFault('wrote a line that is no message of Maelstrom', `: ${quoted(line)}`);
      for (const { reject } of [...this.#outstanding.values()]) reject(fault);
      return;
    }
    const { dest, body } = message;
    if (dest !== CLIENT) return this.#goesNowhere(line);
    const id = body['in_reply_to'];
    if (id instanceof JsonNumber) this.#outstanding.get(Number(id.digits))?.resolve(body);
  };

  #goesNowhere(line: string): void {
    if (this.#undelivered++ > 0) return;
    this.#firstUndelivered = quoted(line);
    this.#log(
      `sent a message to another node, which is not delivered, nor are those after it: ${this.#firstUndelivered}`,
    );
  }

  /** What it said to other nodes, where it did. */
  #talk(): string {
    if (this.#undelivered === 0) return '';
    return `; messages to other nodes are not delivered here, and it sent ${this.#undelivered}, the first ${this.#firstUndelivered}`;
  }
}

/** One lane of asking: as many may be open at once as there are lanes. */
export class MaelstromAsker implements Asker {
  readonly #node: MaelstromNode;
  readonly #read: (value: JsonValue) => bigint | string;
  readonly #timeoutMs: number;

  constructor(node: MaelstromNode, form: IdForm, idBits: 64 | 128, timeoutMs: number) {
    this.#node = node;
    this.#read = readerOf(form, idBits);
    this.#timeoutMs = timeoutMs;
  }

  /** A request is answered with one ID. */
  async ask(_: number, into: IdBuffer): Promise<void> {
    const body = await this.#node.request({ type: 'generate' }, this.#timeoutMs);
    if (body['type'] !== 'generate_ok') throw faultOf('generate', body);
    const { id } = body;
    if (id === undefined || id === null || id === '')
      throw new ServiceFault('answered no ID where one should be', `: generate_ok without one, ${jsonText(body)}`);
    const value = this.#read(id);
    if (typeof value === 'string')
      throw new ServiceFault('answered what is no ID', `: ${quoted(jsonText(id))} ${value}`);
    into.push(value, typeof id === 'string' ? id : jsonText(id));
  }

  close(): void {
    // Its process is ended by whoever started it.
  }
}

/** Begins the life of a node among others. */
export async function initialize(node: MaelstromNode, index: number, nodes: number, timeoutMs: number): Promise<void> {
  const names = Array.from({ length: nodes }, (_, each) => `n${each}`);
  const body = await node.request({ type: 'init', node_id: `n${index}`, node_ids: names }, timeoutMs);
  if (body['type'] !== 'init_ok') throw faultOf('init', body);
}

function faultOf(request: string, body: Message): ServiceFault {
  if (body['type'] !== 'error')
    return new ServiceFault(`answered ${request} with another type of message`, `: ${quoted(jsonText(body))}`);
  const { code = null, text = null } = body;
  return new ServiceFault(`answered ${request} with an error`, `: code ${inWords(code)}, ${inWords(text)}`);
}

/** Texts and numbers are read by their form; as `text` anything is an ID, told apart by how it is written. */
function readerOf(form: IdForm, idBits: 64 | 128): (value: JsonValue) => bigint | string {
  const read = idReaderOf(form, idBits);
  return (value) => {
    if (typeof value === 'string') return read(value);
    if (form === 'text') return read(jsonText(value).replaceAll(/\s/g, '_'));
    if (value instanceof JsonNumber && form === 'decimal') return read(value.digits);
    return `is no ID of the form ${form}; ask.form text takes any`;
  };
}

function messageOf(line: string): { readonly dest: JsonValue | undefined; readonly body: Message } | undefined {
  try {
    const value = parseJson(line);
    const body = isObject(value) ? value['body'] : undefined;
    return isObject(value) && body !== undefined && isObject(body) ? { dest: value['dest'], body } : undefined;
  } catch {
    return undefined;
  }
}
