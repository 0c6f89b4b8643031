import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Holding } from '../../harness/core/generator.ts';
import { encodeId } from '../../harness/core/layout.ts';
import { LATENCY_BUCKETS_S, NODE_METRICS, REFUSAL_REASONS } from '../../harness/core/metric-names.ts';
import type { Reason } from '../snowflake.ts';
import { LAYOUT } from '../snowflake.ts';
import segment from '../segment.ts';
import sonyflake from '../sonyflake.ts';
import ulid from '../ulid.ts';
import uuidv7 from '../uuidv7.ts';
import { CoordinatorAnswers } from './coordinator-answers.ts';
import { createMetrics } from './metrics.ts';
import type { Metrics } from './metrics.ts';
import { sequenceUse } from './sequence-use.ts';

/** Both clocks of a node, moved by hand. */
class Clocks {
  wall = 1_800_000_000_000;
  monotonic = 5_000_000_000n;
  wallMs = (): number => this.wall;
  monotonicNs = (): bigint => this.monotonic;

  pass(ms: number, wallMs = ms): void {
    this.monotonic += BigInt(ms) * 1_000_000n;
    this.wall += wallMs;
  }
}

function metricsOf(clocks: Clocks, holding: () => Holding | undefined = () => undefined): Metrics {
  const answers = new CoordinatorAnswers(clocks.monotonicNs);
  return createMetrics({
    node: 'n1',
    incarnation: 2,
    layout: LAYOUT,
    holding,
    unansweredSeconds: () => answers.unansweredSeconds(),
    clocks,
  });
}

/** The value of a series without further labels; undefined: it is absent. */
async function valueOf(metrics: Metrics, { name }: { readonly name: string }): Promise<number | undefined> {
  const line = new RegExp(`^${name}\\{node="n1",incarnation="2"\\} (\\S+)$`, 'm').exec(await metrics.text());
  return line === null ? undefined : Number(line[1]);
}

const idsOf = (sequences: readonly number[]): BigUint64Array =>
  BigUint64Array.from(sequences, (sequence) => encodeId(LAYOUT, { tick: 7, workerId: 1023, sequence }));

test('what is not known is absent, and no zero', async () => {
  const metrics = metricsOf(new Clocks());
  for (const metric of [NODE_METRICS.workerId, NODE_METRICS.leaseLeft, NODE_METRICS.coordinatorUnanswered])
    expect(await valueOf(metrics, metric), metric.name).toBeUndefined();
  expect(await valueOf(metrics, NODE_METRICS.clockBackward)).toBe(0);
});

test('worker ID and lease come and go with what the node holds', async () => {
  const clocks = new Clocks();
  let held: Holding | undefined = {
    workerId: 0,
    lease: { id: '1', createRevision: '2', fenceNs: clocks.monotonic + 4_500_000_000n, limitMs: 0 },
  };
  const metrics = metricsOf(clocks, () => held);
  clocks.pass(1000);
  expect(await valueOf(metrics, NODE_METRICS.workerId)).toBe(0);
  expect(await valueOf(metrics, NODE_METRICS.leaseLeft)).toBe(3.5);
  held = undefined;
  expect(await valueOf(metrics, NODE_METRICS.workerId)).toBeUndefined();
  expect(await valueOf(metrics, NODE_METRICS.leaseLeft)).toBeUndefined();
});

test('the own offset is how far the wall clock moved against the monotonic one since the beginning', async () => {
  const clocks = new Clocks();
  const metrics = metricsOf(clocks);
  clocks.pass(60_000);
  expect(await valueOf(metrics, NODE_METRICS.clockOffset)).toBe(0);
  clocks.pass(1000, 1250);
  expect(await valueOf(metrics, NODE_METRICS.clockOffset)).toBe(0.25);
  clocks.pass(0, -500);
  expect(await valueOf(metrics, NODE_METRICS.clockOffset)).toBe(-0.25);
});

