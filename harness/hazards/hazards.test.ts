import { describe, expect, test } from 'vitest';
import type { Tenure } from '../core/tenure.ts';
import type { HazardReached } from '../core/hazard.ts';
import type { JournalEntry } from '../core/journal.ts';
import { msToNs } from '../core/time.ts';
import changedHands from './worker-id-changed-hands-while-holder-lived.ts';
import mintedAhead from './minted-ahead-and-lost-coordinator.ts';
import restartedBehind from './restarted-with-clock-behind.ts';

/** A node's health, `at` and `offsetMs` in milliseconds. */
function health(at: number, node: string, offsetMs: number, { incarnation = 1, minted = 0 } = {}): JournalEntry {
  return {
    at: msToNs(at),
    kind: 'health',
    node,
    offsetMs,
    health: {
      status: 'minting',
      incarnation,
      wallMs: 1_700_000_000_000 + at + offsetMs,
      at: msToNs(at),
      minted: [String(minted)],
    },
  };
}

function owner(at: number, what: 'acquired' | 'released', workerId: number, value?: string): JournalEntry {
  const event = { at: msToNs(at), what, workerId, createRevision: String(at), revision: String(at) };
  return { at: msToNs(at), kind: 'owner', event: value === undefined ? event : { ...event, value } };
}

function cut(from: number, to: number, node: string, took = true, fault = 'cut-from-etcd'): JournalEntry[] {
  const common = { kind: 'disturbance', key: `slot/${fault}` } as const;
  const asked = {
    ...common,
    what: 'asked',
    name: fault,
    slot: 'slot',
    fault,
    disturbs: ['link'],
    options: { node },
    reach: [node],
  } as const;
  return [
    { at: msToNs(from), ...asked, plannedMs: to - from },
    ...[from, to].map((at): JournalEntry => ({
      at: msToNs(at),
      ...common,
      what: 'sample',
      sample: { at: msToNs(at), took, measured: {} },
    })),
  ];
}

const inOrder = (...entries: JournalEntry[]): JournalEntry[] => entries.toSorted((a, b) => a.at - b.at);

describe('worker-id-changed-hands-while-holder-lived', () => {
  const reached = (journal: JournalEntry[], tenures: Tenure[] = []): HazardReached | undefined =>
    changedHands.reached({ journal, tenures });
  const handOver = [
    owner(100, 'acquired', 0, 'n1.1.77'),
    owner(6000, 'released', 0),
    owner(6100, 'acquired', 0, 'n4.1.78'),
  ];

  test('reached when the same life of the old holder answers afterwards', () => {
    const seen = reached(inOrder(...handOver, health(7500, 'n1', 0)));
    expect(seen?.at).toBe(msToNs(6100));
    expect(seen?.detail).toBe('Worker ID 0 went from n1 to n4; the same life of n1 was seen 1400 ms after that.');
  });

  test('reached when the old holder minted afterwards, under whatever worker ID', () => {
    const tenure = { workerId: 2, node: 'n1', incarnation: 1, lease: '79', createRevision: '9', from: msToNs(7000) };
    expect(reached(handOver, [{ ...tenure, to: msToNs(8000) }])?.at).toBe(msToNs(6100));
  });

  test('not reached by a killed holder: only a later life answers', () => {
    expect(reached(inOrder(...handOver, health(7500, 'n1', 0, { incarnation: 2 })))).toBeUndefined();
  });

  test('not reached when the last sign of the old holder is older than the change', () => {
    expect(reached(inOrder(...handOver, health(6099, 'n1', 0)))).toBeUndefined();
  });

  test('not reached when a node takes its own worker ID again, or another one', () => {
    const again = [owner(100, 'acquired', 0, 'n1.1.77'), owner(6100, 'acquired', 0, 'n1.1.78')];
    const other = [owner(100, 'acquired', 0, 'n1.1.77'), owner(6100, 'acquired', 1, 'n4.1.78')];
    expect(reached([...again, health(7500, 'n1', 0)])).toBeUndefined();
    expect(reached([...other, health(7500, 'n1', 0)])).toBeUndefined();
  });

  test('the predecessor is the last holder, not an earlier one', () => {
    const journal = [
      owner(100, 'acquired', 0, 'n1.1.77'),
      owner(6100, 'acquired', 0, 'n2.1.78'),
      owner(9000, 'acquired', 0, 'n4.1.79'),
      health(9500, 'n2', 0),
    ];
    expect(reached(journal)?.at).toBe(msToNs(9000));
  });
});

