import { expect, test } from 'vitest';
import { matrixText } from './etcd-versions.ts';

test('a matrix has a row for each scenario and a column for each version, with all verdicts in their cell', () => {
  const cell = (scenario: string, version: string, verdict: string) => ({ scenario, version, verdict });
  expect(
    matrixText([
      cell('etcd-kill-all', '3.4.23', 'pass'),
      cell('etcd-kill-all', '3.4.23', 'unknown'),
      cell('lease-expire', '3.4.23', 'pass (2 outside assumptions)'),
      cell('etcd-kill-all', '3.7.3', 'pass'),
    ]),
  ).toBe(
    [
      '| scenario | etcd 3.4.23 | etcd 3.7.3 |',
      '| --- | --- | --- |',
      '| etcd-kill-all | pass; unknown | pass |',
      '| lease-expire | pass (2 outside assumptions) |  |',
    ].join('\n'),
  );
});
