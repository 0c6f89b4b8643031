import { expect, test } from 'vitest';
import type { Promise_ } from '../core/guarantee.ts';
import { parseLayout } from '../core/layout-spec.ts';
import type { HttpAsk, ServiceNode } from '../core/node-program.ts';
import pastEnd from '../../scenarios/clock-past-end.ts';
import { validateScenario } from '../registry.ts';
import { scopeProblems } from './scope-problems.ts';

const still = validateScenario({ ...pastEnd, timetable: { order: 'given', slots: [] } }, 'x');

const told = (
  layout: string,
  promises: readonly Promise_[],
  ask: Partial<HttpAsk> = {},
  urls?: readonly string[],
  scenario = still,
) => {
  const asked = { over: 'http', path: '/', ...ask } as const;
  const node: ServiceNode = {
    kind: 'service',
    ask: asked,
    ...(urls === undefined ? { command: ['serve'] } : { urls }),
  };
  return scopeProblems(scenario, { name: 'mine', promises, layout: parseLayout(layout), node }).map(
    ({ what, remedy, where }) => `${where}: ${what} ${remedy}`,
  );
};

const honest: Promise_ = { guarantee: 'time-honest', pastMs: 1, futureMs: 1 };

test('what can be judged may be promised', () => {
  expect(told('twitter', [{ guarantee: 'unique' }, { guarantee: 'well-formed' }, honest])).toEqual([]);
  expect(told('opaque', [{ guarantee: 'unique' }, { guarantee: 'increasing-per-node' }])).toEqual([]);
});

test('a promise about fields that nobody knows is refused, and the way to it is named', () => {
  expect(told('opaque', [honest, { guarantee: 'well-formed' }])).toEqual([
    'mine: promises: mine promises time-honest, which cannot be judged: the layout of the IDs is unknown. Say how its IDs are laid out, or leave the promise out.',
    'mine: promises: mine promises well-formed, which cannot be judged: the layout of the IDs is unknown. Say how its IDs are laid out, or leave the promise out.',
  ]);
  expect(told('uuidv4', [honest], { form: 'uuid' })).toEqual([
    'mine: promises: mine promises time-honest, which cannot be judged: IDs of this layout carry no time. Leave the promise out.',
  ]);
});

test('an order of digests is refused, once for both of its scopes', () => {
  const across = (scope: 'node' | 'worker-id'): Promise_ => ({ guarantee: 'increasing-across-lives', scope });
  expect(told('opaque:128', [across('node'), across('worker-id')], { form: 'text' })).toEqual([
    'mine: promises: mine promises increasing-across-lives, which cannot be judged: a digest is kept in place of each ID, and digests have no order. Leave the promise out.',
  ]);
});

test('what needs the lives of nodes is refused where only URLs are known', () => {
  const promises: readonly Promise_[] = [{ guarantee: 'unique' }, { guarantee: 'recovers', withinMs: 1000 }];
  expect(told('twitter', promises, {}, ['http://127.0.0.1:1'])).toEqual([
    'mine: promises: mine promises recovers, which cannot be judged: restarts of the nodes, and nodes behind one URL, are not seen. Leave the promise out.',
  ]);
});

test('texts have the layout of a digest, and UUIDs one of 128 bits', () => {
  expect(told('twitter', [], { form: 'text' })).toEqual([
    expect.stringMatching(
      /^mine: layout: IDs of the form text are kept as digests of 128 bits, and the layout is time:41@/,
    ),
  ]);
  expect(told('opaque', [], { form: 'text' })).toHaveLength(1);
  expect(told('ksuid', [], { form: 'text' })).toEqual([]);
  expect(told('opaque', [], { form: 'uuid' })).toEqual([
    'mine: layout: IDs of the form uuid have 128 bits, and the layout opaque has 64. Take a layout of 128 bits, such as uuidv7 or opaque:128.',
  ]);
});

test('a scenario that goes by the last time that an ID can carry needs IDs that are known to carry one', () => {
  const scenario = validateScenario(pastEnd, 'x');
  expect(told('opaque', [], {}, undefined, scenario)).toEqual([
    expect.stringMatching(
      /^clock-past-end: timetable\.slots\[0\].*clock-near-end goes by @end, and the layout of the IDs of mine is unknown\./,
    ),
  ]);
  expect(told('twitter', [], {}, undefined, scenario)).toEqual([]);
});
