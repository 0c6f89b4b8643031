import type { Claim, Judgement } from '../harness/core/claim.ts';
import { counted } from '../harness/core/phrases.ts';
import type { Run } from '../harness/core/run.ts';
import { keeps, wordsOf } from './reading/keeps.ts';
import { handOversMs } from './reading/silence.ts';

function handOver(runs: readonly Run[]): Judgement {
  const lost = runs.flatMap((run) => handOversMs(run).map((ms) => ({ ms, run })));
  const taken = lost.flatMap(({ ms, run }) => (ms === undefined ? [] : [{ ms, run }]));
  if (taken.length === 0) return { outcome: 'not judged', because: 'No holder that was killed had an heir.' };
  if (taken.length < lost.length)
    return {
      outcome: 'not judged',
      because: `Of ${counted(lost.length, 'holder')} that were killed ${lost.length - taken.length} had no heir before the load ended: how long that takes is not known.`,
    };
  const longest = taken.toSorted((one, other) => other.ms - one.ms)[0]!;
  const ttlMs = longest.run.scenario.cluster.options['ttlMs'];
  return {
    outcome: 'measured',
    because: `The worker ID of a holder that was killed was minted under again after ${(longest.ms / 1000).toFixed(1)} s at the most, with a lease of ${Number(ttlMs) / 1000} s and the wait for the time that it had reserved, in ${wordsOf(runs)}.`,
  };
}

const COMMAND = '`snowglobe run zone-down --slo targets --driver docker`';

export default {
  name: 'F2',
  claim:
    'Recovery: a crash of the process within 1 s, of the host within 5 s, of a datacenter within 30 s, of a region within 30 + 60 = 90 s; at a fault of the clock minting pauses at once; the worker ID is free 30 s after a crash.',
  parts: [
    {
      kind: 'trial',
      says: 'At a fault of the clock minting pauses at once',
      scenario: 'clock-back-an-hour',
      generator: 'snowflake',
      seeds: 3,
      control: { generator: 'trusts-clock-backwards', breaks: ['increasing-per-node'] },
      judge: keeps('increasing-per-node', 'time-honest'),
    },
    {
      kind: 'trial',
      says: 'The worker ID of a node that crashed is free when its lease is over',
      scenario: 'storm',
      generator: 'snowflake',
      seeds: 3,
      judge: handOver,
    },
    {
      kind: 'unjudged',
      says: 'A crash of the process is over within 1 s, of the host within 5 s, of a datacenter within 30 s',
      because: `Processes that start and coordinators that elect take real time. ${COMMAND} judges it.`,
    },
    {
      kind: 'unjudged',
      says: 'The loss of a region is over within 90 s',
      because: 'It takes a router that sends its load elsewhere, and there is none yet.',
    },
  ],
} satisfies Claim;
