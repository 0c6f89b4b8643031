import { describe, expect, test } from 'vitest';
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

describe('where nodes do not say what they hold', () => {
  const layout = parseLayout('twitter');
  const minted = (node: string, at: number, workerId: number, lane = 0) => {
    const tick = ORIGIN_UNIX_MS + 10 - layout.epochMs;
    return batch(node, at, { worker: -1, lane, ids: [encodeId(layout, { tick, workerId, sequence: 7 })] });
  };
  type Told = { readonly gathered?: 'replies' | 'clients'; readonly coordinator?: string };
  const told = (
    { gathered = 'replies', coordinator = 'none' }: Told,
    ...batches: readonly ReturnType<typeof batch>[]
  ) => {
    const builder = new HistoryBuilder(['n1', 'n2'], layout);
    for (const each of batches) builder.batch(each);
    const scope = { gathered, says: GATHERED[gathered], untoldHolders: true } as const;
    return witnesses(unique, builder, { layout, scope, coordinator })[0];
  };
  const twice = [minted('n1', 10, 3), minted('n2', 10, 3)];

  test('two of which all IDs carry one worker ID were never kept apart, where nothing leases any', () => {
    const witness = told({}, ...twice);
    expect(witness?.cause).toBe('two holders: no lease');
    expect(witness?.explanation).toContain('Every ID of n1 and of n2 in this run carries worker ID 3');
  });

  test('what may have been leased, or taken over, stays unexplained', () => {
    expect(told({ coordinator: '3.5.0' }, ...twice)?.cause).toBe('two holders: unexplained');
    expect(told({}, ...twice, minted('n2', 5, 4))?.cause).toBe('two holders: unexplained');
    expect(told({ gathered: 'clients' }, ...twice)?.cause).toBe('two holders: unexplained');
  });

  test('of nodes that run elsewhere no clock is told of, and none is to blame', () => {
    const late = batch('n2', 10, { worker: -1, offsetMs: -5000, ids: [...(minted('n1', 10, 3).ids as bigint[])] });
    const witness = told({ gathered: 'clients' }, minted('n1', 10, 3), late);
    expect(witness?.cause).toBe('two holders: unexplained');
    expect(witness?.explanation).not.toContain('clock');
  });

  test('two requests side by side are no two threads', () => {
    expect(told({}, minted('n1', 10, 3), minted('n1', 10, 3, 1))?.cause).toBe('sequence reset within a tick');
  });
});
