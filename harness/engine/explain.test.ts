/**
 * One small run for each cause: hand-made batches, judged by the real checkers, explained from a hand-made journal.
 */
import { describe, expect, test } from 'vitest';
import { HistoryBuilder, LAYOUT, ORIGIN_UNIX_MS } from '../checkers/shared/history-builder.ts';
import type { Cause } from '../core/cause.ts';
import type { Promise_ } from '../core/guarantee.ts';
import type { JournalEntry } from '../core/journal.ts';
import type { Layout } from '../core/layout.ts';
import { encodeId, shiftsOf } from '../core/layout.ts';
import type { DisturbanceRecord } from '../core/run.ts';
import { msToNs } from '../core/time.ts';
import { batch, disturbance, health, owns, perNode, stoodStill, unique, witnesses } from './explain-for-tests.ts';

describe('two holders', () => {
  /** n1 minted on after its lease, which ended at 6100; n2 took over at 6200; both minted the tick of 7000. */
  const both = (endedMs = 6100) =>
    new HistoryBuilder()
      .lease(1n, { node: 'n1', sentMs: 1000, ttlMs: 5000, endedMs })
      .lease(2n, { node: 'n2', sentMs: 6150, ttlMs: 5000 })
      .batch(batch('n1', 500, { lease: 1n, revision: 3n }))
      .batch(batch('n2', 6200, { lease: 2n, revision: 9n }))
      .batch(batch('n1', 7000, { lease: 1n, revision: 3n }))
      .batch(batch('n2', 7000, { lease: 2n, revision: 9n }));

  const cut = disturbance('cut-from-etcd', { node: 'n1' }, 1200, 9000);
  const clock = disturbance('clock-step', { node: 'n1', byMs: -3000 }, 1500, 9000);
  const outage = disturbance('etcd-quorum-loss', {}, 1100, 6500);

  test.each([
    ['two holders: cut from the coordinator', [clock, cut]],
    ['two holders: coordinator outage', [clock, outage]],
    ['two holders: cut from the coordinator', [clock, disturbance('partition', { side: ['n1', 'n2'] }, 1100, 6900)]],
    ['two holders: unexplained', [clock]],
    ['two holders: unexplained', [disturbance('cut-from-etcd', { node: 'n2' }, 1200, 9000)]],
    // Long over when the lease was last kept alive.
    ['two holders: unexplained', [disturbance('cut-from-etcd', { node: 'n1' }, 100, 900)]],
  ] as const)('%s', (cause, disturbances) => {
    for (const promise of [unique, owns]) expect(witnesses(promise, both(), { disturbances })[0]!.cause).toBe(cause);
  });

  test('a link opens no door that does not lead to the coordinator, or only takes a little longer', () => {
    const causeBy = (more: Partial<DisturbanceRecord>) =>
      witnesses(owns, both(), { disturbances: [{ ...cut, ...more }] })[0]!.cause;
    expect(causeBy({ keepsFromCoordinator: ['n1'] })).toBe('two holders: cut from the coordinator');
    expect(causeBy({ keepsFromCoordinator: ['n1'], delaysMs: 101 })).toBe('two holders: cut from the coordinator');
    expect(causeBy({ keepsFromCoordinator: ['n1'], delaysMs: 100 })).toBe('two holders: unexplained');
    expect(causeBy({ keepsFromCoordinator: ['n2'] })).toBe('two holders: unexplained');
  });

  test('a disturbance of the holder that covers the end of its lease opens the door before others', () => {
    const early = disturbance('cut-from-etcd', { node: 'n1' }, 1300, 2000);
    const [first] = witnesses(owns, both(), { disturbances: [outage, early, cut] });
    expect(first!.explanation).toContain('The door was opened by slot: cut-from-etcd n1 (1.200 s to 9.000 s)');
  });

  test('without a lease nothing that was disturbed opened a door', () => {
    const leaseless = new HistoryBuilder()
      .batch(batch('n1', 500))
      .batch(batch('n2', 6200))
      .batch(batch('n1', 7000))
      .batch(batch('n2', 7000));
    const [first] = witnesses(owns, leaseless, { disturbances: [outage, cut] });
    expect(first!.cause).toBe('two holders: no lease');
    expect(first!.explanation).not.toContain('door');
  });

  test('a pause is known from the process, with a disturbance and without', () => {
    for (const disturbances of [[], [clock, disturbance('pause', { node: 'n1' }, 1100, 6900)]])
      expect(witnesses(owns, both(), { journal: stoodStill('n1', 1100, 6900), disturbances })[0]!.cause).toBe(
        'two holders: paused past its lease',
      );
  });

  test('a pause that was over while the lease could still be kept alive opened no door', () => {
    const causeUntil = (toMs: number) =>
      [[], [disturbance('pause', { node: 'n1' }, 1100, toMs)]].map(
        (disturbances) => witnesses(owns, both(), { journal: stoodStill('n1', 1100, toMs), disturbances })[0]!.cause,
      );
    // The lease of 5 s ended at 6.1 s.
    expect(new Set(causeUntil(3600))).toEqual(new Set(['two holders: paused past its lease']));
    expect(new Set(causeUntil(3599))).toEqual(new Set(['two holders: unexplained']));
  });

  test('the coordinator broke its word, whatever else was disturbed', () => {
    const [first] = witnesses(owns, both(5000), { disturbances: [cut] });
    expect(first!.cause).toBe('two holders: coordinator ended the lease early');
  });

  test('the first witness tells which two, from when to when, and which disturbance', () => {
    const [first] = witnesses(owns, both(), { disturbances: [cut, clock], journal: [health('n1', 6900, -3000)] });
    expect(first!.explanation).toBe(
      'Two nodes held worker ID 0: n1 from 0.500 s to 7.000 s, and n2 from 6.200 s to 7.000 s, so both from 6.200 s to ' +
        '7.000 s. The door was opened by slot: cut-from-etcd n1 (1.200 s to 9.000 s): n1 could not reach the ' +
        'coordinator, its lease ran out, and it minted on. The last keep-alive of n1 that was accepted was sent at 1.000 s ' +
        'and good for 5000 ms; its owner key was gone by 6.100 s. Also disturbed at 6.200 s: slot: clock-step ' +
        'n1 (byMs -3000; 1.500 s to 9.000 s).',
    );
  });

  test('what was disturbed at both moments of a story is told once, what came between is told of its moment', () => {
    const history = () =>
      new HistoryBuilder().batch(batch('n1', 5000)).batch(batch('n1', 8500, { ids: [{ ms: 5000 }] }));
    const pause = disturbance('pause', { node: 'n2' }, 8000, 8900);
    const story = (...disturbances: DisturbanceRecord[]) =>
      witnesses(unique, history(), { disturbances })[0]!.explanation!.replace(/.*?(?=Disturbed|Nothing)/, '');
    const step = 'slot: clock-step n1 (byMs -3000; 1.500 s to 9.000 s)';
    const paused = 'slot: pause n2 (8.000 s to 8.900 s)';
    expect(story(clock)).toBe(`Disturbed at 5.000 s: ${step}.`);
    expect(story(clock, pause)).toBe(`Disturbed at 5.000 s: ${step}. Also disturbed at 8.500 s: ${paused}.`);
    expect(story(pause)).toBe(`Nothing was disturbed at 5.000 s. Disturbed at 8.500 s: ${paused}.`);
    expect(story(pause, disturbance('noop', {}, 1000, 9000))).toBe(story(pause));
  });

  test('a duplicate tells fields, times and clocks of both sightings', () => {
    const journal = [health('n1', 6900, -3000)];
    const { explanation } = witnesses(unique, both(), { disturbances: [cut], journal })[0]!;
    expect(explanation).toContain('n1 minted');
    expect(explanation).toContain('(time 7.000 s, worker 0, sequence 0) at 7.000 s');
    expect(explanation).toContain(
      'its clock was true by its own reading, 3000 ms behind as seen from outside just before.',
    );
    expect(explanation).toContain('its clock was true by its own reading, not seen from outside just before.');
  });

  test('a clock that read what was seen of it from outside is told once', () => {
    const { explanation } = witnesses(unique, both(), { disturbances: [cut], journal: [health('n1', 6900, 0)] })[0]!;
    expect(explanation).toContain('its clock was true by its own reading and as seen from outside just before.');
  });

  test('of an ID without a worker ID no worker is told, and without a time no time', () => {
    const told = (fields: Partial<Layout>): string | undefined =>
      witnesses(unique, both(), { layout: { ...LAYOUT, shifts: shiftsOf(LAYOUT), ...fields } })[0]!.explanation;
    expect(told({ workerBits: 0 })).toContain('(time 7.000 s, sequence 0) at 7.000 s');
    expect(told({ workerBits: 0, timeBits: 0 })).toContain('(sequence 0) at 7.000 s');
  });

  test('a holder that stood still inside a call is one, though its last call began in time', () => {
    const history = new HistoryBuilder()
      .lease(1n, { node: 'n1', sentMs: 1000, ttlMs: 5000, endedMs: 6100 })
      .batch(batch('n1', 500, { lease: 1n, revision: 3n }))
      .batch(batch('n1', 2000, { lease: 1n, revision: 3n, takesMs: 7000, ids: [{ ms: 9000 }] }))
      .batch(batch('n2', 6200, { lease: 2n, revision: 9n }));
    const pause = disturbance('pause', { node: 'n1' }, 2000, 9000);
    const [first] = witnesses({ guarantee: 'increasing-across-lives', scope: 'worker-id' }, history, {
      disturbances: [pause],
      journal: stoodStill('n1', 2000, 9000),
    });
    expect(first!.cause).toBe('two holders: paused past its lease');
    expect(first!.explanation).toContain('so both from 6.200 s to 6.200 s');
  });
});