describe('minted-ahead-and-lost-coordinator', () => {
  const reached = (options: { aheadMs?: number }, ...journal: JournalEntry[]): HazardReached | undefined =>
    mintedAhead.reached({ journal: inOrder(...journal), tenures: [] }, options);
  const ahead = [
    health(1000, 'n1', 9999, { minted: 10 }),
    health(1250, 'n1', 10_000, { minted: 20 }),
    health(1500, 'n1', 10_001, { minted: 20 }),
  ];

  test('reached when a node that minted ahead is cut while still ahead', () => {
    const seen = reached({}, ...ahead, ...cut(1400, 3000, 'n1'));
    expect(seen?.at).toBe(msToNs(1500));
    expect(seen?.detail).toContain('n1 minted while its clock was 10.0 s ahead');
  });

  test('reached through a lost quorum as well', () => {
    expect(reached({}, ...ahead, ...cut(1400, 3000, 'n1', true, 'etcd-quorum-loss'))).toBeDefined();
  });

  test('not reached when the cut was asked for and never measured, or was on another node', () => {
    expect(reached({}, ...ahead, ...cut(1400, 3000, 'n1', false))).toBeUndefined();
    expect(reached({}, ...ahead, ...cut(1400, 3000, 'n2'))).toBeUndefined();
  });

  test('not reached when the node never minted ahead', () => {
    const idle = ahead.map((entry) => (entry.kind === 'health' ? health(entry.at / 1e6, 'n1', entry.offsetMs) : entry));
    expect(reached({}, ...idle, ...cut(1400, 3000, 'n1'))).toBeUndefined();
  });

  test('not reached when the clock was back before the cut', () => {
    expect(reached({}, ...ahead.slice(0, 2), health(1350, 'n1', 0), ...cut(1400, 3000, 'n1'))).toBeUndefined();
  });

  test('not reached when the cut was over before', () => {
    expect(reached({}, ...ahead, ...cut(200, 900, 'n1'))).toBeUndefined();
  });

  test('not reached when what was minted ahead belongs to an earlier life', () => {
    const restarted = health(1500, 'n1', 10_000, { incarnation: 2, minted: 30 });
    expect(reached({}, ...ahead.slice(0, 2), restarted, ...cut(1400, 3000, 'n1'))).toBeUndefined();
  });

  test('takes how far ahead from its options, and refuses unknown ones', () => {
    expect(reached({ aheadMs: 10_500 }, ...ahead, ...cut(1400, 3000, 'n1'))).toBeUndefined();
    expect(mintedAhead.options.safeParse({ ahead: 5 }).success).toBe(false);
  });
});

describe('restarted-with-clock-behind', () => {
  const reached = (options: { behindMs?: number }, ...journal: JournalEntry[]): HazardReached | undefined =>
    restartedBehind.reached({ journal, tenures: [] }, options);

  test('reached when the first reading of a later life is behind', () => {
    const seen = reached({}, health(0, 'n1', 0), health(2000, 'n1', -8000, { incarnation: 2 }));
    expect(seen).toEqual({ at: msToNs(2000), detail: 'Life 2 of n1 began with its clock 8.0 s behind.' });
  });

  test('not reached by a first life, by a later reading of a life, or by a small offset', () => {
    expect(reached({}, health(0, 'n1', -8000), health(250, 'n1', -8000))).toBeUndefined();
    const life2 = { incarnation: 2 };
    expect(
      reached({}, health(0, 'n1', 0), health(2000, 'n1', 0, life2), health(2250, 'n1', -8000, life2)),
    ).toBeUndefined();
    expect(reached({}, health(0, 'n1', 0), health(2000, 'n1', -999, life2))).toBeUndefined();
    expect(reached({ behindMs: 900 }, health(0, 'n1', 0), health(2000, 'n1', -999, life2))).toBeDefined();
  });

  test('lives of different nodes are not mixed up', () => {
    expect(reached({}, health(0, 'n1', 0), health(2000, 'n2', -8000, { incarnation: 2 }))).toBeUndefined();
  });
});
