/** npm `flake-idgen`: 42 bits of milliseconds since 1970, 5 of datacenter, 5 of worker, 12 of counter. */
import type { Generator } from '../../harness/core/generator.ts';
import { ASKED_OF_ALL, type Published } from './programs/fleet.ts';

export default {
  name: 'flake-idgen',
  summary: 'npm flake-idgen 1.4.0, next(callback)',
  promises: [{ guarantee: 'unique' }, ...ASKED_OF_ALL],
  layout: { timeBits: 42, workerBits: 10, sequenceBits: 12, tickMs: 1, epochMs: 0 },
  node: { kind: 'module', module: './programs/npm/flake-idgen.ts', export: 'create', call: 'factory' },
} satisfies Generator;

export const published: Published = {
  what: { registry: 'npm', name: 'flake-idgen', version: '1.4.0' },
  toolchain: 'npm',
  use: 'new FlakeId({ id }).next(callback), id being the node’s worker ID',
  documented: [
    {
      guarantee: 'unique',
      says: 'Flake ID generator yields k-ordered, conflict-free ids in a distributed environment.',
      where: 'README.md, line 11',
    },
  ],
  trials: [
    { scenario: 'plain-load' },
    { scenario: 'clock-still' },
    { scenario: 'clock-back' },
    {
      scenario: 'clock-back-waited-for',
      breaks: ['nobody-gets-an-error'],
      note: 'README.md, line 194: “When using next(cb) with a callback function, the callback function is called with a new identifier generated once the clock catches up with the last timestamp.” While the clock is behind, next(callback) throws “ReferenceError: self is not defined” (flake-id-gen.js, line 69), and the callback is not called.',
    },
    { scenario: 'killed' },
    {
      scenario: 'killed-and-clock-back',
      breaks: ['unique'],
      note: 'README.md, line 192, says that it cannot generate conflict-free identifiers until the clock catches up with the last timestamp value; that value does not outlive the process.',
    },
    { scenario: 'paused' },
  ],
};
