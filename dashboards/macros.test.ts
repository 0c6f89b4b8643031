import { expect, test } from 'vitest';
import { expandMacros, expandVariables } from './macros-for-tests.ts';
import type { PanelContext } from './macros-for-tests.ts';

const context: PanelContext = {
  fromMs: 1_415_792_726_123,
  toMs: 1_447_328_726_456,
  intervalMs: 20_000,
  variables: { run: 'ab12', ids: 'ids_128' },
};

test.each([
  ['$__timeFilter(time)', 'time >= toDateTime(1415792726) AND time <= toDateTime(1447328726)'],
  [
    '$__timeFilter_ms(time)',
    'time >= fromUnixTimestamp64Milli(1415792726123) AND time <= fromUnixTimestamp64Milli(1447328726456)',
  ],
  ['$__fromTime', 'toDateTime(1415792726)'],
  ['$__toTime', 'toDateTime(1447328726)'],
  ['$__fromTime_ms', 'fromUnixTimestamp64Milli(1415792726123)'],
  ['$__toTime_ms', 'fromUnixTimestamp64Milli(1447328726456)'],
  ['$__interval_s', '20'],
  ['$__timeInterval(column)', 'toStartOfInterval(toDateTime(column), INTERVAL 20 second)'],
  ['$__timeInterval_ms(column)', 'toStartOfInterval(toDateTime64(column, 3), INTERVAL 20000 millisecond)'],
])('%s, as it is documented', (macro, expanded) => {
  expect(expandMacros(macro, context)).toBe(expanded);
  expect(expandMacros(`a ${macro}, b ${macro}`, context)).toBe(`a ${expanded}, b ${expanded}`);
});

test('an interval below what a macro can say is its least', () => {
  const fine = { ...context, intervalMs: 250 };
  expect(expandMacros('$__interval_s', fine)).toBe('1');
  expect(expandMacros('$__timeInterval_ms(t)', fine)).toContain('INTERVAL 250 millisecond');
});

test.each(['$__timeGroup(t)', '$__timeFilter', '$__fromTime(t)', '$__timeFilter(f(t))', '$__timeFilter(a, b)'])(
  '%s is refused: Grafana would send something else than was meant',
  (macro) => expect(() => expandMacros(macro, context)).toThrow(macro.slice(0, 8)),
);

test('variables are put in as text, in either spelling; one that is not there is refused', () => {
  expect(expandVariables("FROM $ids WHERE run = '${run}'", context)).toBe("FROM ids_128 WHERE run = 'ab12'");
  expect(() => expandVariables('$batches', context)).toThrow('$batches');
  expect(expandVariables('$__fromTime', context)).toBe('$__fromTime');
});
