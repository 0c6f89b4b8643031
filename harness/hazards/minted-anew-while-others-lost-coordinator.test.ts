import { expect, test } from 'vitest';
import type { Tenure } from '../core/tenure.ts';
import type { JournalEntry } from '../core/journal.ts';
import { msToNs } from '../core/time.ts';
import hazard from './minted-anew-while-others-lost-coordinator.ts';

const acquired: JournalEntry = {
  at: msToNs(6000),
  kind: 'owner',
  event: {
    coordinator: 'us',
    at: msToNs(6000),
    what: 'acquired',
    workerId: 512,
    value: 'n3.2.7',
    lease: '7',
    createRevision: '5',
    revision: '5',
  },
};

const minted: Tenure = {
  coordinator: 'us',
  workerId: 512,
  node: 'n3',
  incarnation: 2,
  lease: '7',
  createRevision: '5',
  from: msToNs(6100),
  to: msToNs(9000),
};

const lossOf = (reach: readonly string[], took = true): JournalEntry[] => [
  {
    at: 0,
    kind: 'disturbance',
    what: 'asked',
    key: 'd',
    name: 'lost',
    slot: 's',
    fault: 'any',
    disturbs: ['coordinator'],
    options: {},
    reach,
    plannedMs: 9000,
  },
  ...[500, 8000].map((ms): JournalEntry => {
    const at = msToNs(ms);
    return { at, kind: 'disturbance', what: 'sample', key: 'd', sample: { at, took, measured: {} } };
  }),
];

const said = (ms: number, status: 'minting' | 'refusing'): JournalEntry => {
  const health = { status, incarnation: 1, wallMs: 0, at: msToNs(ms), minted: [] };
  return { at: msToNs(ms), kind: 'health', node: 'n1', health, offsetMs: 0 };
};

const reached = (journal: readonly JournalEntry[], tenures: readonly Tenure[] = [minted]) =>
  hazard.reached({ journal, tenures });

test('reached by a node that takes a worker ID and mints, while those without their coordinator are dark', () => {
  expect(reached([...lossOf(['n1']), said(5800, 'refusing'), acquired])).toEqual({
    at: msToNs(6100),
    detail:
      'n3 took worker ID 512 at 6.000 s and minted, while n1 had no coordinator since 0.500 s and minted nothing.',
  });
});

test.each([
  ['they still mint', [...lossOf(['n1']), said(5800, 'minting'), acquired]],
  ['they were not heard since the loss', [...lossOf(['n1']), said(400, 'refusing'), acquired]],
  ['the loss was never measured in force', [...lossOf(['n1'], false), said(5800, 'refusing'), acquired]],
  ['the node is one of them', [...lossOf(['n1', 'n3']), said(5800, 'refusing'), acquired]],
])('not reached where %s', (_why, journal) => {
  expect(reached(journal)).toBeUndefined();
});

test('not reached where the node never minted, or under what another coordinator handed out', () => {
  const journal = [...lossOf(['n1']), said(5800, 'refusing'), acquired];
  expect(reached(journal, [])).toBeUndefined();
  expect(reached(journal, [{ ...minted, coordinator: 'eu' }])).toBeUndefined();
});
