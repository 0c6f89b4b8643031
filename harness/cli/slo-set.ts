/** Which SLOs a run judges: `--slo`. */
import { badInput } from '../core/errors.ts';
import { chooseAmong } from '../core/nearest-name.ts';
import type { Scenario } from '../core/scenario.ts';
import { sloTargets } from '../core/slo-targets.ts';

const SETS = ['own', 'targets', 'none'] as const;

type SloSet = (typeof SETS)[number];

export function sloSetOf(given = 'own'): SloSet {
  const set = SETS.find((name) => name === given);
  if (set === undefined)
    throw badInput(`There is no set of SLOs called "${given}".`, chooseAmong(given, SETS), '--slo');
  return set;
}

/** The scenario with the SLOs of the set in place of its own: they are part of its record. */
export function withSlos(scenario: Scenario, set: SloSet): Scenario {
  if (set === 'own') return scenario;
  const { slos: _, ...rest } = scenario;
  return set === 'none' ? rest : { ...rest, slos: sloTargets(scenario) };
}