test('minted after its lease, with nobody beside', () => {
  const history = new HistoryBuilder()
    .lease(1n, { node: 'n1', sentMs: 1000, ttlMs: 5000, endedMs: 6100 })
    .batch(batch('n1', 6500, { lease: 1n, revision: 3n }));
  expect(witnesses(owns, history)[0]!.cause).toBe('minted after its lease');
});

test('minted after its lease although the coordinator ended it early, and said so', () => {
  const told = (toldGoneMs: number) =>
    new HistoryBuilder()
      .lease(1n, { node: 'n1', sentMs: 1000, ttlMs: 5000, endedMs: 2000, toldGoneMs })
      .batch(batch('n1', 1900, { lease: 1n, revision: 3n }))
      .batch(batch('n1', 4000, { lease: 1n, revision: 3n }))
      .batch(batch('n2', 3900, { lease: 3n, revision: 9n }))
      .batch(batch('n2', 4100, { lease: 3n, revision: 9n }));
  const [meeting, late] = witnesses(owns, told(2100));
  expect([meeting!.cause, late!.cause]).toEqual(['minted after its lease', 'minted after its lease']);
  expect(meeting!.explanation).toContain('it was told at 2.100 s that the lease was gone');
  const [early] = witnesses(owns, told(3100));
  expect(early!.cause).toBe('two holders: coordinator ended the lease early');
});

