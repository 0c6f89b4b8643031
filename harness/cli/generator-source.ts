/** What `--generator` names: a generator by name or path, or a way in with its flags. */
import { existsSync } from 'node:fs';
import type { GeneratorSource } from '../core/driver.ts';
import type { Problem } from '../core/errors.ts';
import { badInput, EXIT, problem, refuse, SnowglobeError } from '../core/errors.ts';
import type { Generator } from '../core/generator.ts';
import { chooseAmong, nearestName } from '../core/nearest-name.ts';
import type { WayFlagName, WayIn, WayWords } from '../core/way-in.ts';
import { WAY_FLAG_NAMES } from '../core/way-in.ts';
import { loadGenerator, loadWaysIn, madeHere } from '../registry.ts';
import { readWayFlags } from './way-flags.ts';

/** A name, a path or a way in, of which some may be given several times; or, by a program, plain data. */
export type GeneratorAsked = string | readonly string[] | Generator;

/** Throws a SnowglobeError for what is none. `where`: what named it. */
export async function generatorSource(
  asked: GeneratorAsked,
  words: WayWords = {},
  where = '--generator',
): Promise<GeneratorSource> {
  if (!isWords(asked)) return { generator: madeHere(asked, where), file: '' };
  const references = [asked].flat();
  const waysIn = await loadWaysIn();
  const [found, ...others] = references.map((reference) => wayInOf(reference, waysIn, where));
  const [first = ''] = references;
  if (references.length > 1) refuseSeveral(references, found, others, where);
  if (found === undefined) {
    refuse(
      EXIT.badInput,
      givenFlags(words).map((flag) => strayFlag(flag, `${first} is a generator of its own`, waysIn)),
    );
    if (/\s/.test(first) && !existsSync(first))
      throw badInput(
        `There is no generator "${first}".`,
        `If it is a command that serves IDs, write command:'${first}'; see \`snowglobe list --generators\`.`,
        where,
      );
    return loadGenerator(first, where);
  }
  const { wayIn } = found;
  refuse(
    EXIT.badInput,
    givenFlags(words)
      .filter((flag) => !wayIn.takes.includes(flag))
      .map((flag) => strayFlag(flag, `${wayIn.prefix}: is another way in`, waysIn)),
  );
  const flags = readWayFlags(words);
  const rest = [found, ...others].map((each) => each?.rest).join(',');
  const generator = placing(where, first, () => wayIn.make(rest, flags));
  return { generator: madeHere(generator, where), file: '', from: references.join(' ') };
}

function isWords(asked: GeneratorAsked): asked is string | readonly string[] {
  return typeof asked === 'string' || Array.isArray(asked);
}

interface Found {
  readonly wayIn: WayIn;
  readonly rest: string;
}

/** Undefined: it is the name or the path of a generator. */
function wayInOf(reference: string, waysIn: ReadonlyMap<string, WayIn>, where: string): Found | undefined {
  const [, prefix, rest = ''] = /^([a-z]{2,}):(.*)$/s.exec(reference) ?? [];
  if (prefix === undefined) return undefined;
  // The error about TLS is that of URLs.
  const wayIn = waysIn.get(prefix === 'https' ? 'http' : prefix);
  if (wayIn !== undefined) return { wayIn, rest: prefix === 'https' ? reference : rest };
  if (existsSync(reference)) return undefined;
  const prefixes = [...waysIn.keys()];
  const nearest = nearestName(prefix, prefixes);
  throw badInput(
    `There is no way in called "${prefix}:".`,
    `${nearest === undefined ? chooseAmong(prefix, prefixes) : `Did you mean ${nearest}:?`} See \`snowglobe list --generators\`.`,
    where,
  );
}

function refuseSeveral(
  references: readonly string[],
  found: Found | undefined,
  others: readonly (Found | undefined)[],
  where: string,
): void {
  if (found?.wayIn.several === true && others.every((other) => other?.wayIn === found.wayIn)) return;
  throw badInput(
    `${references.join(' and ')} are ${references.length} generators, and a run is of one.`,
    'Give one; --matrix generator=A,B runs several side by side. Only the URLs of http: are given one by one.',
    where,
  );
}

function givenFlags(words: WayWords): readonly WayFlagName[] {
  return WAY_FLAG_NAMES.filter((flag) => words[flag] !== undefined);
}

function strayFlag(flag: WayFlagName, because: string, waysIn: ReadonlyMap<string, WayIn>): Problem {
  const takers = [...waysIn.values()].filter(({ takes }) => takes.includes(flag)).map(({ prefix }) => `${prefix}:`);
  return problem(`It goes with ${takers.join(', ')}, and ${because}.`, 'Leave it out.', `--${flag}`);
}

/** Problems that name no place of their own are about what was named. */
function placing<Value>(where: string, reference: string, act: () => Value): Value {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof SnowglobeError)) throw error;
    const place = where.includes(reference) ? where : `${where} ${reference}`;
    throw new SnowglobeError(
      error.exitCode,
      error.problems.map((one) => ({ where: place, ...one })),
    );
  }
}
