import { describe, expect, test } from 'vitest';
import { sloProblems } from '../engine/slo-problems.ts';
import { loadFaults, loadIndicators, loadScenario, loadScenarios } from '../registry.ts';
import { sloTargets } from './slo-targets.ts';

test('targets are judgeable SLOs in every scenario, and each says where its bound comes from', async () => {
  const [indicators, faults, scenarios] = await Promise.all([loadIndicators(), loadFaults(), loadScenarios()]);
  for (const scenario of scenarios) {
    const slos = sloTargets(scenario);
    expect(sloProblems({ ...scenario, slos }, indicators, faults)).toEqual([]);
    for (const { because } of slos) expect(because).toMatch(/^[FC]\d/);
  }
});

describe('recovery is asked for where something is lost that it speaks of', () => {
  const namesIn = async (scenario: string): Promise<readonly (string | undefined)[]> =>
    sloTargets(await loadScenario(scenario)).map(({ name }) => name);

  test('a crash, of a node with a worker ID of its own, or of one that leases it', async () => {
    expect(await namesIn('static-ids')).toContain('crash-recovery');
    expect(await namesIn('static-ids')).not.toContain('leased-hand-over');
    expect(await namesIn('kill-under-load')).toContain('leased-hand-over');
    expect(await namesIn('back-under-load')).toHaveLength(10);
  });

  test('a leader, whose loss interrupts nobody, where nothing else is disturbed with it', async () => {
    const name = 'no-interruption-by-etcd-leader-kill';
    expect(await namesIn('storm')).toContain(name);
    expect(await namesIn('etcd-leader-kill')).not.toContain(name);
  });
});