test('a lease that ended early long after both had begun let nobody in', () => {
  const both = (endedMs: number) =>
    new HistoryBuilder()
      .lease(1n, { node: 'n1', sentMs: 7000, ttlMs: 5000, endedMs })
      .batch(batch('n1', 500, { lease: 1n, revision: 3n }))
      .batch(batch('n2', 900, { lease: 3n, revision: 9n }))
      .batch(batch('n1', 7500, { lease: 1n, revision: 3n }))
      .batch(batch('n2', 7500, { lease: 3n, revision: 9n }));
  expect(witnesses(owns, both(8000))[0]!.cause).toBe('two holders: both took it at once');
});

test('two holders come before one latecomer, what is outside assumptions comes last', () => {
  const history = new HistoryBuilder()
    .lease(1n, { node: 'n3', sentMs: 0, ttlMs: 5000, endedMs: 10 })
    .lease(2n, { node: 'n1', sentMs: 1000, ttlMs: 5000, endedMs: 6100 })
    .batch(batch('n3', 50, { worker: 1, lease: 1n, revision: 1n }))
    .batch(batch('n1', 5000, { lease: 2n, revision: 3n }))
    .batch(batch('n1', 8000, { lease: 2n, revision: 3n }))
    .batch(batch('n2', 7000, { lease: 3n, revision: 9n }));
  const disturbances = [disturbance('cut-from-etcd', { node: 'n1' }, 1200, 9000)];
  expect(witnesses(owns, history, { disturbances }).map(({ cause }) => cause)).toEqual([
    'two holders: cut from the coordinator',
    'minted after its lease',
    'two holders: coordinator ended the lease early',
  ]);
});

