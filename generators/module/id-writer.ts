/** Turns what a function returned into the bits of an ID, or says why it is none. */
import type { Written } from '../../harness/core/generator.ts';
import { inWords } from '../../harness/core/holding-problem.ts';
import { digestOfBytes, fitting, idReaderOf, likelyForm, type ReadId } from '../../harness/core/id-form.ts';
import { returnedNoId } from '../../harness/core/minter-problem.ts';
import type { IdForm } from '../../harness/core/node-program.ts';

/**
 * - a string: by its form. A bigint: as it is; a negative one is its two's complement.
 * - bytes (Buffer, Uint8Array): a big-endian number, no longer than an ID; in form `text` any, of which a digest is kept.
 * - a number: a whole one from 0 on, as it is, and -1, which stands for no ID (`fails-closed` judges it). One that is no
 *   safe integer (above 2^53 - 1) is kept as the number that it is, and told of in `inNumbers`.
 */
export class IdWriter {
  /** Since the last `aim`, a number was written that is no safe integer. */
  inNumbers = false;
  /** What was written since the last `aim`, as it was given; undefined where that is not kept. */
  written: Written[] | undefined;
  readonly #form: IdForm;
  readonly #idBits: 64 | 128;
  readonly #perId: 1 | 2;
  readonly #read: ReadId;
  readonly #idBytes: number;
  /** The first complaint of each kind: what is said of calls is counted by its words, which must not be endless. */
  readonly #complaints = new Map<string, string>();
  #into: BigUint64Array = new BigUint64Array(0);
  #bytes: Uint8Array = new Uint8Array(0);

  constructor(form: IdForm, idBits: 64 | 128, asWritten = false) {
    if (asWritten) this.written = [];
    this.#form = form;
    this.#idBits = idBits;
    this.#perId = idBits === 64 ? 1 : 2;
    this.#idBytes = idBits / 8;
    this.#read = idReaderOf(form, idBits);
  }

  /** Where the next IDs go. */
  aim(into: BigUint64Array): void {
    this.#into = into;
    this.#bytes = new Uint8Array(into.buffer, into.byteOffset, into.byteLength);
    this.inNumbers = false;
    if (this.written !== undefined) this.written = [];
  }

  /** Writes the ID in place `at`; undefined: it is written, else why it is none. */
  write(given: unknown, at: number): string | undefined {
    const wrong = this.#write(given, at);
    if (wrong === undefined) this.written?.push(asGiven(given));
    return wrong;
  }

  #write(given: unknown, at: number): string | undefined {
    if (typeof given === 'string') {
      const id = this.#read(given);
      return typeof id === 'bigint' ? this.#put(id, at) : this.#complain('string', () => stray(given, id, this.#form));
    }
    if (typeof given === 'bigint') {
      const id = fitting(given, this.#idBits);
      return id === undefined ? this.#tooLong(given) : this.#put(id, at);
    }
    if (typeof given === 'number') return this.#number(given, at);
    if (given instanceof Uint8Array) return this.#bigEndian(given, at);
    const what = inWords(given);
    return this.#complain(what, () => `${what}, and no ID`);
  }

  #number(given: number, at: number): string | undefined {
    if (!Number.isInteger(given) || given < -1)
      return this.#complain('number', () => `the number ${given}, which is no ID`);
    const id = fitting(BigInt(given), this.#idBits);
    if (id === undefined) return this.#tooLong(given);
    if (!Number.isSafeInteger(given)) this.inNumbers = true;
    return this.#put(id, at);
  }

  #bigEndian(given: Uint8Array, at: number): string | undefined {
    if (given.length === 0) return this.#complain('bytes', () => 'no bytes, and no ID');
    if (this.#form === 'text') return this.#put(digestOfBytes(given), at);
    if (given.length > this.#idBytes)
      return this.#complain(
        'bytes',
        () =>
          `${given.length} bytes, and an ID of its layout has ${this.#idBytes}; of form text, a digest of any number is kept`,
      );
    // Memory has the lowest byte first, and the low word of two.
    const first = at * this.#idBytes;
    for (let from = 0, to = first + given.length; from < given.length; from++) this.#bytes[--to] = given[from]!;
    this.#bytes.fill(0, first + given.length, first + this.#idBytes);
    return undefined;
  }

  #put(id: bigint, at: number): undefined {
    if (this.#perId === 1) this.#into[at] = id;
    else {
      this.#into[2 * at] = id; // takes the low 64 bits
      this.#into[2 * at + 1] = id >> 64n;
    }
  }

  #tooLong(given: bigint | number): string {
    return this.#complain(
      'too long',
      () => `the ${typeof given} ${given}, which does not fit into ${this.#idBits} bits`,
    );
  }

  #complain(kind: string, what: () => string): string {
    const known = this.#complaints.get(kind);
    if (known !== undefined) return known;
    const complaint = returnedNoId(what());
    this.#complaints.set(kind, complaint);
    return complaint;
  }
}

function asGiven(given: unknown): Written {
  if (given instanceof Uint8Array) return { as: 'bytes', words: Buffer.from(given).toString('hex') };
  if (typeof given === 'number') return { as: 'number', words: String(BigInt(given)) };
  return { as: typeof given === 'bigint' ? 'bigint' : 'text', words: String(given) };
}

/** Of a text that is long, as a page is, its beginning. */
const SHOWN_MAX = 60;

function stray(text: string, why: string, asked: IdForm): string {
  const shown = JSON.stringify(text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text);
  const form = likelyForm(text);
  return `the text ${shown}, which ${why}${form === undefined || form === asked ? '' : `, and looks like form ${form}`}`;
}
