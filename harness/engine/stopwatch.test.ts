import { expect, test } from 'vitest';
import { msToNs } from '../core/time.ts';
import { createStopwatch, measuredAgain } from './stopwatch.ts';

const ran = {
  runId: 'ab12cd34',
  startedAt: '2026-01-31T12:00:00.000Z',
  finishedAt: '2026-01-31T12:01:40.000Z',
  seconds: { launch: 5.6, scenario: 81.5, 'drain and judge': 4 },
  versions: { node: 'v24.0.0', store: '25.1' },
  host: { system: 'Linux', cores: '2' },
};
const again = createStopwatch('ab12cd34');
again.start('judge again')();
const judging = again.measured({ store: '26.2', coordinator: '3.4.23' });
const origin = { monotonicNs: '0', unixMs: Date.UTC(2026, 0, 31, 12, 0, 6), errorNs: 0 };

test('judging a run again replaces nothing that it measured', () => {
  const { seconds, versions, ...rest } = measuredAgain({ state: 'judged', measured: ran }, judging, origin, 0);
  expect({ seconds, ...rest, versions }).toEqual({
    ...ran,
    seconds: { ...ran.seconds, 'judge again': judging.seconds['judge again'] },
    versions: { ...ran.versions, coordinator: '3.4.23' },
  });
});

test('a run that nobody ended ended with the last entry of its journal, not when it was judged', () => {
  const begun = { ...ran, finishedAt: ran.startedAt, seconds: {}, versions: { node: 'v24.0.0' } };
  expect(measuredAgain({ state: 'begun', measured: begun }, judging, origin, msToNs(44_500))).toMatchObject({
    startedAt: ran.startedAt,
    finishedAt: '2026-01-31T12:00:50.500Z',
    versions: { node: 'v24.0.0', store: '26.2', coordinator: '3.4.23' },
  });
});

test('what the store takes is told by the judging where the run was killed before it could, and else stays', () => {
  const stored = [{ table: 'ids', rows: '5', onDisk: '40', uncompressed: '80' }];
  const later = createStopwatch('ab12cd34').measured({}, stored);
  const begun = { state: 'begun', measured: ran } as const;
  expect(measuredAgain(begun, later, origin, 0).stored).toEqual(stored);
  const before = [{ table: 'ids', rows: '5', onDisk: '44', uncompressed: '80' }];
  expect(measuredAgain({ ...begun, measured: { ...ran, stored: before } }, later, origin, 0).stored).toEqual(before);
});
