import type { ScenarioInput } from '../harness/core/scenario.ts';

/**
 * The first question to a service that nobody here has seen: it may lease nothing, take no option, give one ID per
 * request, and be slow. So there is no coordinator and no pool, the load is gentle, and no SLO is asked for. What is done
 * to it happens to every service: a crash, a standstill, a clock that goes back by a little. Nodes that were told nothing
 * apart meet in one millisecond at this rate within seconds, and that is a finding, not an accident of the scenario.
 */
export default {
  name: 'first-look',
  question:
    'Do the IDs of a service that nobody has shaken before stay unique through a crash, a pause and a clock that steps back?',
  generator: 'snowflake-static',
  cluster: { nodes: 3, coordinatorMembers: 0 },
  load: {
    idsPerSecond: 100,
    batch: { min: 1, max: 1, mean: 1 },
    simulated: { batchesPerSecond: 120, batch: { min: 1, max: 1, mean: 1 } },
    // A service that has just been started may take its time.
    timeoutMs: 2000,
  },
  warmUpMs: 3000,
  timetable: {
    order: 'given',
    slots: [
      {
        // Long enough for a service that takes a few seconds to start.
        name: 'crash',
        lengthMs: 8000,
        disturbances: [{ fault: 'kill', options: { node: '@holder' }, atMs: 0, forMs: 1000 }],
      },
      {
        name: 'standstill',
        lengthMs: 4000,
        disturbances: [{ fault: 'pause', options: { node: '@holder' }, atMs: 0, forMs: 2000 }],
      },
      {
        name: 'clock-back',
        lengthMs: 7000,
        // At this rate a node that trusts its clock mints some 30 of the IDs of these three seconds again.
        disturbances: [{ fault: 'clock-step', options: { node: '@holder', byMs: -3000 }, atMs: 0, forMs: 5000 }],
      },
    ],
  },
  recoverMs: 5000,
} satisfies ScenarioInput;