describe('one life of a node', () => {
  test('its clock stepped back, told by the two calls', () => {
    const history = new HistoryBuilder().batch(batch('n1', 5000)).batch(batch('n1', 5001, { offsetMs: -3000 }));
    expect(witnesses(perNode, history)[0]!.cause).toBe('clock stepped back in process');
  });

  test('its clock stepped back between, told by what was observed', () => {
    const again = () => new HistoryBuilder().batch(batch('n1', 5000)).batch(batch('n1', 8000, { offsetMs: -3000 }));
    expect(witnesses(unique, again(), { journal: [health('n1', 7000, 0)] })[0]!.cause).toBe(
      'clock stepped back in process',
    );
    // It was frozen: nobody saw a later time.
    expect(witnesses(unique, again(), { journal: [health('n1', 7000, -2000)] })[0]!.cause).toBe(
      'sequence reset within a tick',
    );
  });

  test('its clock stepped back between two lanes: they did not race', () => {
    const lanes = new HistoryBuilder().batch(batch('n1', 5000)).batch(batch('n1', 8000, { offsetMs: -3000, lane: 1 }));
    expect(witnesses(unique, lanes, { journal: [health('n1', 7000, 0)] })[0]!.cause).toBe(
      'clock stepped back in process',
    );
  });

  test('the sequence was used again', () => {
    const history = new HistoryBuilder().batch(batch('n1', 5000)).batch(batch('n1', 5000.5, { ids: [{ ms: 5000 }] }));
    expect(witnesses(unique, history)[0]!.cause).toBe('sequence reset within a tick');
  });

  test('the sequence wrapped: a whole field of numbers lies between', () => {
    const tick = Array.from({ length: 2 ** LAYOUT.sequenceBits + 1 }, (_, n) => ({
      ms: 5000,
      sequence: n % 2 ** LAYOUT.sequenceBits,
    }));
    const history = new HistoryBuilder().batch(batch('n1', 5000, { ids: tick }));
    expect(witnesses(unique, history)[0]!.cause).toBe('sequence wrapped within a tick');
  });

  test('two lanes of it used one number, or one lane used it twice within a call', () => {
    const one = { ids: [{ ms: 5000 }], takesMs: 3 };
    const lanes = new HistoryBuilder().batch(batch('n1', 5000, one)).batch(batch('n1', 5000, { ...one, lane: 1 }));
    expect(witnesses(unique, lanes)[0]!.cause).toBe('threads raced for one sequence');
    const twice = batch('n1', 5000, { ids: [7, 8, 7].map((sequence) => ({ ms: 5001, sequence })), takesMs: 3 });
    expect(witnesses(unique, new HistoryBuilder().batch(twice))[0]!.cause).toBe('sequence reset within a tick');
  });

  test('digits were lost: neighbours of one call became one', () => {
    const rounded = [1, 2].map(() =>
      BigInt(Number(encodeId(LAYOUT, { tick: ORIGIN_UNIX_MS + 5000 - LAYOUT.epochMs, workerId: 0, sequence: 40n }))),
    );
    const history = new HistoryBuilder().batch(batch('n1', 5000, { ids: rounded }));
    expect(witnesses(unique, history)[0]!.cause).toBe('digits lost in a 53-bit number');
  });
});

