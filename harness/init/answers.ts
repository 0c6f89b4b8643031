/** What `snowglobe init` has to know, and the questions that find it out where flags do not say it. */
import { badInput } from '../core/errors.ts';
import type { Generator } from '../core/generator.ts';
import { isOpaque } from '../core/layout.ts';
import { promisesText } from '../core/promise-list.ts';
import type { WayFlagName, WayWords } from '../core/way-in.ts';
import type { Interview } from './interview.ts';

/** Words of a command line; all that is asked becomes such words, so that both ways are read alike. */
export interface Answers {
  readonly generator: readonly string[];
  readonly way: WayWords;
  readonly nodes: number;
  readonly idsPerSecond: number;
}

export type Given = { readonly [Name in keyof Answers]?: Answers[Name] | undefined };

/** Makes the generator that words describe; throws a SnowglobeError where they describe none. */
export type Make = (generator: readonly string[], way: WayWords) => Promise<Generator>;

export const USUAL = { nodes: 3, idsPerSecond: 100 } as const;

export interface Asking {
  readonly make: Make;
  /** Throws as well where what it starts is not there: that shows before anything else is asked. */
  readonly makeReady: Make;
  /** What was answered the last time. */
  readonly before?: Answers | undefined;
}

/** The first three questions: how it is started and asked. */
export async function askHow(
  interview: Interview,
  given: Given,
  { make, makeReady, before }: Asking,
): Promise<Answers> {
  const { nodes = USUAL.nodes, idsPerSecond = USUAL.idsPerSecond } = given;
  let way: WayWords = given.way ?? {};
  const generator =
    given.generator ??
    (await interview.ask(
      {
        text: '1. What starts a node of your generator?',
        hints: [
          'a command such as ./my-service --port {port}, or PORT={port} WORKER_ID={worker} ./my-service;',
          'image:NAME; http://HOST:PORT of each node that runs already; npm:PACKAGE#export; module:./ids.mjs#export',
        ],
        ...(before !== undefined && { fallback: before.generator.join(' ').replace(/^command:/, '') }),
      },
      async (answer) => {
        const words = withPrefix(answer);
        await makeReady(words, way);
        return words;
      },
    ));
  const answer = async (flag: WayFlagName, text: string, hints: readonly string[], fallback: string): Promise<void> => {
    if (way[flag] !== undefined) return;
    way = await interview.ask({ text, hints, fallback: before?.way[flag]?.[0] ?? fallback }, async (said) => {
      const more = { ...way, [flag]: [said] };
      await make(generator, more);
      return more;
    });
  };
  const { node } = await (given.generator === undefined ? make : makeReady)(generator, way);
  if (node.kind === 'service' && node.ask.over === 'http') {
    await answer(
      'ask',
      '2. How is it asked for an ID?',
      ['a path, such as /id; with {count} where it takes how many, such as /ids?n={count}'],
      '/',
    );
    await answer(
      'ids',
      '3. Where in its answer is the ID?',
      ['auto finds plain text and JSON with id or ids; or json:/data/id, text:id=(\\d+), bytes'],
      'auto',
    );
  }
  return { generator, way, nodes, idsPerSecond };
}

/**
 * The fourth: `guesses` are layouts in which the IDs of a trial are of now; `misfit` says of another one why it does not
 * fit them, undefined: it does, or nobody can tell.
 */
export async function askLayout(
  interview: Interview,
  { generator, way }: Pick<Answers, 'generator' | 'way'>,
  guesses: readonly string[],
  make: Make,
  misfit: (layout: string) => string | undefined = () => undefined,
): Promise<WayWords> {
  if (way.layout !== undefined) return way;
  const said = await interview.ask(
    {
      text: '4. How are the bits of an ID laid out?',
      hints: [
        'a name (snowglobe list --layouts), fields such as time:41@1ms+2020-01-01,worker:10,sequence:12, or unknown',
      ],
      fallback: guesses[0] ?? 'unknown',
    },
    async (said) => {
      const more = said === 'unknown' ? way : { ...way, layout: [said] };
      await make(generator, more);
      return more;
    },
  );
  const why = said.layout === undefined ? undefined : misfit(said.layout[0] ?? '');
  if (why === undefined) return said;
  interview.tell(`  ${why}`);
  const isMeant = await interview.ask(
    { text: 'Take it all the same? (yes, or no to name another)', fallback: 'no' },
    isYes,
  );
  return isMeant ? said : askLayout(interview, { generator, way }, guesses, make, misfit);
}

/** Whether an answer says so. */
export const isYes = (said: string): boolean => /^y/i.test(said);

/** The last two: what it promises, and how much is asked of it. */
export async function askRest(interview: Interview, answers: Answers, given: Given, make: Make): Promise<Answers> {
  const { generator } = answers;
  const { promises, layout } = await make(generator, answers.way);
  const way =
    answers.way.promises !== undefined
      ? answers.way
      : await interview.ask(
          {
            text: '5. What does it promise?',
            hints: [
              `commas between; also increasing-per-node, increasing-across-lives=node, recovers=8000 (ms)${isOpaque(layout) ? '' : ', time-honest=1000 (ms)'}`,
            ],
            fallback: promisesText(promises),
          },
          async (said) => {
            const more = { ...answers.way, promises: [said] };
            await make(generator, more);
            return more;
          },
        );
  if (given.nodes !== undefined && given.idsPerSecond !== undefined) return { ...answers, way };
  const [nodes, idsPerSecond] = await interview.ask(
    {
      text: '6. How many nodes, and how many IDs a second from each?',
      fallback: `${answers.nodes} ${answers.idsPerSecond}`,
    },
    (said) => {
      const [first, second = String(answers.idsPerSecond)] = said.split(/[\s,]+/);
      return [nodesFrom(first ?? ''), rateFrom(second)] as const;
    },
  );
  return { ...answers, way, nodes, idsPerSecond };
}

export function nodesFrom(text: string, where?: string): number {
  const nodes = Number(text);
  if (/^\d+$/.test(text) && nodes >= 1 && nodes <= 64) return nodes;
  throw badInput(`"${text}" is no number of nodes.`, 'Give a whole number from 1 to 64.', where);
}

export function rateFrom(text: string, where?: string): number {
  const rate = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && rate > 0 && rate <= 1_000_000) return rate;
  throw badInput(`"${text}" is no number of IDs a second.`, 'Give a number such as 200.', where);
}

/** Whoever names no way in means a command; URLs are given side by side. */
function withPrefix(answer: string): readonly string[] {
  if (/^https?:/.test(answer)) return answer.split(/\s+/);
  return [/^[a-z]{2,}:/.test(answer) ? answer : `command:${answer}`];
}
