import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { SnowglobeError } from './errors.ts';
import { parseRun, runJsonSchema } from './run-schema.ts';
import { RUN_VERSION } from './run.ts';
import type { Run } from './run.ts';
import type { runSchema } from './run-schema.ts';
import type { z } from './schema.ts';

/** Compiles only when each of two types can stand for the other. */
type Same<A extends B, B extends C, C = A> = A extends B ? C : never;

const smallest: Run = {
  version: RUN_VERSION,
  state: 'begun',
  scenario: {
    name: 'calm',
    question: 'Does it mint?',
    generator: 'snowflake',
    cluster: { nodes: 1, coordinatorMembers: 1, options: {}, perNode: {}, zones: {} },
    pool: 1,
    load: {
      idsPerSecond: 1,
      batch: { min: 1, max: 1, mean: 1 },
      simulated: { batchesPerSecond: 1, batch: { min: 1, max: 1, mean: 1 } },
      timeoutMs: 1000,
    },
    warmUpMs: 1,
    timetable: { order: 'given', slots: [] },
    recoverMs: 1,
    hazards: [],
  },
  generator: {
    name: 'snowflake',
    summary: '',
    promises: [{ guarantee: 'recovers', withinMs: 1 }],
    layout: { timeBits: 41, workerBits: 10, sequenceBits: 12, tickMs: 1, epochMs: 0 },
  },
  driver: 'sim',
  seed: '1',
  command: '',
  verdict: 'unknown',
  exitCode: 12,
  reasons: [],
  unknowns: [],
  findings: [],
  disturbances: [],
  hazards: [],
  evidence: {
    minted: '18446744073709551615',
    stored: '0',
    acknowledged: '0',
    batches: 0,
    tornBytes: 0,
    requests: { sent: 0, ok: 0, refused: 0, errors: 0, noAnswer: 0, dropped: 0 },
    lanes: [],
  },
  slots: [],
  phases: [],
  nodes: ['n1'],
  leases: [{ coordinator: 'eu', held: 24, endedEarly: 1, unclear: 0, forgotten: 0, revoked: 0 }],
  series: { bucketMs: 250, idsByNode: [], offsetsByNode: [] },
  tenures: [],
  measured: { runId: '', startedAt: '', finishedAt: '', seconds: {}, versions: {}, host: {} },
};

/** The message of the error with which `text` is refused. */
function refusal(text: string): string {
  try {
    parseRun(text);
  } catch (error) {
    expect(error).toBeInstanceOf(SnowglobeError);
    expect((error as SnowglobeError).exitCode).toBe(2);
    return (error as SnowglobeError).message;
  }
  throw new Error('it was taken');
}

test('the type and the schema of a run say the same', () => {
  const both: Same<z.output<typeof runSchema>, Run> = smallest;
  expect(parseRun(JSON.stringify(both))).toEqual(smallest);
});

test('docs/run.schema.json is the one that tools/schemas.ts writes', () => {
  expect(readFileSync(new URL('../../docs/run.schema.json', import.meta.url), 'utf8')).toBe(runJsonSchema());
});

test.each([
  ['no JSON', '{', 'is not JSON'],
  ['another document', '{"a":1}', 'has no version'],
  ['another version', JSON.stringify({ ...smallest, version: 2 }), 'has version 2, and this snowglobe reads version 1'],
  ['a field too many', JSON.stringify({ ...smallest, extra: 1 }), 'extra'],
  ['a verdict that is none', JSON.stringify({ ...smallest, verdict: 'ok' }), 'verdict: '],
  [
    'a count that is a number',
    JSON.stringify({ ...smallest, evidence: { ...smallest.evidence, minted: 12 } }),
    'evidence.minted: ',
  ],
  [
    'bounds that are missing',
    JSON.stringify({ ...smallest, generator: { ...smallest.generator, promises: [{ guarantee: 'time-honest' }] } }),
    'generator.promises.0.pastMs: ',
  ],
])('a file with %s is refused in words', (_, text, words) => {
  expect(refusal(text)).toContain(words);
});
