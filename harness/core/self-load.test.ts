import { expect, test } from 'vitest';
import { NS_PER_S } from './time.ts';
import { missingSelfLoad } from './self-load.ts';

const run = (minted: string, selfLoad?: number): Parameters<typeof missingSelfLoad>[0] => ({
  scenario: { cluster: { nodes: 2, ...(selfLoad !== undefined && { selfLoad }) } },
  evidence: { minted, acknowledged: '18000' },
  phases: [
    { phase: 'launch', from: 0, to: 100 * NS_PER_S },
    { phase: 'warm-up', from: 100 * NS_PER_S, to: 102 * NS_PER_S },
    { phase: 'disturb', from: 102 * NS_PER_S, to: 109 * NS_PER_S },
    { phase: 'recover', from: 109 * NS_PER_S, to: 110 * NS_PER_S },
    { phase: 'drain', from: 110 * NS_PER_S, to: 200 * NS_PER_S },
  ],
});

test('nodes that minted little beyond what clients received did not drive themselves', () => {
  expect(missingSelfLoad(run('18324', 500_000))).toMatch(
    /not there: each node was to mint 500,000 IDs a second by itself, and beyond .* minted 324\./,
  );
  // Of the ten million that two nodes were to mint in ten seconds, a tenth and the clients' share.
  expect(missingSelfLoad(run('1017999', 500_000))).toBeDefined();
  expect(missingSelfLoad(run('1018000', 500_000))).toBeUndefined();
});

test('where nobody asked for it, nothing is missing', () => {
  expect(missingSelfLoad(run('18000'))).toBeUndefined();
});
