/** What the readings in records say, against what was seen from outside. */
import type { Answered } from '../answers.ts';
import { answered, placeOf } from '../answers.ts';
import { NS_PER_MS, WALL_SLACK_NS } from '../clocks.ts';
import type { IdsExchange } from '../evidence.ts';
import type { Judgement, Rule } from '../rule.ts';
import { notJudged, unlessAny } from '../rule.ts';
import type { Committed, TapOfLife } from '../tap-files.ts';
import { findPlace, soundRecords } from '../tap-files.ts';

const STEP_NS = 2n * NS_PER_MS;

interface Life {
  readonly startedNs: bigint;
  readonly ids: readonly IdsExchange[];
  readonly tap: TapOfLife;
}

function recordProblem({ segment, at, record }: Committed, startedNs: bigint, wallAheadNs: bigint): string | undefined {
  const { calledNs, returnedNs, wallCalledNs, wallReturnedNs } = record;
  const where = `${segment.name}.batches, byte ${at}:`;
  if (calledNs > returnedNs) return `${where} called is ${calledNs - returnedNs} ns after returned`;
  if (calledNs < startedNs)
    return `${where} called is ${(startedNs - calledNs) / NS_PER_MS} ms before the process was started, by CLOCK_MONOTONIC`;
  for (const [name, wall] of Object.entries({ called: wallCalledNs, returned: wallReturnedNs })) {
    const off = wall - wallAheadNs;
    if (off < calledNs - WALL_SLACK_NS)
      return `${where} wall at ${name} is ${(calledNs - off) / NS_PER_MS} ms before called, by the clocks of this machine`;
    if (off > returnedNs + WALL_SLACK_NS)
      return `${where} wall at ${name} is ${(off - returnedNs) / NS_PER_MS} ms after returned, by the clocks of this machine`;
  }
  return wallCalledNs > wallReturnedNs ? `${where} wall at called is later than wall at returned` : undefined;
}

/** A call cannot return after its IDs were received. */
function answerProblem(exchange: Answered, tap: TapOfLife, idBits: 64 | 128): string | undefined {
  const place = placeOf(exchange.reply);
  const found = place && findPlace(tap, place, idBits);
  if (found === undefined || typeof found === 'string') return undefined;
  const late = found.batch.returnedNs - exchange.cameNs;
  return late > 0n ? `the answer to ${exchange.path} came ${late} ns before returned, by CLOCK_MONOTONIC` : undefined;
}

function lifeProblems(
  { startedNs, ids, tap }: Life,
  wallAheadNs: bigint,
  idBits: 64 | 128,
): readonly (string | undefined)[] {
  return [
    ...soundRecords(tap).map((record) => recordProblem(record, startedNs, wallAheadNs)),
    ...answered(ids).map((exchange) => answerProblem(exchange, tap, idBits)),
  ];
}

function stepped([before, after]: readonly [bigint, bigint]): boolean {
  return before - after > STEP_NS || after - before > STEP_NS;
}

export default {
  name: 'batch-clocks',
  section: 'The tap',
  says: 'The wall clock is read inside the monotonic readings: called, wall at called, the call, wall at returned, returned.',
  needs: ['idBits', 'quiet', 'busy'],
  judge({ idBits, quiet, busy }): Judgement {
    if (stepped(quiet.wallAheadNs) || stepped(busy.wallAheadNs))
      return notJudged('the wall clock of this machine was stepped meanwhile');
    const records = [quiet.tap, busy.first.tap, busy.second.tap].flatMap(soundRecords).length;
    if (records === 0) return notJudged('there is no sound record');
    return unlessAny(
      [
        ...lifeProblems(quiet, quiet.wallAheadNs[0], idBits),
        ...lifeProblems(busy.first, busy.wallAheadNs[0], idBits),
        ...lifeProblems(busy.second, busy.wallAheadNs[0], idBits),
      ],
      `in all ${records} records, both clocks are this machine's, and in order`,
    );
  },
} satisfies Rule<'idBits' | 'quiet' | 'busy'>;
