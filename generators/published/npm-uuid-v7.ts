/** npm `uuid`, version 7: 48 bits of milliseconds, a 32-bit counter with a random start, 42 random bits. */
import type { Generator } from '../../harness/core/generator.ts';
import { ASKED_OF_ALL, NPM, type Published } from './programs/fleet.ts';

export default {
  name: 'npm-uuid-v7',
  summary: 'npm uuid 14.0.3, v7()',
  promises: [{ guarantee: 'unique' }, { guarantee: 'well-formed' }, ...ASKED_OF_ALL],
  layout: {
    idBits: 128,
    timeBits: 48,
    workerBits: 0,
    sequenceBits: 0,
    tickMs: 1,
    epochMs: 0,
    shifts: { time: 80, worker: 0, sequence: 0 },
    fixed: [
      { shift: 76, bits: 4, value: 7 },
      { shift: 62, bits: 2, value: 2 },
    ],
  },
  node: { kind: 'module', module: `${NPM}node_modules/uuid/dist-node/index.js`, export: 'v7', form: 'uuid' },
} satisfies Generator;

export const published: Published = {
  what: { registry: 'npm', name: 'uuid', version: '14.0.3' },
  toolchain: 'npm',
  use: 'v7()',
  documented: [
    {
      guarantee: 'unique',
      says: 'Without `options`: Internal state is utilized to improve UUID uniqueness.',
      where: 'README.md, line 460',
    },
    {
      guarantee: 'well-formed',
      says: 'Generate a version 7 (Unix Epoch time-based) UUID',
      where: 'README.md, line 57',
    },
  ],
  trials: [
    { scenario: 'plain-load' },
    { scenario: 'clock-still' },
    { scenario: 'clock-back' },
    { scenario: 'killed-and-clock-back' },
    { scenario: 'paused' },
  ],
};
