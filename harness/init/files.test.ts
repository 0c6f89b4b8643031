import fc from 'fast-check';
import { expect, test } from 'vitest';
import { generatorSource } from '../cli/generator-source.ts';
import { generatorFileSchema } from '../core/generator-schema.ts';
import { scenarioSchema } from '../core/scenario.ts';
import type { WayWords } from '../core/way-in.ts';
import { loadScenario } from '../registry.ts';
import { generatorFile, jsonText, scenarioFile } from './files.ts';

async function files(asked: string, way: WayWords = {}) {
  const { generator } = await generatorSource(asked, way);
  const wanted = {
    generator,
    layout: way.layout?.[0],
    nodes: 3,
    idsPerSecond: 100,
    like: await loadScenario('first-look'),
    generatorSchema: 'g',
    scenarioSchema: 's',
    folder: '..',
    seen: (path: string) => `SEEN:${path}`,
  };
  const { $schema: _, ...described } = generatorFile(wanted) as { $schema: string };
  const { $schema: __, ...scenario } = scenarioFile(wanted) as { $schema: string };
  return { generator: generatorFileSchema.parse(described), scenario: scenarioSchema.parse(scenario) };
}

test('a command is started where init was', async () => {
  const { generator, scenario } = await files('command:./ids {port}');
  expect(generator).toMatchObject({ layout: 'opaque', node: { command: ['./ids', '{port}'], folder: '..' } });
  expect(scenario.load.batch).toEqual({ min: 1, max: 1, mean: 1 });
  expect(scenario.timetable.slots.map(({ name }) => name)).toEqual(['crash', 'standstill', 'clock-back']);
});

test('the path of a module is seen from the file, a package is a name', async () => {
  expect((await files('module:./ids.mjs')).generator.node).toMatchObject({ module: `SEEN:${process.cwd()}/ids.mjs` });
  expect((await files('npm:ids')).generator.node).toMatchObject({ module: 'ids' });
});

test('a service that is told where etcd is gets one', async () => {
  const { generator, scenario } = await files('command:./ids {port} {etcd}');
  expect(generator.coordinator).toBe('etcd');
  expect(scenario.cluster.coordinatorMembers).toBe(1);
});

test('nodes that run elsewhere are asked and not disturbed', async () => {
  const { scenario } = await files('http:a,b,c');
  expect(scenario.timetable.slots).toEqual([]);
});

test('who takes a count is asked for several at once', async () => {
  for (const way of [{ ask: ['/ids/{count}'] }, { body: ['{count}'] }, { header: ['N: {count}'] }])
    expect((await files('command:./ids {port}', way)).scenario.load.batch.max).toBe(20);
  expect((await files('maelstrom:./ids')).scenario.load.batch.max).toBe(1);
});

test('JSON for people holds what it was made of, whatever that is', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (content) => {
      expect(JSON.parse(jsonText(content))).toEqual(JSON.parse(JSON.stringify(content)));
    }),
  );
  expect(jsonText({ a: { b: [1, 2] }, c: { d: 'e' } })).toBe(
    '{\n  "a": {\n    "b": [1, 2]\n  },\n  "c": { "d": "e" }\n}\n',
  );
});
