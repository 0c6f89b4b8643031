import { expect, test } from 'vitest';
import type { CoordinatorOrNone } from '../core/coordinator-kind.ts';
import { coordinatorWords } from '../core/coordinator-kind.ts';
import type { Mutant } from '../core/generator.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { z } from '../core/schema.ts';
import { layoutNames, parseLayout } from '../core/layout-spec.ts';
import { loadFaults, loadIndicators, loadWaysIn } from '../registry.ts';
import { list } from './list.ts';
import type { Output } from './output.ts';

interface Told {
  readonly document: {
    readonly [kind: string]: readonly { readonly name: string; readonly [detail: string]: unknown }[];
  };
  readonly text: string;
}

async function listed(kinds: Parameters<typeof list>[0] = [], columns?: number): Promise<Told> {
  let told: Told | undefined;
  const output = {
    stream: { columns },
    document: (document: unknown, text: string) => (told = { document, text } as Told),
  };
  await list(kinds, output as unknown as Output);
  return told!;
}

/** Once for all: it asks each driver what it can do here. */
const faultList = listed(['faults']);

/** The lines of one item: its own, and those below it. */
function linesOf(text: string, name: string): readonly string[] {
  const lines = text.split('\n');
  const from = lines.findIndex((line) => line.startsWith(`  ${name} `));
  const length = lines.slice(from + 1).findIndex((line) => !line.startsWith('      '));
  return lines.slice(from, from + 1 + length);
}

test('list --faults tells of every fault what it does, takes and needs, and where it can be done', async () => {
  const faults = await loadFaults();
  const { document, text } = await faultList;
  expect(Object.keys(document)).toEqual(['faults']);
  expect(document['faults']!.map(({ name }) => name)).toEqual([...faults.keys()]);
  expect(text).toMatch(/needs: clock.step \(set the wall clock/);
  expect(text).toMatch(/needs: network.delay .* on docker and local: tc and a kernel with sch_htb and sch_netem/);
  expect(text).toMatch(/ etcd-pause-all (?:.*\n)+? +coordinator: etcd or postgres\n/);
  expect(text).toMatch(/ zone-down (?:.*\n)+? +coordinator: etcd or postgres or none\n/);
  expect(text).toMatch(/ lease-expire (?:.*\n)+? +coordinator: etcd\n/);
  // Commands of the user's are for nodes that somebody else started.
  const simulated = document['faults']!.filter(({ name }) => name !== 'hook');
  for (const { name, driversHere } of simulated) expect(driversHere, `${name} can be simulated`).toContain('sim');
  expect(document['faults']!.find(({ name }) => name === 'hook')).toMatchObject({ driversHere: ['remote'] });
});

/** Units stand last in the names of options; a description says them in words. */
const UNITS: readonly (readonly [name: RegExp, words: RegExp])[] = [
  [/Ms$/, /millisecond/],
  [/^percent$/, /percent/],
  [/^kbitPerSecond$/, /kilobits a second/],
  [/^ppm$/, /millionths/],
  [/^rate$/, /seconds of the clock in a second/],
  [/^(epoch|end)$/, /Unix time in milliseconds/],
];

interface OptionSchema {
  readonly type?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly default?: unknown;
  readonly anyOf?: readonly OptionSchema[];
  readonly enum?: readonly string[];
}

const told = (bound: unknown): string => (typeof bound === 'number' ? bound.toLocaleString('en-US') : String(bound));

/** What the schema says, beyond types and limits, to the example with one option left out, 0, or equal to another one. */
function refusals(options: z.ZodType, example: JsonObject): readonly string[] {
  const { properties = {} } = z.toJSONSchema(options, { io: 'input' });
  const values: readonly (Json | undefined)[] = [undefined, 0, 1, ...Object.values(example)];
  return Object.keys(properties).flatMap((option) =>
    values.flatMap((value) => {
      const { [option]: _, ...rest } = example;
      const wrong = value === undefined ? rest : { ...rest, [option]: value };
      const issues = options.safeParse(wrong).error?.issues ?? [];
      return issues.filter(({ code }) => code === 'custom').map(({ message }) => message);
    }),
  );
}

test('each option of each fault is told with its meaning, its unit, its limits and its default', async () => {
  const { text } = await faultList;
  let limits = 0;
  const rules = new Set<string>();
  for (const { name, options, example } of (await loadFaults()).values()) {
    const lines = linesOf(text, name);
    const { properties = {}, required = [] } = z.toJSONSchema(options, { io: 'input' });
    for (const [option, schema] of Object.entries(properties as { readonly [name: string]: OptionSchema })) {
      const about = `${name}: ${option}`;
      const line = lines.find((one) => one.startsWith(`      ${option} (`)) ?? '';
      expect(line, about).toMatch(/\): \S/);
      const kinds = schema.anyOf ?? [schema];
      if (kinds.some(({ type }) => type === 'number' || type === 'integer')) {
        const units = UNITS.filter(([named]) => named.test(option));
        expect(units, `${about} has a unit that this test knows`).toHaveLength(1);
        expect(line, about).toMatch(units[0]![1]);
      }
      for (const bound of [schema.minimum, schema.maximum, schema.minItems]) {
        if (bound === undefined || Math.abs(bound) === Number.MAX_SAFE_INTEGER) continue;
        expect(line, about).toMatch(new RegExp(`[ (]${told(bound)}\\b`));
        limits++;
      }
      for (const word of kinds.flatMap((kind) => kind.enum ?? [])) expect(line, about).toContain(word);
      if ('default' in schema) expect(line, about).toContain(`default ${told(schema.default)}`);
      else if (!required.includes(option)) expect(line, about).toContain('may be left out');
    }
    for (const message of refusals(options, example)) {
      expect(lines.join('\n'), name).toContain(message);
      rules.add(message);
    }
  }
  expect(limits).toBeGreaterThan(20);
  expect(rules.size).toBeGreaterThan(5);
});

