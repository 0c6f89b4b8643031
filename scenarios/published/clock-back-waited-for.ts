import type { ScenarioInput } from '../../harness/core/scenario.ts';

/** As `clock-back`, for a generator that says that its callers wait until the clock has caught up: none may get an error. */
export default {
  name: 'clock-back-waited-for',
  question: 'Do callers wait, as promised, until the clock has caught up?',
  generator: 'snowflake-static',
  cluster: { nodes: 2, coordinatorMembers: 0 },
  // A caller waits for as long as the clock is behind.
  load: { idsPerSecond: 200, batch: { min: 1, max: 20, mean: 5 }, timeoutMs: 5000 },
  warmUpMs: 3000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'back',
        lengthMs: 6000,
        disturbances: [
          { name: 'back', fault: 'clock-step', options: { node: 'n1', byMs: -1500 }, atMs: 0, forMs: 4000 },
        ],
      },
    ],
  },
  recoverMs: 5000,
  slos: [
    {
      name: 'nobody-gets-an-error',
      indicator: 'error-ratio',
      options: { nodes: 'all' },
      objective: { atMost: 0 },
      during: { disturbance: 'back' },
      minSamples: 50,
      because: 'its documentation says that callers wait while the clock is behind',
    },
  ],
} satisfies ScenarioInput;
