import { describe, expect, test } from 'vitest';
import type { LeaseFact } from './history.ts';
import type { Revoke } from './lease-totals.ts';
import { coordinatorLabel, leaseTotals, tellLeases } from './lease-totals.ts';
import type { LeaseTotals, Run } from './run.ts';
import { scenarioSchema } from './scenario.ts';

/** Held by one owner key, and kept alive at 10 s for 5 s. */
const held = (lease: string, more: Partial<LeaseFact> = {}): LeaseFact => ({
  lease,
  createRevision: `${lease}0`,
  node: 'n1',
  incarnation: 1,
  lastSentNs: 10e9,
  ttlMs: 5000,
  ...more,
});
const revoke = (more: Partial<Revoke> = {}): Revoke => ({ kind: 'revoke', from: 11e9, at: 11.1e9, ...more });
const none: LeaseTotals = { held: 1, endedEarly: 0, unclear: 0, forgotten: 0, revoked: 0 };
const ended = { endedNs: 12e9 };

describe('of the leases that held something, the early ends are counted', () => {
  test('none, where they live, ran out, or were given up', () => {
    const facts = [held('1'), held('2', { endedNs: 15e9 }), held('3', { ...ended, givenUpNs: 11e9 })];
    expect(leaseTotals(facts, [])).toEqual([{ ...none, held: 3 }]);
  });

  test('by the coordinator, where it was kept alive and nobody asked for its end', () => {
    expect(leaseTotals([held('1', ended), held('2')], [])).toEqual([{ ...none, held: 2, endedEarly: 1 }]);
  });

  test('by whom is not known, where a node that asked for it got no answer', () => {
    expect(leaseTotals([held('1', { ...ended, perhapsGivenUpNs: 11e9 })], [])).toEqual([{ ...none, unclear: 1 }]);
  });

  test('forgotten, where the coordinator was put back', () => {
    expect(leaseTotals([held('1', { ...ended, wentBack: true })], [])).toEqual([{ ...none, forgotten: 1 }]);
  });

  test('of several keys under one lease, the gravest end counts, and once', () => {
    const keys = [
      held('1', { createRevision: '2', ...ended, wentBack: true }),
      held('1', { createRevision: '3', ...ended }),
      held('1', { createRevision: '4' }),
    ];
    expect(leaseTotals(keys, [])).toEqual([{ ...none, endedEarly: 1 }]);
  });

  test('nothing is told where nothing is known: no lease, or none that held anything', () => {
    const { createRevision: _, ...unheld } = held('1', ended);
    expect(leaseTotals([], [])).toEqual([]);
    expect(leaseTotals([unheld], [])).toEqual([]);
  });

  test('of each coordinator by itself, though two give one name to leases of their own', () => {
    const facts = [held('1', { coordinator: 'us' }), held('1', { coordinator: 'eu', ...ended })];
    expect(leaseTotals(facts, [])).toEqual([
      { ...none, coordinator: 'eu', endedEarly: 1 },
      { ...none, coordinator: 'us' },
    ]);
  });
});

describe('what the harness revoked is no broken word', () => {
  const of = (fact: LeaseFact, revoked: Revoke): LeaseTotals => leaseTotals([fact], [revoked])[0]!;

  test('one lease, from the moment of the request on', () => {
    expect(of(held('1', ended), revoke({ lease: '1' }))).toEqual({ ...none, revoked: 1 });
    expect(of(held('1', { endedNs: 10.9e9 }), revoke({ lease: '1' }))).toEqual({ ...none, endedEarly: 1 });
    expect(of(held('1', ended), revoke({ lease: '2' }))).toEqual({ ...none, endedEarly: 1 });
    // An answer that was lost: it may be carried out later, when it was kept alive once more.
    expect(of(held('1', { ...ended, lastSentNs: 11.5e9 }), revoke({ lease: '1' }))).toEqual({ ...none, revoked: 1 });
  });

  test('all leases at once, but none that was kept alive after it', () => {
    expect(of(held('1', ended), revoke())).toEqual({ ...none, revoked: 1 });
    expect(of(held('1', { ...ended, lastSentNs: 11.5e9 }), revoke())).toEqual({ ...none, endedEarly: 1 });
  });

  test('of the region whose coordinator was asked', () => {
    const fact = held('1', { ...ended, coordinator: 'eu' });
    expect(of(fact, revoke({ coordinator: 'us', lease: '1' }))).toMatchObject({ revoked: 0, endedEarly: 1 });
    expect(of(fact, revoke({ coordinator: 'eu', lease: '1' }))).toMatchObject({ revoked: 1, endedEarly: 0 });
    expect(of(fact, revoke())).toMatchObject({ revoked: 1, endedEarly: 0 });
  });
});

describe('in words', () => {
  const run = (leases: readonly LeaseTotals[], version?: string): Pick<Run, 'scenario' | 'measured' | 'leases'> => ({
    scenario: scenarioSchema.parse({
      name: 'calm',
      question: 'Does it mint?',
      generator: 'snowflake',
      cluster: { nodes: 1, coordinatorMembers: 1 },
      load: { idsPerSecond: 1, batch: { min: 1, max: 1, mean: 1 } },
      warmUpMs: 1,
      timetable: { order: 'given', slots: [] },
      recoverMs: 1,
    }),
    measured: {
      runId: '',
      startedAt: '',
      finishedAt: '',
      seconds: {},
      versions: version === undefined ? {} : { coordinator: version },
      host: {},
    },
    leases,
  });

  test('how often, of how many, on which version; also that it was never', () => {
    expect(tellLeases(run([{ ...none, held: 24, endedEarly: 1 }], '3.4.23'))).toEqual([
      {
        coordinator: 'etcd 3.4.23',
        ownDoing: '1 of 24 leases ended early by its own doing: kept alive, and revoked by nobody',
        others: '',
        keptItsWord: false,
      },
    ]);
    expect(tellLeases(run([{ ...none, coordinator: 'eu' }], '3.4.23'))).toMatchObject([
      { coordinator: 'etcd 3.4.23 of eu', ownDoing: expect.stringMatching(/^0 of 1 lease ended/), keptItsWord: true },
    ]);
    expect(tellLeases(run([]))).toEqual([]);
  });

  test('what else ended early stands beside it', () => {
    expect(tellLeases(run([{ ...none, held: 9, unclear: 1, forgotten: 2, revoked: 3 }]))).toMatchObject([
      {
        others:
          '2 forgotten when it was put back to an earlier state; 3 revoked by a disturbance; ' +
          '1 ended early, by whom is not known',
        keptItsWord: true,
      },
    ]);
  });

  test('a version where there is one', () => {
    expect(coordinatorLabel(run([]))).toBe('etcd');
    expect(coordinatorLabel(run([], 'virtual'))).toBe('virtual etcd');
    expect(coordinatorLabel(run([], '3.7.3'))).toBe('etcd 3.7.3');
  });
});
