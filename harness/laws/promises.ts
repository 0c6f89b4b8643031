/** One promise of each guarantee and scope, for the laws of checkers; its bounds fit `randomHistory`. */
import type { Promise_ } from '../core/guarantee.ts';

export const PROMISES: readonly Promise_[] = [
  { guarantee: 'unique', assuming: ['coordinator never rolls back'] },
  { guarantee: 'increasing-per-node' },
  { guarantee: 'increasing-across-lives', scope: 'worker-id', assuming: ['coordinator never rolls back'] },
  { guarantee: 'increasing-across-lives', scope: 'node' },
  { guarantee: 'owns-worker-id', assuming: ['coordinator keeps leases'] },
  { guarantee: 'time-honest', pastMs: 5, futureMs: 1 },
  { guarantee: 'well-formed' },
  { guarantee: 'fails-closed' },
  { guarantee: 'faithful-encoding' },
  { guarantee: 'recovers', withinMs: 100 },
];
