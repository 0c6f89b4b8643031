import type { PlanReporter } from '../../harness/plan/plan-reporter.ts';

/** The plan itself: whatever may exceed 2^53 is a decimal string in it. */
export default {
  name: 'json',
  render: (plan) => ({ file: `${plan.name}.json`, content: `${JSON.stringify(plan, null, 2)}\n` }),
} satisfies PlanReporter;
