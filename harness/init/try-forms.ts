/** Tries a generator out once, and reads what it gave in the forms in which IDs may be written. */
import type { Generator } from '../core/generator.ts';
import { idBitsOf, isOpaque, OPAQUE_128 } from '../core/layout.ts';
import { formOf } from '../core/scope.ts';
import { chooseForm, type FoundForm, READINGS } from './choose-form.ts';
import { shownId } from './shown-id.ts';
import { tryOut } from './trial.ts';

export interface FoundOut extends FoundForm {
  /** What the quickest answer took, in milliseconds, recorder included. */
  readonly tookMs: number;
}

/**
 * Resolves with what it gave, or with why it gave nothing that can be read, as a sentence. `said`: the user named the form;
 * his layout is that of the generator, where it is not opaque.
 */
export async function tryForms(generator: Generator, said: boolean): Promise<FoundOut | string> {
  const { node, layout } = generator;
  const own = { form: formOf(node) ?? 'decimal', idBits: idBitsOf(layout) } as const;
  const isBytes = node.kind === 'service' && node.ask.over === 'http' && node.ask.ids?.startsWith('bytes') === true;
  const isKnown = said || isBytes || node.kind === 'native';
  const trial = await tryOut(isKnown ? generator : anyText(generator));
  if (typeof trial === 'string') return trial;
  const { answers, tookMs } = trial;
  // Nothing is read out of a digest: where there is a layout, texts are not what it is about.
  const readings = isOpaque(layout)
    ? READINGS
    : READINGS.filter(({ form, idBits }) => form !== 'text' && idBits === own.idBits).concat(
        own.idBits === 64 ? [{ form: 'hex', idBits: 64 }] : [],
      );
  const found = chooseForm(answers, isKnown ? [own] : readings);
  if (found !== undefined) return { ...found, tookMs };
  const shown = answers.map(({ given }) => shownId(given)).join(', ');
  if (isKnown) return `${shown}: that is not of the form ${own.form}, in the ${own.idBits} bits of its layout`;
  const other = chooseForm(answers, READINGS);
  return `${shown}: that is of ${other === undefined || other.form === 'text' ? 'no known form, and no layout' : `the form ${other.form} and ${other.idBits} bits, and not the layout`} that you gave is read out of it; leave --layout out`;
}

/** Whatever it gives is taken. */
function anyText(generator: Generator): Generator {
  const { node } = generator;
  if (node.kind === 'module') return { ...generator, layout: OPAQUE_128, node: { ...node, form: 'text' } };
  if (node.kind !== 'service') return generator;
  return { ...generator, layout: OPAQUE_128, node: { ...node, ask: { ...node.ask, form: 'text' } } };
}
