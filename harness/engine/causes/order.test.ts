import { expect, test } from 'vitest';
import { HistoryBuilder, ORIGIN_UNIX_MS } from '../../checkers/shared/history-builder.ts';
import { parseLayout } from '../../core/layout-spec.ts';
import { encodeId } from '../../core/layout.ts';
import { GATHERED } from '../../core/scope.ts';
import { batch, perNode, unique, witnesses } from '../explain-for-tests.ts';

const OPAQUE = parseLayout('opaque');
const ID = 2n ** 63n + 5n;

const causes = (promise: typeof unique, layout = OPAQUE, ...batches: readonly Parameters<typeof batch>[]) => {
  const builder = new HistoryBuilder(['n1', 'n2'], layout);
  for (const each of batches) builder.batch(batch(...each));
  return witnesses(promise, builder, { layout }).map(({ cause }) => cause);
};

const held = { worker: -1, ids: [ID] };

test('of IDs of unknown layout no cause is made up out of bits', () => {
  expect(causes(unique, OPAQUE, ['n1', 10, held], ['n2', 20, held])).toEqual(['not explained']);
  expect(causes(unique, OPAQUE, ['n1', 10, held], ['n1', 20, { ...held, lane: 1 }])).toEqual(['not explained']);
  expect(causes(perNode, OPAQUE, ['n1', 10, held], ['n1', 20, { ...held, ids: [ID - 1n] }])).toEqual(['not explained']);
});

test('that a clock went back between two of them was seen, whatever their bits are', () => {
  const back = { ...held, offsetMs: -500 };
  expect(causes(unique, OPAQUE, ['n1', 10, held], ['n1', 20, back])).toEqual(['clock stepped back in process']);
  expect(causes(unique, OPAQUE, ['n1', 10, held], ['n1', 20, { ...back, incarnation: 2 }])).toEqual([
    'clock stepped back across a restart',
  ]);
});

test('bits that are known to be drawn were drawn twice, wherever and whenever', () => {
  const uuid = parseLayout('uuidv4');
  const drawn = { ...held, ids: [(4n << 76n) | (2n << 62n) | 7n] };
  expect(causes(unique, uuid, ['n1', 10, drawn], ['n2', 20, drawn])).toEqual(['the same random bits drawn twice']);
  expect(causes(unique, uuid, ['n1', 10, drawn], ['n1', 20, { ...drawn, offsetMs: -500 }])).toEqual([
    'the same random bits drawn twice',
  ]);
});

test('where nodes do not say what they hold, their IDs tell whose they are', () => {
  const layout = parseLayout('twitter');
  const scope = { gathered: 'replies', says: GATHERED.replies, untoldHolders: true } as const;
  const minted = (node: string, at: number, workerId: number, lane = 0) => {
    const tick = ORIGIN_UNIX_MS + 10 - layout.epochMs;
    return batch(node, at, { worker: -1, lane, ids: [encodeId(layout, { tick, workerId, sequence: 7 })] });
  };
  const told = (...batches: readonly ReturnType<typeof batch>[]) =>
    witnesses(
      unique,
      batches.reduce((builder, each) => builder.batch(each), new HistoryBuilder(['n1', 'n2'], layout)),
      {
        ...{ layout, scope },
      },
    ).map(({ cause }) => cause);
  expect(told(minted('n1', 10, 3), minted('n2', 10, 3))).toEqual(['two holders: unexplained']);
  // Two requests side by side are no two threads.
  expect(told(minted('n1', 10, 3), minted('n1', 10, 3, 1))).toEqual(['sequence reset within a tick']);
});
