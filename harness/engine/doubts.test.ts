import { describe, expect, test } from 'vitest';
import type { Tenure } from '../core/tenure.ts';
import type { JournalEntry } from '../core/journal.ts';
import type { DisturbanceRecord } from '../core/run.ts';
import { msToNs } from '../core/time.ts';
import type { UnknownReason } from '../core/verdict.ts';
import { loadScenario } from '../registry.ts';
import type { DoubtInput } from './doubts.ts';
import { doubts } from './doubts.ts';

const scenario = await loadScenario('storm');
const at = (second: number): number => msToNs(1000 * second);

/** A run that gives no reason to doubt: all came to its end, the load was sent, each node minted. */
const whole: readonly JournalEntry[] = [
  { at: at(1), kind: 'phase', phase: 'warm-up' },
  load(1, 'n1', 400, 0),
  load(2, 'n1', 400, 0),
  load(3, 'n1', 400, 0),
  { at: at(4), kind: 'phase', phase: 'judge' },
];

/** Worker IDs that come from elsewhere, one after another under one node: nothing to tell of their ends. */
const fixedTenure = (workerId: number, from: number, to: number, node = 'n1'): Tenure => ({
  workerId,
  node,
  incarnation: 1,
  lease: '0',
  createRevision: '0',
  from: at(from),
  to: at(to),
});
const tenures: readonly Tenure[] = [fixedTenure(0, 0.5, 0.9), fixedTenure(1, 1.1, 1.9), fixedTenure(2, 2.1, 3)];

function load(second: number, node: string, sent: number, dropped: number): JournalEntry {
  return {
    at: at(second),
    kind: 'load',
    node,
    sent,
    dropped,
    ok: sent,
    ids: 50 * sent,
    refused: {},
    errors: {},
    noAnswer: 0,
  };
}

const reachOf = (node: string, healed: number): DisturbanceRecord => ({
  key: 'k',
  name: 'pause',
  slot: 's',
  fault: 'pause',
  disturbs: ['process'],
  options: {},
  reach: [node],
  injected: at(1),
  healed: at(healed),
  bit: true,
  samples: [],
});

function doubtsOf(journal: readonly JournalEntry[], more: Partial<DoubtInput> = {}): readonly UnknownReason[] {
  const minted = [{ node: 'n1', incarnation: 1, lane: 0, ids: 60_000n }];
  return doubts({
    journal,
    scenario,
    disturbances: [],
    hazards: [],
    minted,
    tenures,
    leases: [],
    idsPerSecond: 20_000,
    idsCarryWorkerIds: true,
    ...more,
  });
}

const reasons = (...from: Parameters<typeof doubtsOf>): readonly string[] =>
  doubtsOf(...from).map(({ reason }) => reason);

test('a whole run gives no reason to doubt', () => {
  expect(reasons(whole)).toEqual([]);
});