test('each fault is told with what it needs of a driver and with an example', async () => {
  const { text } = await faultList;
  for (const { name, needs, example } of (await loadFaults()).values()) {
    const lines = linesOf(text, name);
    for (const need of needs.length === 0 ? ['nothing'] : needs)
      expect(lines, name).toContainEqual(expect.stringContaining(`needs: ${need}`));
    const told = lines.find((line) => line.startsWith('      example: '));
    expect(JSON.parse(told!.slice(15))).toEqual(example);
  }
});

test('list --scenarios says which generator each runs by default', async () => {
  const { document, text } = await listed(['scenarios']);
  for (const { name, generator, coordinator } of document['scenarios']!)
    expect(linesOf(text, name).at(-1)).toBe(
      `      runs ${String(generator)} by default, with ${coordinatorWords(coordinator as CoordinatorOrNone)}`,
    );
  expect(linesOf(text, 'segment-killed')).toContain('      runs segment by default, with postgres');
});

test('list --generators says of a mutant what it breaks, why, where that shows, and whether that takes real processes', async () => {
  const { document, text } = await listed(['generators']);
  expect(linesOf(text, 'draws-before-snapshot').slice(1)).toEqual([
    '      breaks: unique',
    '      because: the same random bits drawn twice',
    '      shown by: uuid-clock',
    '      without disturbances too in: all of them',
    '      real: needs real processes, docker or local; sim refuses it',
  ]);
  const generators = document['generators']! as readonly { name: string; mutant?: Mutant; wayIn?: object }[];
  for (const { name, mutant } of generators.filter(({ wayIn }) => wayIn === undefined)) {
    const lines = linesOf(text, name);
    if (mutant === undefined) {
      expect(lines[1], name).toMatch(/^ {6}promises: \S/);
      continue;
    }
    expect(lines).toContain(`      breaks: ${mutant.breaks.join(', ')}`);
    expect(lines).toContain(`      because: ${[mutant.because].flat().join('; ')}`);
    expect(lines).toContain(`      shown by: ${mutant.shownBy.join(', ')}`);
    expect(
      lines.some((line) => line.startsWith('      real: ')),
      name,
    ).toBe(mutant.real === true);
  }
});

test('list --generators marks those that are broken on purpose', async () => {
  const { document, text } = await listed(['generators']);
  const lineOf = (name: string) => text.split('\n').find((line) => line.trimStart().startsWith(`${name} `));
  for (const { name, mutant } of document['generators']!)
    expect(/^ {2}\S+ +mutant: /.test(lineOf(name)!), name).toBe(mutant !== undefined);
  expect(document['generators']!.some(({ mutant }) => mutant === undefined)).toBe(true);
  expect(document['generators']!.some(({ mutant }) => mutant !== undefined)).toBe(true);
  expect(document['generators']![0]).not.toHaveProperty('mark');
});

test('list --generators tells of ways in with an example and the flags that each takes', async () => {
  const { document, text } = await listed(['generators']);
  for (const { prefix, example, takes } of (await loadWaysIn()).values()) {
    const lines = linesOf(text, `${prefix}:`);
    expect(lines[0]).toContain('way in: ');
    expect(lines).toContain(`      example: ${example}`);
    expect(lines.at(-1)).toContain(`takes: ${takes.map((flag) => `--${flag}`).join(', ')}`);
    expect(document['generators']).toContainEqual(expect.objectContaining({ name: `${prefix}:` }));
  }
});

test('list --layouts tells the spec of each name, in words that --layout takes', async () => {
  const { document } = await listed(['layouts']);
  expect(document['layouts']!.map(({ name }) => name)).toEqual(layoutNames());
  for (const { summary } of document['layouts']!) expect(() => parseLayout(String(summary))).not.toThrow();
});

test('list --generators tells promises with their scope, and where a generator takes part', async () => {
  const { text } = await listed(['generators']);
  expect(linesOf(text, 'snowflake-static').slice(1)).toEqual([
    expect.stringMatching(/increasing-across-lives \(worker-id\), .*increasing-across-lives \(node\)/),
    '      takes part in scenarios with: any coordinator, or none',
  ]);
  expect(linesOf(text, 'snowflake').at(-1)).toBe('      takes part in scenarios with: etcd');
  expect(linesOf(text, 'segment').at(-1)).toBe('      takes part in scenarios with: postgres');
});

test('without a kind everything is listed, in no wider lines than the terminal', async () => {
  const columns = 80;
  const { document, text } = await listed([], columns);
  expect(Object.keys(document)).toEqual([
    ...['scenarios', 'generators', 'faults', 'checkers', 'hazards', 'indicators', 'layouts', 'drivers', 'claims'],
  ]);
  expect(text.split('\n').filter((line) => [...line].length >= columns)).toEqual([]);
});

test('list --indicators tells of each its unit, the kind of its objective, its options, and where it is not judged', async () => {
  const { document, text } = await listed(['indicators']);
  expect(document['indicators']!.map(({ name }) => name)).toEqual([...(await loadIndicators()).keys()]);
  expect(linesOf(text, 'latency')).toEqual([
    expect.stringContaining('how long clients waited for their IDs'),
    '      in milliseconds; its objective is atMost',
    expect.stringMatching(/^ {6}percentile \(number, more than 0, 100 or less\): such as 99/),
    expect.stringMatching(/^ {6}nodes \(.*default all\): outside-reaches: while no disturbance/),
    '      not judged in the simulator',
  ]);
  expect(linesOf(text, 'refusal').at(-1)).toBe('      not judged where nothing is disturbed');
});
