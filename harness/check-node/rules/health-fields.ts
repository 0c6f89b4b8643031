/** Fields, types, and what can be held against the taps and this machine's clocks. */
import { NS_PER_MS, WALL_SLACK_NS } from '../clocks.ts';
import type { Exchange, Quiet } from '../evidence.ts';
import type { Health } from '../health-answer.ts';
import { fieldProblems, healthOf } from '../health-answer.ts';
import type { Judgement, Rule } from '../rule.ts';
import { failed, unlessAny } from '../rule.ts';
import { soundRecords } from '../tap-files.ts';

function clockProblem(health: Health, { sentNs, cameNs }: Exchange, wallAheadNs: bigint): string | undefined {
  const read = BigInt(health['monotonicNs'] as string);
  if (read < sentNs || read > cameNs) return `monotonicNs is ${read}, and CLOCK_MONOTONIC was ${sentNs} to ${cameNs}`;
  const beforeText = health['monotonicBeforeNs'] as string | undefined;
  const before = beforeText === undefined ? sentNs : BigInt(beforeText);
  if (before < sentNs || before > read)
    return `monotonicBeforeNs is ${before}, and not between the request and ${read}`;
  const wallNs = BigInt(Math.floor(health['wallMs'] as number)) * NS_PER_MS - wallAheadNs;
  return wallNs < before - WALL_SLACK_NS || wallNs > read + WALL_SLACK_NS
    ? `wallMs is ${String(health['wallMs'])}, and the wall clock of this machine was another by ${(wallNs - read) / NS_PER_MS} ms`
    : undefined;
}

/** The second health was asked for when all requests for IDs had been answered. */
function mintedProblem(health: Health, { tap }: Quiet): string | undefined {
  const told = (health['minted'] as string[]).map(BigInt);
  const total = told.reduce((sum, lane) => sum + lane, 0n);
  const committed = soundRecords(tap).reduce((sum, { record }) => sum + BigInt(record.count), 0n);
  if (told.length < tap.lanes.length)
    return `minted has ${told.length} lanes, and there are taps of ${tap.lanes.length}`;
  // A node may mint ahead of requests; the tap was read after the answer.
  return total > committed ? `minted says ${total}, and the tap has ${committed} IDs` : undefined;
}

export default {
  name: 'health-fields',
  section: 'HTTP',
  says: '`GET /health`, always `200` and never behind a request for IDs:',
  needs: ['quiet'],
  judge({ quiet }): Judgement {
    const [before, after] = quiet.health;
    const [first, last] = [healthOf(before), healthOf(after)];
    if (first === undefined || last === undefined)
      return failed(
        `/health was answered with ${(first === undefined ? before : after).reply?.status ?? 'nothing'}, or no JSON object`,
      );
    const problems = [...new Set([...fieldProblems(first), ...fieldProblems(last)])];
    if (problems.length > 0) return unlessAny(problems, '');
    const { incarnation } = quiet;
    return unlessAny(
      [
        clockProblem(last, after, quiet.wallAheadNs[1]),
        mintedProblem(last, quiet),
        last['incarnation'] === incarnation
          ? undefined
          : `incarnation was ${incarnation} and is ${String(last['incarnation'])}`,
        last['status'] === 'minting'
          ? undefined
          : `status is ${String(last['status'])} after a request that was answered with IDs`,
        quiet.pidIsTheNode === false
          ? `pid is ${String(last['pid'])}, and no process of the node has that number`
          : undefined,
      ],
      `${Object.keys(last).length} fields, with clocks, counts and process ID as they are`,
    );
  },
} satisfies Rule<'quiet'>;
