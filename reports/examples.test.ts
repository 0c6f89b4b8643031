/** The examples that are checked in are what the reporters make today, by their structure; `npm run examples` makes them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseRun } from '../harness/core/run-schema.ts';
import { structureOfHtml, structureOfJunit, structureOfMarkdown } from './fixtures/structure.ts';
import html from './html.ts';
import junit from './junit.ts';
import markdown from './markdown.ts';

const FORMATS = [
  { reporter: html, structureOf: structureOfHtml, atLeast: 40 },
  { reporter: junit, structureOf: structureOfJunit, atLeast: 20 },
  { reporter: markdown, structureOf: structureOfMarkdown, atLeast: 6 },
] as const;

describe.each([
  { name: 'passing', generator: 'snowflake', verdict: 'pass' },
  { name: 'failing', generator: 'snowflake-cached', verdict: 'fail' },
] as const)('the $name example', ({ name, generator, verdict }) => {
  const read = (file: string): string => readFileSync(join(import.meta.dirname, 'examples', name, file), 'utf8');
  const run = parseRun(read('run.json'));

  test('is a judged run of storm that ended so', () => {
    expect([run.state, run.scenario.name, run.generator.name, run.verdict]).toEqual([
      'judged',
      'storm',
      generator,
      verdict,
    ]);
  });

  test.each(FORMATS)('$reporter.name has the structure of what is checked in', ({ reporter, structureOf, atLeast }) => {
    const { file, content } = reporter.render(run);
    const structure = structureOf(content);
    expect(structure.length).toBeGreaterThan(atLeast);
    expect(structure).toEqual(structureOf(read(file)));
  });
});