test('utilisation is the share of the last whole second, and 0 again after one without a mint', async () => {
  const clocks = new Clocks();
  const metrics = metricsOf(clocks);
  metrics.called(0.001, idsOf(Array.from({ length: 4096 }, (_, sequence) => sequence % 4095)));
  expect(await valueOf(metrics, NODE_METRICS.sequenceUtilization)).toBe(0);
  clocks.pass(1000);
  expect(await valueOf(metrics, NODE_METRICS.sequenceUtilization)).toBe(1 / 1000);
  clocks.pass(1000);
  expect(await valueOf(metrics, NODE_METRICS.sequenceUtilization)).toBe(0);
});

test('an overflow is counted for each last sequence number of a tick, and for no other', async () => {
  const metrics = metricsOf(new Clocks());
  metrics.called(0.001, idsOf([0, 4094, 4095, 1, 4095]));
  expect(await valueOf(metrics, NODE_METRICS.overflowWaits)).toBe(2);
  expect(await valueOf(metrics, NODE_METRICS.idsMinted)).toBe(5);
});

test('in every layout with a sequence, the last of a tick is found wherever the field lies', () => {
  for (const { name, layout } of [sonyflake, uuidv7, { name: 'snowflake', layout: LAYOUT }]) {
    const use = sequenceUse(layout);
    const max = 2 ** layout.sequenceBits - 1;
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max }), { maxLength: 20 }), fc.nat(1e6), (sequences, tick) => {
        const ids = sequences.map((sequence) => encodeId(layout, { tick, workerId: 0, sequence }));
        const words = ids.flatMap((id) =>
          ('idBits' in layout ? layout.idBits : 64) === 128 ? [BigInt.asUintN(64, id), id >> 64n] : [id],
        );
        expect(use?.lastOfTick(BigUint64Array.from(words)), name).toBe(
          sequences.filter((sequence) => sequence === max).length,
        );
      }),
    );
  }
});

test('without a sequence beside a time there is nothing to use up', () => {
  expect([segment, ulid].map(({ layout }) => sequenceUse(layout))).toEqual([undefined, undefined]);
});

test('reasons of a stranger are one series', async () => {
  const metrics = metricsOf(new Clocks());
  for (const reason of ['floor', 'id=1', 'id=2', '"} 1']) metrics.refused(reason);
  const lines = (await metrics.text()).split('\n').filter((line) => line.startsWith(NODE_METRICS.refusals.name));
  expect(lines).toHaveLength(2);
  expect(lines).toContain(`${NODE_METRICS.refusals.name}{reason="other",node="n1",incarnation="2"} 3`);
});

test('the reasons of the reference generator are known', () => {
  const reasons: Readonly<Record<Reason, true>> = {
    waiting: true,
    'lease over': true,
    floor: true,
    bound: true,
    'clock behind': true,
    'tick full': true,
    'clock-ahead': true,
    'clock out of range': true,
    closing: true,
  };
  expect(Object.keys(reasons).filter((reason) => !REFUSAL_REASONS.has(reason))).toEqual([]);
});

test('latency resolves 0.1 ms to 1 s: no bucket there is wider than two and a half times the one below', () => {
  const within = LATENCY_BUCKETS_S.filter((bound) => bound >= 1e-4 && bound <= 1);
  expect([within[0], within.at(-1)]).toEqual([1e-4, 1]);
  for (const [index, bound] of within.slice(1).entries()) expect(bound / within[index]!).toBeLessThanOrEqual(2.5001);
});

test('a coordinator is silent since the first call that failed, until one is answered', async () => {
  const clocks = new Clocks();
  const answers = new CoordinatorAnswers(clocks.monotonicNs);
  const outcomes = ['ok', 'no', 'no', 'ok'];
  const coordination = answers.ranges({
    next: async () => ({ from: 1n, to: 1n }),
    highest: async () => {
      if (outcomes.shift() === 'no') throw new Error('no answer');
      return 0n;
    },
    setHighest: async () => undefined,
  });
  const seen: (number | undefined)[] = [answers.unansweredSeconds()];
  for (let call = 0; call < 4; call++) {
    await coordination.highest('k', 1).catch(() => undefined);
    clocks.pass(1500);
    seen.push(answers.unansweredSeconds());
  }
  expect(seen).toEqual([undefined, 0, 1.5, 3, 0]);
});
