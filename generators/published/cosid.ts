/** Maven `me.ahoo.cosid:cosid-core` 2.13.3: 41 bits of milliseconds since 2019-12-24T16:00Z, 10 of machine ID, 12 of sequence. */
import type { Generator } from '../../harness/core/generator.ts';
import { ASKED_OF_ALL, FLEET, type Published } from './programs/fleet.ts';

export default {
  name: 'cosid',
  summary: 'Maven me.ahoo.cosid:cosid-core 2.13.3, ClockSyncSnowflakeId on a machine ID of LocalMachineStateStorage',
  promises: [
    { guarantee: 'unique' },
    { guarantee: 'increasing-per-node' },
    { guarantee: 'well-formed' },
    ...ASKED_OF_ALL,
  ],
  layout: { timeBits: 41, workerBits: 10, sequenceBits: 12, tickMs: 1, epochMs: 1_577_203_200_000 },
  node: {
    kind: 'native',
    // Short-lived: a second compiler would not be done before the run is.
    command: ['java', '-XX:TieredStopAtLevel=1', '-cp', `${FLEET}/java/classes:${FLEET}/java/lib/*`, 'Cosid'],
  },
} satisfies Generator;

export const published: Published = {
  what: { registry: 'Maven', name: 'me.ahoo.cosid:cosid-core', version: '2.13.3' },
  toolchain: 'java',
  use: 'ClockSyncSnowflakeId(MillisecondSnowflakeId), its machine ID by ManualMachineIdDistributor with LocalMachineStateStorage on the node’s disk, guarded by DefaultMachineIdGuarder: what cosid-spring-boot-starter sets up by default',
  documented: [
    {
      guarantee: 'unique',
      says: 'It mainly solves two major problems of `SnowflakeId`: machine number allocation problem and clock backwards problem',
      where: 'README.md of the repository at tag v2.13.3, lines 23 and 24 (the jar has no README)',
    },
    {
      guarantee: 'increasing-per-node',
      says: 'The first 41-bit are a `timestamp`,So *SnowflakeId* is local monotonically increasing',
      where: 'README.md of the repository at tag v2.13.3, line 60',
    },
    {
      guarantee: 'well-formed',
      says: '`timestamp` (41-bit) + `machineId` (10-bit) + `sequence` (12-bit) = 63-bit',
      where: 'README.md of the repository at tag v2.13.3, “SnowflakeId”',
    },
  ],
  trials: [
    { scenario: 'plain-load' },
    { scenario: 'clock-still' },
    { scenario: 'clock-back' },
    {
      scenario: 'clock-back-waited-for',
      breaks: ['nobody-gets-an-error'],
      note: 'README.md of the repository at tag v2.13.3, lines 138 and 139: “use thread sleep to wait for clock synchronization, if it exceeds` BrokenThreshold` (default value 2 seconds) will directly throw a `ClockTooManyBackwardsException` exception.” In the jar the default is 500 ms (DefaultClockBackwardsSynchronizer.DEFAULT_BROKEN_THRESHOLD): a step of 1.5 s is thrown at once.',
    },
    { scenario: 'killed' },
    {
      scenario: 'killed-and-clock-back-busy',
      breaks: ['unique'],
      note: 'LocalMachineStateStorage keeps “the machine number and the most recent timestamp” (README.md, line 177). The timestamp is written when the machine ID is first handed out, and by the guarder: first after one minute, then each minute (DefaultMachineIdGuarder.DEFAULT_DELAY). A start compares the clock with that.',
    },
    { scenario: 'paused' },
  ],
};
