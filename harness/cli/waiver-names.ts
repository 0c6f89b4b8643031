/** Which generators and scenarios waivers are about: slips are refused, paths become the names of what they lead to. */
import { EXIT, type Problem, problem, refuse } from '../core/errors.ts';
import { nearestName } from '../core/nearest-name.ts';
import type { Waiver } from '../core/waivers.ts';
import { fileOf, generatorFiles, type NamedFile, scenarioFiles } from '../registry.ts';
import type { Ready } from './preflight.ts';

/** What this command runs. */
type Item = Pick<Ready['items'][number], 'reference' | 'scenario' | 'generator'>;

/**
 * Throws for names that are a slip of one that there is. A name that is like none of them may be that of a file which
 * another command runs, and so may a path.
 */
export function withNames(waivers: readonly Waiver[], items: readonly Item[]): readonly Waiver[] {
  const kinds = {
    generator: {
      ran: items.map(({ generator: { generator, file } }) => ({ name: generator.name, file })),
      known: generatorFiles(),
    },
    scenario: {
      ran: items.map(({ reference, scenario: { name } }) => ({ name, file: fileOf(reference) })),
      known: scenarioFiles(),
    },
  } as const;
  const problems: Problem[] = [];
  const nameOf = (kind: keyof typeof kinds, written: string, where: string): string => {
    const { ran, known } = kinds[kind];
    const path = fileOf(written);
    if (path !== undefined) return ran.find(({ file }) => file === path)?.name ?? written;
    const slip = slipOf(written, [...ran, ...known]);
    if (slip !== undefined)
      problems.push(
        problem(
          `There is no ${kind} called "${written}".`,
          `Did you mean ${slip}? One of your own is given by its path, such as ./mine.ts. See \`snowglobe list --${kind}s\`.`,
          where,
        ),
      );
    return written;
  };
  const named = waivers.map((waiver) => ({
    ...waiver,
    generator: nameOf('generator', waiver.generator, waiver.where),
    ...(waiver.scenario !== undefined && { scenario: nameOf('scenario', waiver.scenario, waiver.where) }),
  }));
  refuse(EXIT.badInput, problems);
  return named;
}

function slipOf(written: string, known: readonly Pick<NamedFile, 'name'>[]): string | undefined {
  const names = known.map(({ name }) => name);
  return names.includes(written) ? undefined : nearestName(written, names);
}
