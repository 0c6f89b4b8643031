import { expect, test } from 'vitest';
import { BreakerOpen, CircuitBreaker } from './circuit-breaker.ts';

const SETTINGS = { failures: 5, openMs: 30_000, quietMs: 60_000 };

function breaker() {
  const clock = { ms: 0 };
  const circuit = new CircuitBreaker(SETTINGS, () => clock.ms);
  let asked = 0;
  const call = (outcome: 'answers' | 'fails'): Promise<string> =>
    circuit
      .call(async () => {
        asked++;
        if (outcome === 'fails') throw new Error('no answer');
        return 'answered';
      })
      .catch((error: Error) => (error instanceof BreakerOpen ? 'refused' : error.message));
  const fail = async (times: number): Promise<void> => {
    for (let n = 0; n < times; n++) expect(await call('fails')).toBe('no answer');
  };
  return { clock, circuit, call, fail, asked: () => asked };
}

test('five failures in a row open it, four and an answer do not', async () => {
  const { circuit, call, fail } = breaker();
  await fail(4);
  await call('answers');
  await fail(4);
  expect(circuit.state).toBe('closed');
  await fail(1);
  expect(circuit.state).toBe('open');
});

test('open, it asks nothing for 30 s', async () => {
  const { clock, call, fail, asked } = breaker();
  await fail(5);
  clock.ms = 29_999;
  expect(await call('answers')).toBe('refused');
  expect(asked()).toBe(5);
  clock.ms = 30_000;
  expect(await call('answers')).toBe('answered');
});

test('one trial call goes through, and no other beside it', async () => {
  const { clock, circuit, call, fail } = breaker();
  await fail(5);
  clock.ms = 30_000;
  const { promise, resolve: answer } = Promise.withResolvers<string>();
  const trial = circuit.call(() => promise);
  expect(circuit.state).toBe('on trial');
  expect(await call('answers')).toBe('refused');
  answer('well');
  expect(await trial).toBe('well');
  expect(circuit.state).toBe('half open');
});

test('a failed trial opens it again for as long', async () => {
  const { clock, circuit, call, fail } = breaker();
  await fail(5);
  clock.ms = 30_000;
  await fail(1);
  expect(circuit.state).toBe('open');
  clock.ms = 59_999;
  expect(await call('answers')).toBe('refused');
});

test('half open, one failure opens it; after 60 s without any it is closed', async () => {
  const { clock, circuit, call, fail } = breaker();
  await fail(5);
  clock.ms = 30_000;
  await call('answers');
  clock.ms = 89_999;
  await call('answers');
  expect(circuit.state).toBe('half open');
  await fail(1);
  expect(circuit.state).toBe('open');
  clock.ms = 120_000;
  await call('answers');
  clock.ms = 180_000;
  await call('answers');
  expect(circuit.state).toBe('closed');
  await fail(4);
  expect(circuit.state).toBe('closed');
});

test('an answer to a call from before it opened tells nothing', async () => {
  const { clock, circuit, fail } = breaker();
  const { promise, resolve: answer } = Promise.withResolvers<string>();
  const slow = circuit.call(() => promise);
  await fail(5);
  clock.ms = 10;
  answer('late');
  await slow;
  expect(circuit.state).toBe('open');
});