describe('a run is doubted when', () => {
  test('it never came to its judge', () => {
    expect(reasons(whole.slice(0, -1))).toEqual(['run cut short']);
  });

  test('the harness stood still for longer than a measurement may be missing', () => {
    expect(reasons([...whole, { at: at(3), kind: 'stall', forMs: 1001 }])).toEqual(['harness stalled']);
    expect(reasons([...whole, { at: at(3), kind: 'stall', forMs: 999 }])).toEqual([]);
  });

  test('a disturbance bit and nothing tells of its heal', () => {
    const unhealed = 'the run was cut short, and nothing tells of its heal';
    const record: DisturbanceRecord = {
      key: 'paused/0-pause',
      name: 'pause',
      slot: 'paused',
      fault: 'pause',
      disturbs: ['process'],
      options: {},
      reach: [],
      injected: at(2),
      bit: true,
      unhealed,
      samples: [],
    };
    expect(reasons(whole, { disturbances: [record] })).toEqual(['disturbance not healed']);
    expect(reasons(whole, { disturbances: [{ ...record, bit: false, missed: 'it slept' }] })).toEqual([
      'disturbance did not bite',
      'disturbance not healed',
    ]);
  });

  test("the host's clock stepped", () => {
    expect(reasons([...whole, { at: at(3), kind: 'host clock', steppedMs: 6 }])).toEqual(['clock of the host moved']);
  });

  test('no client ever asked', () => {
    expect(reasons(whole.filter(({ kind }) => kind !== 'load'))).toEqual(['too few samples']);
  });

  test('next to nothing was minted', () => {
    expect(reasons(whole, { minted: [{ node: 'n1', incarnation: 1, lane: 0, ids: 5n }] })).toEqual(['too few samples']);
  });

  test('clients received IDs only a few times under a worker ID, however few they asked for', () => {
    const answered = (...times: number[]) =>
      whole.map((entry) => (entry.kind === 'load' ? { ...entry, ok: times.shift()! } : entry));
    expect(reasons(answered(100, 100, 100))).toEqual([]);
    expect(reasons(answered(400, 400, 99))).toEqual(['too few samples']);
    expect(reasons(answered(400, 400, 99), { scenario: { ...scenario, pool: 2 } })).toEqual([]);
    expect(reasons(whole, { tenures: tenures.slice(1) })).toEqual(['too few samples']);
    // Who held it does not matter, and holders add up.
    const two = [load(3.5, 'n2', 60, 0), load(4, 'n3', 60, 0)];
    const heirs = [fixedTenure(2, 3, 4, 'n2'), fixedTenure(2, 3, 4, 'n3')];
    expect(reasons([...answered(400, 400, 0), ...two], { tenures: [...tenures, ...heirs] })).toEqual([]);
    expect(reasons([...answered(400, 400, 0), ...two], { tenures: [...tenures, heirs[0]!] })).toEqual([
      'too few samples',
    ]);
    // In a second under two worker IDs nobody knows which answers came from which.
    const mixed = [fixedTenure(0, 0.5, 0.9), fixedTenure(1, 1.1, 1.9), fixedTenure(2, 1.95, 3)];
    expect(reasons(whole, { tenures: mixed })).toEqual(['too few samples']);
  });

  test('the load lasted for less than a second', () => {
    const short = [whole[0]!, { ...whole[1]!, at: at(1.02) }, whole[4]!].map((entry) =>
      entry.kind === 'load' ? { ...entry, ok: 7 } : entry,
    );
    expect(reasons(short)).toEqual(['too few samples']);
  });

  describe('a node is silent:', () => {
    const says = (second: number, node: string, ids: number, workerId?: number): JournalEntry => ({
      at: at(second),
      kind: 'health',
      node,
      offsetMs: 0,
      health: {
        status: workerId === undefined ? 'waiting' : 'refusing',
        incarnation: 1,
        wallMs: 0,
        at: at(second),
        minted: [String(ids)],
        ...(workerId !== undefined && { workerId }),
      },
    });
    const mute = (second: number, node: string): JournalEntry => ({ at: at(second), kind: 'no health', node });
    const long = (...entries: JournalEntry[]): readonly JournalEntry[] => [
      ...[12, 13, 14].map((second) => load(second, 'n1', 40_000, 0)),
      ...whole.slice(0, -1),
      ...entries,
      { at: at(15), kind: 'phase', phase: 'judge' },
    ];

    test('it ended by itself, and no disturbance can have been why', () => {
      const ended: JournalEntry = { at: at(3), kind: 'ended', node: 'n2', lastWords: 'exit 1' };
      expect(reasons(long(ended))).toEqual(['node silent']);
      expect(reasons(long(ended), { disturbances: [reachOf('n2', 2)] })).toEqual([]);
    });

    test('it never said how it is', () => {
      expect(reasons(long(mute(2, 'n2')))).toEqual(['node silent']);
      expect(reasons(long(mute(2, 'n2'), says(3, 'n2', 0)))).toEqual([]);
    });

    test('it does not say so any more', () => {
      const falls = [says(2, 'n2', 0), mute(11, 'n2'), mute(12, 'n2'), mute(13, 'n2')];
      expect(reasons(long(...falls))).toEqual(['node silent']);
      expect(reasons(long(...falls.slice(0, -1)))).toEqual([]);
      expect(reasons(long(...falls, says(14, 'n2', 0)))).toEqual([]);
      expect(reasons(long(...falls), { disturbances: [reachOf('n2', 4)] })).toEqual([]);
      expect(reasons(long(...falls), { disturbances: [reachOf('n2', 2)] })).toEqual(['node silent']);
    });

    test('it holds a worker ID and has stopped minting', () => {
      const stops = [says(11, 'n1', 7, 0), says(12, 'n1', 7, 0), says(14, 'n1', 7, 0)];
      expect(reasons(long(...stops))).toEqual(['node silent']);
      expect(reasons(long(...stops.slice(1)))).toEqual(['node silent']);
      expect(reasons(long(...stops.slice(0, 2)))).toEqual([]);
      expect(reasons(long(...stops, says(14.5, 'n1', 8, 0)))).toEqual([]);
      expect(reasons(long(...stops, says(14.5, 'n1', 7)))).toEqual([]);
      expect(reasons(long(...stops).filter(({ kind, at: t }) => kind !== 'load' || t < at(12)))).toEqual([]);
    });

    test('it mints what no client gets', () => {
      const minting = [says(12.1, 'n1', 7, 0), says(14.5, 'n1', 99, 0)];
      const failing = (from: number, ...entries: JournalEntry[]) =>
        long(...entries).map((entry) =>
          entry.kind === 'load' && entry.at >= at(from) ? { ...entry, ok: 0, ids: 0, errors: { broken: 400 } } : entry,
        );
      expect(reasons(failing(13, ...minting))).toEqual(['node silent']);
      expect(reasons(failing(14, ...minting))).toEqual([]);
      expect(reasons(failing(13, ...minting, says(12.9, 'n1', 50)))).toEqual([]);
      expect(reasons(failing(13, ...minting), { disturbances: [reachOf('n1', 5)] })).toEqual([]);
      expect(reasons(failing(13, ...minting), { disturbances: [reachOf('n1', 3)] })).toEqual(['node silent']);
      // A node that loads itself has no clients.
      expect(reasons(long(...minting).filter(({ kind, at: t }) => kind !== 'load' || t < at(12)))).toEqual([]);
    });

    test('but not in reach, nor as the heir of one in reach', () => {
      const heir = [says(1.5, 'n2', 5, 0), says(11, 'n1', 7, 0), says(14, 'n1', 7, 0)];
      const minted = ['n1', 'n2'].map((node) => ({ node, incarnation: 1, lane: 0, ids: 60_000n }));
      expect(reasons(long(...heir), { minted })).toEqual(['node silent']);
      expect(reasons(long(...heir), { minted, disturbances: [reachOf('n2', 7)] })).toEqual([]);
      expect(reasons(long(...heir), { minted, disturbances: [reachOf('n3', 7)] })).toEqual(['node silent']);
    });
  });

  test('requests were not sent in time, outside every reach', () => {
    const missed = [...whole, load(3, 'n1', 400, 200)];
    expect(reasons(missed)).toEqual(['load not achieved']);
    expect(doubtsOf(missed).map(({ detail }) => detail)).toEqual([
      expect.stringMatching(/^200 of [\d,]+ requests to n1 were not sent in time while nothing disturbed it\.$/),
    ]);
    expect(reasons(missed, { disturbances: [reachOf('n1', 2)] })).toEqual([]);
    expect(reasons(missed, { disturbances: [reachOf('n2', 2)] })).toEqual(['load not achieved']);
  });

  test('requests had no answer in time, outside every reach', () => {
    const unanswered = (requests: number) => [...whole, { ...load(3, 'n1', 400, 0), noAnswer: requests }];
    expect(reasons(unanswered(160))).toEqual([]);
    expect(reasons(unanswered(161))).toEqual(['load not achieved']);
    expect(doubtsOf(unanswered(161))[0]!.detail).toBe(
      '161 of 1,600 requests to n1 had no answer in time while nothing disturbed it.',
    );
    expect(reasons(unanswered(161), { disturbances: [reachOf('n1', 3)] })).toEqual([]);
  });

  test('the coordinator never told of a tenure', () => {
    // After the last second of the load, so that it takes no answers from the others.
    const tenure = {
      workerId: 5,
      node: 'n1',
      incarnation: 1,
      lease: '7',
      createRevision: '12',
      from: at(3.1),
      to: at(3.9),
    };
    const leases = [{ lease: '7', node: 'n1', incarnation: 1, lastSentNs: at(1), ttlMs: 5000 }];
    expect(reasons(whole, { tenures: [...tenures, tenure], leases })).toEqual(['evidence not whole']);
    const told: JournalEntry = {
      at: at(1),
      kind: 'owner',
      event: {
        at: at(1),
        what: 'acquired',
        workerId: 5,
        createRevision: '12',
        revision: '12',
        lease: '7',
        value: 'n1.1.7',
      },
    };
    expect(reasons([...whole, told], { tenures: [...tenures, tenure], leases })).toEqual([]);
    expect(reasons([...whole, told], { tenures: [...tenures, tenure] })).toEqual(['evidence not whole']);
    // What a node says that it held is believed where the coordinator says the same.
    for (const lie of [
      { lease: '8' },
      { lease: '0' },
      { lease: '0', createRevision: '0' },
      { createRevision: '13' },
      { workerId: 1 },
      { node: 'n2' },
      { incarnation: 2 },
    ])
      expect(reasons([...whole, told], { tenures: [...tenures, { ...tenure, ...lie }], leases })).toEqual([
        'evidence not whole',
      ]);
  });

  test('nobody tells of a worker ID, where others have owner keys and IDs carry none', () => {
    const event = {
      at: at(1),
      workerId: 5,
      createRevision: '12',
      revision: '12',
      lease: '7',
      value: 'n2.1.7',
    } as const;
    const told: JournalEntry = { at: at(1), kind: 'owner', event: { ...event, what: 'acquired' } };
    expect(reasons([...whole, told])).toEqual([]);
    expect(reasons(whole, { idsCarryWorkerIds: false })).toEqual([]);
    expect(new Set(reasons([...whole, told], { idsCarryWorkerIds: false }))).toEqual(new Set(['evidence not whole']));
  });

  test('but not for worker IDs that come from elsewhere: they have no owner keys', () => {
    expect(reasons(whole, { tenures })).toEqual([]);
  });
});
