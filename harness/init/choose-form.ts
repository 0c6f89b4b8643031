/** In which form IDs are written that a trial got, read off the answers themselves. Pure. */
import type { Written } from '../core/generator.ts';
import { digestOfBytes, fitting, idReaderOf } from '../core/id-form.ts';
import type { IdForm } from '../core/node-program.ts';
import type { SeenId } from './guess-layout.ts';

/** What an answer gave, and the wall clock when it was asked for and when it came, Unix milliseconds. */
export interface Answer {
  /** As it was given; a number, where only its bits came: of a native node, or of bytes. */
  readonly given: Written | bigint;
  readonly askedMs: number;
  readonly cameMs: number;
}

export interface Reading {
  readonly form: IdForm;
  readonly idBits: 64 | 128;
}

/** An ID that was read, and how it was given. */
export type SeenAnswer = Answer & SeenId;

export interface FoundForm extends Reading {
  readonly seen: readonly SeenAnswer[];
}

/** The most particular first: a number is hexadecimal too. What is no ID in any of them is a text. */
export const READINGS: readonly Reading[] = [
  { form: 'decimal', idBits: 64 },
  { form: 'decimal', idBits: 128 },
  { form: 'uuid', idBits: 128 },
  { form: 'ulid', idBits: 128 },
  { form: 'hex', idBits: 128 },
  { form: 'text', idBits: 128 },
];

/** The first of these in which all of the answers are IDs; undefined: there is none. */
export function chooseForm(answers: readonly Answer[], readings: readonly Reading[]): FoundForm | undefined {
  for (const reading of readings) {
    const seen = answers.flatMap((answer) => {
      const id = read(answer.given, reading);
      return id === undefined ? [] : [{ ...answer, id }];
    });
    if (seen.length === answers.length) return { ...reading, seen };
  }
  return undefined;
}

/** As the recorder and modules read it. Undefined: it is no ID of that form. */
function read(given: Answer['given'], { form, idBits }: Reading): bigint | undefined {
  if (typeof given === 'bigint') return given;
  const { as, words } = given;
  if (as === 'bytes') {
    if (form === 'text') return digestOfBytes(Buffer.from(words, 'hex'));
    return words.length <= idBits / 4 ? BigInt(`0x${words}`) : undefined;
  }
  if (as !== 'text' && form !== 'text') return fitting(BigInt(words), idBits);
  const id = idReaderOf(form, idBits)(words);
  return typeof id === 'bigint' ? id : undefined;
}
