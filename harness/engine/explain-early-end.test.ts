import { describe, expect, test } from 'vitest';
import { HistoryBuilder } from '../checkers/shared/history-builder.ts';
import type { DisturbanceRecord } from '../core/run.ts';
import { batch, disturbance, owns, witnesses } from './explain-for-tests.ts';

describe('a lease that the coordinator ended early is told with what the coordinator had come out of', () => {
  /** Kept alive at 1 s for 5 s; its owner key was gone at 2 s, and a successor minted at 3.9 s. */
  const stories = (...disturbances: readonly DisturbanceRecord[]): readonly string[] => {
    const history = new HistoryBuilder()
      .lease(1n, { node: 'n1', sentMs: 1000, ttlMs: 5000, endedMs: 2000 })
      .batch(batch('n1', 1900, { lease: 1n, revision: 3n }))
      .batch(batch('n1', 4000, { lease: 1n, revision: 3n }))
      .batch(batch('n2', 3900, { lease: 3n, revision: 9n }))
      .batch(batch('n2', 4100, { lease: 3n, revision: 9n }));
    const told = witnesses(owns, history, { disturbances });
    expect(new Set(told.map(({ cause }) => cause))).toEqual(
      new Set(['two holders: coordinator ended the lease early']),
    );
    return told.map(({ explanation }) => explanation!);
  };
  const paused = disturbance('etcd-leader-pause', {}, 500, 1980);
  const healed =
    'Its owner key was seen to be gone 20 ms after the heal of slot: etcd-leader-pause (0.500 s to 1.980 s).';

  test('what healed last before it, also where two hold the worker ID', () => {
    const told = stories(disturbance('etcd-leader-kill', {}, 100, 1500), paused);
    expect(told.length).toBeGreaterThan(1);
    for (const story of told) {
      expect(story).toContain(healed);
      expect(story).not.toMatch(/Nothing was disturbed|etcd-leader-kill/);
    }
  });

  test('beside what was disturbed otherwise at that moment', () => {
    const step = disturbance('clock-step', { node: 'n2', byMs: 5 }, 1500, 9000);
    for (const story of stories(paused, step))
      expect(story).toMatch(/the heal of slot: etcd-leader-pause .* Also disturbed at/);
  });

  test('what was in force is told before what had healed', () => {
    const [story] = stories(paused, disturbance('lease-expire', { node: 'n1' }, 1990, 2500));
    expect(story).toContain('Its owner key was seen to be gone during slot: lease-expire n1 (1.990 s to 2.500 s).');
    expect(story).not.toContain('etcd-leader-pause');
  });

  test('and nothing that was no matter of the coordinator, not of this one, or over for longer than the lease', () => {
    const step = disturbance('clock-step', { node: 'n1', byMs: 5 }, 100, 1900);
    const elsewhere = { ...paused, reach: ['n2'] };
    const after = disturbance('etcd-leader-pause', {}, 2100, 3000);
    for (const far of [step, elsewhere, after])
      for (const story of stories(far)) {
        expect(story).toContain('Nothing was disturbed at');
        expect(story).not.toContain('seen to be gone');
      }
    const long = new HistoryBuilder()
      .lease(1n, { node: 'n1', sentMs: 18_000, ttlMs: 5000, endedMs: 20_000 })
      .batch(batch('n1', 21_000, { lease: 1n, revision: 3n }));
    expect(witnesses(owns, long, { disturbances: [paused] })[0]!.explanation).toContain('Nothing was disturbed at');
  });
});
