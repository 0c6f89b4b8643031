import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { combinationProblems, scenarioProblems } from '../engine/preflight.ts';
import { loadGenerator, loadParts, loadScenario } from '../registry.ts';
import { scenarioJsonSchema } from './scenario-schema.ts';
import { scenarioSchema } from './scenario.ts';

const docs = (file: string): string => readFileSync(new URL(`../../docs/${file}`, import.meta.url), 'utf8');

test('docs/scenario.schema.json is the one that tools/schemas.ts writes', () => {
  expect(docs('scenario.schema.json')).toBe(scenarioJsonSchema());
});

const examples = [...docs('SCENARIOS.md').matchAll(/```ts\n(.*?)```/gs)].map(([, text]) => text!);

test.each(examples)('an example of docs/SCENARIOS.md can be run', async (text) => {
  const url = `data:text/javascript,${encodeURIComponent(stripTypeScriptTypes(text))}`;
  const { default: given } = (await import(url)) as { default: unknown };
  const scenario = scenarioSchema.parse(given);
  const parts = await loadParts();
  const { generator } = await loadGenerator(scenario.generator);
  expect([...scenarioProblems(scenario, parts), ...combinationProblems(scenario, generator)]).toEqual([]);
});

test.each([...docs('SCENARIOS.md').matchAll(/```json\n(.*?)```/gs)].map(([, text]) => text!))(
  'an example of docs/SCENARIOS.md in JSON can be run, and names its schema',
  async (text) => {
    const file = join(mkdtempSync(join(tmpdir(), 'snowglobe-example-')), 'mine.json');
    try {
      writeFileSync(file, text);
      const scenario = await loadScenario(file);
      const parts = await loadParts();
      expect(scenarioProblems(scenario, parts)).toEqual([]);
    } finally {
      rmSync(dirname(file), { recursive: true });
    }
    const published = JSON.parse(docs('scenario.schema.json')) as { properties: object; additionalProperties: false };
    const given = JSON.parse(text) as { $schema: string };
    expect(published.additionalProperties).toBe(false);
    expect(Object.keys(published.properties)).toEqual(expect.arrayContaining(Object.keys(given)));
    expect(given.$schema).toMatch(/scenario\.schema\.json$/);
  },
);

test('every field of a scenario is told of in docs/SCENARIOS.md', () => {
  const shape = scenarioSchema.shape;
  const names = [
    ...Object.keys(shape),
    ...Object.keys(shape.cluster.shape),
    ...Object.keys(shape.load.shape),
    ...Object.keys(shape.timetable.shape),
  ];
  expect(names.filter((name) => !docs('SCENARIOS.md').includes(name))).toEqual([]);
});
