/** What a real process said before it ended by itself, read from its log. */
import { readFile } from 'node:fs/promises';
import type { SnowglobeError } from '../../core/errors.ts';
import { badInput } from '../../core/errors.ts';
import { GENERATOR_FAULT, remedyFor } from '../../core/minter-problem.ts';

/** By which the shell begins the line that says why it ends; a stack may follow. */
const SHELL_ENDS = 'snowglobe node: ';

/** How the engine or the kernel tells of ends that were asked for: by SIGKILL, by SIGTERM, or in order. */
const ASKED_FOR: readonly (number | string)[] = [0, 128 + 9, 128 + 15, 'SIGKILL', 'SIGTERM'];

/** Exit code or signal, in words; undefined where somebody asked for this end. */
export function endInWords(end: number | string | null): string | undefined {
  if (end === null || ASKED_FOR.includes(end)) return undefined;
  return typeof end === 'number' ? `exit ${end}` : end;
}

/** `how`: as `endInWords` says. What `ClusterNode.lastWords` resolves to. */
export async function lastWords(how: string | undefined, log: string): Promise<string | undefined> {
  if (how === undefined) return undefined;
  const said = lastLine(await readFile(log, 'utf8').catch(() => ''));
  return said === undefined ? how : `${how}, ${said}`;
}

/** The line in which the shell says why it ends, or whatever came last. */
export function lastLine(log: string): string | undefined {
  const lines = log.split('\n').filter((line) => line.trim() !== '');
  const ends = lines.findLast((line) => line.startsWith(SHELL_ENDS));
  return ends?.slice(SHELL_ENDS.length) ?? lines.at(-1);
}

/** That the generator cannot be run at all, where the log of a node says so; `file` is the generator's. */
export function generatorFault(log: string, file: string): SnowglobeError | undefined {
  const said = lastLine(log);
  if (said?.startsWith(GENERATOR_FAULT) !== true) return undefined;
  const fault = said.slice(GENERATOR_FAULT.length);
  return badInput(`${fault}.`, remedyFor(fault), file);
}
