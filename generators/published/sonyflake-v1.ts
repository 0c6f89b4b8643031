/** Go `github.com/sony/sonyflake` v1.3.0: 39 bits of 10 ms, 8 of sequence, 16 of machine ID, in this order. */
import type { Generator } from '../../harness/core/generator.ts';
import { ASKED_OF_ALL, builtProgram, type Published } from './programs/fleet.ts';

export default {
  name: 'sonyflake-v1',
  summary: 'Go github.com/sony/sonyflake v1.3.0',
  promises: [{ guarantee: 'unique' }, { guarantee: 'well-formed' }, ...ASKED_OF_ALL],
  layout: {
    timeBits: 39,
    workerBits: 16,
    sequenceBits: 8,
    tickMs: 10,
    epochMs: 1_409_529_600_000,
    shifts: { time: 24, worker: 0, sequence: 16 },
  },
  node: { kind: 'native', command: [builtProgram('sonyflake')] },
} satisfies Generator;

export const published: Published = {
  what: { registry: 'Go module', name: 'github.com/sony/sonyflake', version: 'v1.3.0' },
  toolchain: 'go',
  use: 'New(Settings{MachineID}).NextID(), MachineID being the node’s worker ID',
  documented: [
    {
      guarantee: 'unique',
      says: 'NextID generates a next unique ID. After the Sonyflake time overflows, NextID returns an error.',
      where: 'sonyflake.go, lines 112 and 113',
    },
    {
      guarantee: 'well-formed',
      says: '39 bits for time in units of 10 msec, 8 bits for a sequence number, 16 bits for a machine id',
      where: 'README.md, lines 12 to 14',
    },
  ],
  trials: [
    { scenario: 'plain-load' },
    { scenario: 'clock-still' },
    { scenario: 'clock-back' },
    {
      scenario: 'back-for-a-second',
      breaks: ['recovers'],
      note: 'Its documentation says nothing of clocks that go back. NextID holds its lock and sleeps for as long as the clock was behind when the sequence went round, also when the clock is right again.',
    },
    { scenario: 'killed' },
    {
      scenario: 'killed-and-clock-back',
      breaks: ['unique'],
      note: 'What a process has used is kept in its memory only.',
    },
    { scenario: 'paused' },
    { scenario: 'callers-at-once' },
  ],
};
