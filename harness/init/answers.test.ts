import { expect, test } from 'vitest';
import { generatorSource } from '../cli/generator-source.ts';
import { SnowglobeError } from '../core/errors.ts';
import type { Given, Make } from './answers.ts';
import { askHow, askLayout, askRest } from './answers.ts';
import type { Interview } from './interview.ts';

const make: Make = async (generator, way) => (await generatorSource(generator, way)).generator;

/** Answers in order; an empty one is the usual one. What is refused is asked again. */
function answering(...answers: readonly string[]): Interview & { readonly asked: string[] } {
  const asked: string[] = [];
  const left = [...answers];
  return {
    asked,
    tell: () => undefined,
    close: () => undefined,
    async ask({ text, fallback }, read) {
      for (;;) {
        const answer = left.shift();
        if (answer === undefined) throw new Error(`nobody answers: ${text}`);
        asked.push(text);
        try {
          return await read(answer === '' ? fallback! : answer);
        } catch (error) {
          if (!(error instanceof SnowglobeError)) throw error;
        }
      }
    },
  };
}

async function all(interview: Interview, given: Given, guesses: readonly string[] = []) {
  const how = await askHow(interview, given, { make, makeReady: make });
  const way = await askLayout(interview, how, guesses, make);
  return askRest(interview, { ...how, way }, given, make);
}

test('six questions, and the usual answers to all but the first', async () => {
  const interview = answering('PORT={port} ./ids', '', '', '', '', '');
  expect(await all(interview, {})).toEqual({
    generator: ['command:PORT={port} ./ids'],
    way: { ask: ['/'], ids: ['auto'], promises: ['unique,fails-closed,faithful-encoding'] },
    nodes: 3,
    idsPerSecond: 100,
  });
  expect(interview.asked.map((text) => text.slice(0, 2))).toEqual(['1.', '2.', '3.', '4.', '5.', '6.']);
});

test('what flags say is not asked', async () => {
  const interview = answering('unique', '5 20');
  const way = { ask: ['/id'], ids: ['text'], layout: ['twitter'] };
  expect(await all(interview, { generator: ['command:./ids {port}'], way })).toMatchObject({
    way: { ...way, promises: ['unique'] },
    nodes: 5,
    idsPerSecond: 20,
  });
  expect(interview.asked).toHaveLength(2);
});

test('the layout in which the IDs are of now is the usual answer', async () => {
  const interview = answering('./ids {port}', '/id', '', '', '', '');
  expect(await all(interview, {}, ['bwmarrin', 'discord'])).toMatchObject({ way: { layout: ['bwmarrin'] } });
});

test('a module is not asked how it is asked', async () => {
  const interview = answering('npm:uuid#v7', 'uuidv7', '', '');
  const { way } = await all(interview, { way: { form: ['uuid'] } });
  expect(way).toEqual({
    form: ['uuid'],
    layout: ['uuidv7'],
    promises: ['unique,fails-closed,well-formed,faithful-encoding'],
  });
});

test('URLs are given side by side', async () => {
  const interview = answering('http://a:1 http://b:2', '/id', '', '', '', '2');
  expect(await all(interview, {})).toMatchObject({ generator: ['http://a:1', 'http://b:2'], nodes: 2 });
});

test('an answer that cannot be meant is asked for again', async () => {
  const interview = answering(
    './ids',
    './ids {port}',
    'id',
    '/id',
    'xml',
    'json:/id',
    'twiter',
    'twitter',
    'uniqe',
    'unique',
    'x',
    '4 9',
  );
  expect(await all(interview, {})).toEqual({
    generator: ['command:./ids {port}'],
    way: { ask: ['/id'], ids: ['json:/id'], layout: ['twitter'], promises: ['unique'] },
    nodes: 4,
    idsPerSecond: 9,
  });
});

test('who answers again finds what was answered before', async () => {
  const before = { generator: ['command:./ids {port}'], way: { ask: ['/old'] }, nodes: 3, idsPerSecond: 100 };
  expect(await askHow(answering('', '', ''), {}, { make, makeReady: make, before })).toMatchObject({
    generator: before.generator,
    way: { ask: ['/old'], ids: ['auto'] },
  });
});

test('a layout that does not fit is asked for again, or taken all the same', async () => {
  const misfit = (layout: string): string | undefined => (layout === 'discord' ? '! It does not fit.' : undefined);
  const asked = (...answers: readonly string[]) =>
    askLayout(answering(...answers), { generator: ['command:./ids {port}'], way: {} }, [], make, misfit);
  expect(await asked('discord', '', 'twitter')).toEqual({ layout: ['twitter'] });
  expect(await asked('discord', 'yes')).toEqual({ layout: ['discord'] });
  expect(await asked('unknown')).toEqual({});
});
