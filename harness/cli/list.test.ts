import { expect, test } from 'vitest';
import { loadFaults } from '../registry.ts';
import { list } from './list.ts';
import type { Output } from './output.ts';

interface Told {
  readonly document: {
    readonly [kind: string]: readonly { readonly name: string; readonly [detail: string]: unknown }[];
  };
  readonly text: string;
}

async function listed(...kinds: Parameters<typeof list>[0]): Promise<Told> {
  let told: Told | undefined;
  const output = { document: (document: unknown, text: string) => (told = { document, text } as Told) };
  await list(kinds, output as unknown as Output);
  return told!;
}

test('list --faults tells of every fault what it does, takes and needs, and where it can be done', async () => {
  const faults = await loadFaults();
  const { document, text } = await listed('faults');
  expect(Object.keys(document)).toEqual(['faults']);
  expect(document['faults']!.map(({ name }) => name)).toEqual([...faults.keys()]);
  for (const line of text.split('\n').filter((one) => /^ {20,}\w+ \(/.test(one)))
    expect(line, 'every option has a description').toMatch(/: \S/);
  expect(text).toMatch(/byMs \(integer\): offset from true time in whole milliseconds/);
  expect(text).toMatch(/needs: clock.step \(set the wall clock/);
  expect(text).toMatch(/ etcd-pause-all (?:.*\n)+? +coordinator: etcd or postgres\n/);
  expect(text).toMatch(/ lease-expire (?:.*\n)+? +coordinator: etcd\n/);
  for (const { name, driversHere } of document['faults']!)
    expect(driversHere, `${name} can be simulated`).toContain('sim');
});

test('list --generators marks those that are broken on purpose', async () => {
  const { document, text } = await listed('generators');
  const lineOf = (name: string) => text.split('\n').find((line) => line.trimStart().startsWith(`${name} `));
  for (const { name, mutant } of document['generators']!)
    expect(/^ {2}\S+ +mutant: /.test(lineOf(name)!), name).toBe(mutant !== undefined);
  expect(document['generators']!.some(({ mutant }) => mutant === undefined)).toBe(true);
  expect(document['generators']!.some(({ mutant }) => mutant !== undefined)).toBe(true);
  expect(document['generators']![0]).not.toHaveProperty('mark');
});

test('without a kind everything is listed', async () => {
  const { document } = await listed();
  expect(Object.keys(document)).toEqual(['scenarios', 'generators', 'faults', 'checkers', 'hazards', 'drivers']);
});