describe('the time in an ID is not the clock of the call:', () => {
  const honest: Promise_ = { guarantee: 'time-honest', pastMs: 1, futureMs: 0 };
  const at = 60_000;
  /** What the ID carries at 60 s, the offset of the clock then, and the offsets observed at 10, 20, … s. */
  const caused = (embeddedMs: number, offsetMs: number, observed: readonly number[]): Cause | undefined =>
    witnesses(honest, new HistoryBuilder().batch(batch('n1', at, { offsetMs, ids: [{ ms: embeddedMs }] })), {
      journal: observed.map((offset, index) => health('n1', 10_000 * (index + 1), offset)),
    })[0]?.cause;

  test.each([
    // The clock was true, then 10 s ahead, then true again.
    ['kept its time when its clock went back', at + 8000, 0, [0, 10_000]],
    ['ran ahead of its clock', at + 40, 0, [0]],
    ['ran ahead of its clock', at + 11_000, 0, [0, 10_000]],
    ['fell behind its clock', at - 400, 0, [0]],
    ['does not follow its clock', at, 10_000, [0]],
    ['does not follow its clock', at, -3000, [0]],
    ['another epoch, unit or width than declared', at + 86_400_000, 0, [0]],
  ] as const)('%s (%i, its clock at %i, before at %j)', (cause, embeddedMs, offsetMs, observed) => {
    expect(caused(embeddedMs, offsetMs, observed)).toBe(cause);
  });

  test('its clock showed what no ID can carry', () => {
    const beyond = 2 ** LAYOUT.timeBits;
    expect(caused(at, LAYOUT.epochMs + beyond - ORIGIN_UNIX_MS, [0])).toBe('time does not fit its field');
    expect(caused(at, LAYOUT.epochMs - ORIGIN_UNIX_MS - 2 * at, [0])).toBe('time before the epoch');
  });

  test('two lives in the wrong order are laid to the one that does not tell its time', () => {
    const history = new HistoryBuilder()
      .batch(batch('n1', 5000, { ids: [{ ms: 5900 }] }))
      .batch(batch('n1', 5500, { incarnation: 2 }));
    const promise: Promise_ = { guarantee: 'increasing-across-lives', scope: 'node' };
    expect(witnesses(promise, history)[0]!.cause).toBe('ran ahead of its clock');
  });
});

test('the clock stepped back across a restart', () => {
  const history = new HistoryBuilder()
    .batch(batch('n1', 5000))
    .batch(batch('n1', 13_000, { incarnation: 2, offsetMs: -8000 }));
  const [first] = witnesses(unique, history);
  expect(first!.cause).toBe('clock stepped back across a restart');
  expect(first!.explanation).toContain('Between the two calls 8000 ms passed and the wall clock of n1 moved by 0 ms');
});

test('a successor behind the earlier holder, even when that went on minting beside it', () => {
  const ahead = new HistoryBuilder()
    .batch(batch('n1', 1000, { revision: 3n, offsetMs: 10_000 }))
    .batch(batch('n2', 11_000, { revision: 9n }));
  const disturbances = [disturbance('clock-step', { node: 'n1', byMs: 10_000 }, 900, 5000)];
  const [first] = witnesses(unique, ahead, { disturbances });
  expect(first!.cause).toBe('successor behind the earlier holder');
  expect(first!.explanation).toContain('Disturbed at 1.000 s: slot: clock-step n1 (byMs 10000');
  const beside = witnesses(unique, ahead.batch(batch('n1', 12_000, { revision: 3n })), { disturbances });
  expect(beside[0]!.cause).toBe('successor behind the earlier holder');
  expect(beside[0]!.explanation).toContain('n1 went on minting beside it');
});

test.each([
  [{ guarantee: 'well-formed' }, batch('n1', 5, { ids: [{ ms: 5, worker: 3 }] }), 'wrong field'],
  [{ guarantee: 'fails-closed' }, batch('n1', 5, { ids: [0n] }), 'error passed as an ID'],
  [{ guarantee: 'unique' }, batch('n1', 5, { ids: [0n, 0n] }), 'error passed as an ID'],
  [
    { guarantee: 'time-honest', pastMs: 1, futureMs: 0 },
    batch('n1', 5, { ids: [{ ms: 99 }] }),
    'ran ahead of its clock',
  ],
] as const)('%o', (promise, spec, cause) => {
  expect(witnesses(promise, new HistoryBuilder().batch(spec))[0]!.cause).toBe(cause);
});

test('silence after the heal', () => {
  const [first] = witnesses(
    { guarantee: 'recovers', withinMs: 10 },
    new HistoryBuilder(['n1'])
      .batch(batch('n1', 5, { worker: 0 }))
      .request({ node: 'n1', at: 50, status: 'refused' })
      .said('n1', 90, 'waiting')
      .recover(10, 100, 1),
  );
  expect(first!.cause).toBe('silent after the heal');
});

describe('the worker ID in an ID', () => {
  const formed: Promise_ = { guarantee: 'well-formed' };

  test('is one that this life held before', () => {
    const history = new HistoryBuilder()
      .batch(batch('n1', 5, { worker: 1, ids: [{ ms: 5, worker: 1 }] }))
      .batch(batch('n1', 9, { worker: 2, ids: [{ ms: 9, worker: 1 }] }));
    expect(witnesses(formed, history)[0]!.cause).toBe('worker ID of an earlier tenure');
  });

  test('is what is left of one that does not fit', () => {
    const worker = 2 ** LAYOUT.workerBits + 3;
    const history = new HistoryBuilder().batch(batch('n1', 5, { worker, ids: [{ ms: 5, worker: 3 }] }));
    expect(witnesses(formed, history)[0]!.cause).toBe('worker ID wider than its field');
  });
});

