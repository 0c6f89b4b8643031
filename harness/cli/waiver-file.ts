/** Reads a file of waivers: a list, in YAML or in JSON, which is YAML too. */
import { readFileSync, statSync } from 'node:fs';
import type { Document } from 'yaml';
import { badInput, EXIT, messageOf, problem, refuse } from '../core/errors.ts';
import { readWaivers, type Waiver, type WrittenWaiver } from '../core/waivers.ts';

/** Throws one error with all that is wrong. `today`: `2026-11-22`, by UTC. Without a file there are none. */
export async function loadWaivers(file: string | undefined, today: string): Promise<readonly Waiver[]> {
  if (file === undefined) return [];
  const { waivers, problems } = readWaivers(await parseWaivers(textOf(file), file), today);
  refuse(EXIT.badInput, problems);
  return waivers;
}

function textOf(file: string): string {
  const state = statSync(file, { throwIfNoEntry: false });
  if (state === undefined || state.isDirectory())
    throw badInput(
      state === undefined ? `There is no file ${file}.` : `${file} is a folder.`,
      'Give the path of a YAML or JSON file.',
      '--waivers',
    );
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw badInput(
      `Waivers cannot be read: ${messageOf(error)}.`,
      'Give the path of a YAML or JSON file.',
      '--waivers',
    );
  }
}

/** The items of the list, each with its line. */
async function parseWaivers(text: string, file: string): Promise<readonly WrittenWaiver[]> {
  // Loaded here: few runs have such a file.
  const { isNode, isSeq, LineCounter, parseDocument } = await import('yaml');
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const wrong = [...document.errors, ...document.warnings].map(({ message, pos }) =>
    problem(`is neither YAML nor JSON: ${message}.`, 'Mend the file.', `${file}:${lines.linePos(pos[0]).line}`),
  );
  refuse(EXIT.badInput, wrong);
  const { contents } = document;
  if (!isSeq(contents))
    throw badInput('is no list of waivers.', 'Write one waiver below the other, each with a dash before it.', file);
  const values = valueOf(document, file);
  return contents.items.map((item, index) => {
    const at = isNode(item) ? item.range?.[0] : undefined;
    return { value: values[index], where: at === undefined ? file : `${file}:${lines.linePos(at).line}` };
  });
}

/** Aliases are followed here, and those that would fill the memory refused. */
function valueOf(document: Pick<Document, 'toJS'>, file: string): readonly unknown[] {
  try {
    return document.toJS() as readonly unknown[];
  } catch (error) {
    throw badInput(`cannot be read: ${messageOf(error)}.`, 'Mend the file.', file);
  }
}
