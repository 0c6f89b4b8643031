/** A reporter of plans turns a plan into a file. Pure, as those of runs. */
import type { Artifact } from '../core/reporter.ts';
import type { CapacityPlan } from './capacity-plan.ts';

export interface PlanReporter {
  /** Equal to the file's name. */
  readonly name: string;
  render(plan: CapacityPlan): Artifact;
}