describe('two holders while the word to the first was good:', () => {
  const both = (tookMs: number) =>
    new HistoryBuilder()
      .lease(1n, { node: 'n1', sentMs: 9000, ttlMs: 5000 })
      .lease(2n, { node: 'n2', sentMs: 9000, ttlMs: 5000 })
      .batch(batch('n1', 500, { lease: 1n, revision: 3n }))
      .batch(batch('n2', tookMs, { lease: 2n, revision: 9n }))
      .batch(batch('n1', 9500, { lease: 1n, revision: 3n }))
      .batch(batch('n2', 9500, { lease: 2n, revision: 9n }));

  test('both took it at once, or the second took it from the first', () => {
    expect(witnesses(owns, both(700))[0]!.cause).toBe('two holders: both took it at once');
    expect(witnesses(owns, both(7000))[0]!.cause).toBe('two holders: taken from a living holder');
  });

  test('the first had given it up itself, or another had for it', () => {
    const givenUp = (by: { readonly givenUpByHolder?: true }) =>
      new HistoryBuilder()
        .lease(1n, { node: 'n1', sentMs: 6000, ttlMs: 5000, endedMs: 6600, givenUpMs: 6500, ...by })
        .batch(batch('n1', 500, { lease: 1n, revision: 3n }))
        .batch(batch('n2', 7000, { lease: 2n, revision: 9n }))
        .batch(batch('n1', 9500, { lease: 1n, revision: 3n }))
        .batch(batch('n2', 9600, { lease: 2n, revision: 9n }));
    const own = witnesses(owns, givenUp({ givenUpByHolder: true }));
    expect(new Set(own.map(({ cause }) => cause))).toEqual(new Set(['minted after its lease']));
    const meeting = own.find(({ tenures }) => tenures?.length === 2);
    expect(meeting!.explanation).toContain('N1 gave its lease up itself, and minted on.');
    expect(witnesses(owns, givenUp({}))[0]!.cause).toBe('two holders: taken from a living holder');
  });

  test('one had a lease and the other none', () => {
    const history = both(700).batch(batch('n3', 800)).batch(batch('n3', 9600));
    expect(witnesses(owns, history).map(({ cause }) => cause)).toContain('two holders: static beside leased');
  });
});

describe('a duplicate in a run in which the coordinator went back:', () => {
  const rollback = { from: msToNs(900), at: msToNs(1000), before: '9', revision: '5' };
  const journal: JournalEntry[] = [{ kind: 'rollback', at: rollback.at, rollback }];
  const ids = [{ ms: 700, worker: 0 }];
  const again = (mintedMs: number, lastMs: number) =>
    new HistoryBuilder()
      .lease(1n, { node: 'n1', revision: 3n, sentMs: lastMs, ttlMs: 5000 })
      .batch(batch('n1', 500, { lease: 1n, revision: 3n }))
      .batch(batch('n1', mintedMs, { lease: 1n, revision: 3n, ids }))
      .batch(batch('n1', lastMs, { lease: 1n, revision: 3n }))
      .batch(batch('n1', 20_700, { incarnation: 2, lease: 2n, revision: 6n, offsetMs: -20_000, ids }));
  const causeOf = (builder: HistoryBuilder): Cause | undefined => witnesses(unique, builder, { journal })[0]!.cause;

  test('the earlier holder ended with what was forgotten', () => {
    expect(causeOf(again(700, 800))).toBe('coordinator rolled back');
  });

  test('the earlier holder lived on by the word of the coordinator that went back', () => {
    expect(causeOf(again(700, 15_000))).toBe('clock stepped back across a restart');
  });
});

test('a foreign worker field that collides', () => {
  const history = new HistoryBuilder()
    .batch(batch('n1', 5, { worker: 1, ids: [{ ms: 5, worker: 2 }] }))
    .batch(batch('n2', 5, { worker: 2 }));
  expect(witnesses(unique, history)[0]!.cause).toBe('wrong field');
});
