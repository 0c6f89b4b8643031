import type { Reporter } from '../harness/core/reporter.ts';

/** The run itself, indented, in the order of its fields: the same run gives the same bytes. */
export default {
  name: 'json',
  always: true,
  render: (run) => ({ file: 'run.json', content: `${JSON.stringify(run, null, 2)}\n` }),
} satisfies Reporter;
