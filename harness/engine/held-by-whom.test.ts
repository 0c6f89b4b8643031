import { describe, expect, test } from 'vitest';
import type { Finding } from '../core/finding.ts';
import { finding } from '../core/finding.ts';
import { besideUnheld, heldByWhom } from './held-by-whom.ts';

const owns = finding({
  guarantee: 'owns-worker-id',
  byHolder: true,
  checked: 90,
  unit: 'batches',
  violations: 0,
  outsideAssumptions: 0,
  undecided: 1,
  witnesses: [],
});
const { byHolder: _, ...unique }: Finding = { ...owns, guarantee: 'unique' };
const unheld = [
  { node: 'n1', incarnation: 1, heldTwo: false, batches: 3, from: 2e9, to: 5e9 },
  { node: 'n2', incarnation: 2, heldTwo: true, batches: 1, from: 3e9, to: 3e9 },
];

describe('beside IDs that were minted under no worker ID', () => {
  test('a promise that goes by the holder is not known to be kept', () => {
    expect(besideUnheld(owns, [])).toEqual(owns);
    expect(besideUnheld(owns, unheld)).toMatchObject({ verdict: 'unknown', checked: 0, undecided: 5 });
  });

  test('it is broken all the same', () => {
    expect(besideUnheld(finding({ ...owns, violations: 2 }), unheld)).toMatchObject({ verdict: 'fail', violations: 2 });
  });

  test('other promises are as they were', () => {
    expect(besideUnheld(unique, unheld)).toEqual(unique);
    expect(heldByWhom([unique], [], unheld)).toEqual([]);
  });

  test('each life is named, with the promises that it touches', () => {
    expect(heldByWhom([owns, unique], [], unheld)).toEqual([
      {
        reason: 'evidence not whole',
        scope: 'owns-worker-id',
        detail:
          'n1.1 said that it held no worker ID and minted 3 batches from 2.000 s to 5.000 s: under which worker ID is not known.',
      },
      expect.objectContaining({
        detail:
          'n2.2 said that it held another worker ID or lease when calls ended than when they began, and minted 1 batch from 3.000 s to 3.000 s: under which of them is not known.',
      }),
    ]);
  });
});

test('IDs that carry another worker ID than their node held are told once', () => {
  const malformed = finding({ ...unique, guarantee: 'well-formed', unit: 'IDs', violations: 7 });
  expect(heldByWhom([owns], [malformed], [])).toEqual([
    {
      reason: 'evidence not whole',
      scope: 'owns-worker-id',
      detail: '7 of 90 IDs are not what their nodes said that they held.',
    },
  ]);
});
