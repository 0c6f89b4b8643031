/** Tries a generator out in the forms in which its IDs may be written, until one can be read. */
import type { Generator } from '../core/generator.ts';
import type { Layout } from '../core/layout.ts';
import { idBitsOf, isOpaque, OPAQUE_128, OPAQUE_64 } from '../core/layout.ts';
import type { IdForm } from '../core/node-program.ts';
import { formOf } from '../core/scope.ts';
import { type Trial, tryOut } from './trial.ts';

export interface FoundForm {
  readonly trial: Trial;
  readonly form: IdForm;
  readonly idBits: 64 | 128;
}

/** The most particular first: a number is hexadecimal too. What is no ID in any of them is a text. */
const FORMS: readonly (readonly [form: IdForm, layout: Layout])[] = [
  ['decimal', OPAQUE_64],
  ['uuid', OPAQUE_128],
  ['ulid', OPAQUE_128],
  ['hex', OPAQUE_128],
  ['decimal', OPAQUE_128],
  ['text', OPAQUE_128],
];

/** What a node says of an answer that it cannot read as IDs of its form. */
const OTHER_FORM = /\bno ID\b|, which is no |looks like form|of the form|does not fit/;

/** Resolves with what it gave, or with why it gave nothing, as a sentence. `said`: the user named the form. */
export async function tryForms(generator: Generator, said: boolean): Promise<FoundForm | string> {
  const own = formOf(generator.node) ?? 'decimal';
  const known = said || !isOpaque(generator.layout) || generator.node.kind === 'native';
  let firstWhy: string | undefined;
  for (const [form, layout] of known ? [[own, generator.layout] as const] : FORMS) {
    const trial = await tryOut(known ? generator : { ...generator, layout, node: withForm(generator.node, form) });
    if (typeof trial !== 'string') return { trial, form, idBits: idBitsOf(layout) };
    firstWhy ??= trial;
    if (!OTHER_FORM.test(trial)) return trial;
  }
  return firstWhy ?? 'It was not tried';
}

function withForm(node: Generator['node'], form: IdForm): Generator['node'] {
  if (node.kind === 'module') return { ...node, form };
  return node.kind === 'service' ? { ...node, ask: { ...node.ask, form } } : node;
}
