import { expect, test } from 'vitest';
import { judgeStoreKill } from './store-kills.ts';

const after = { tooLate: false, firstCode: null, wrong: [] } as const;

test('nothing is different afterwards: a pass that tells of whom, and when', () => {
  expect(judgeStoreKill('both', 1234, 5678, after)).toEqual({
    generator: 'harness and engine',
    verdict: 'pass',
    broken: [],
    doubts: [],
    remark: 'killed after 1.23 of 5.68 s',
  });
});

test('what is different is a fail', () => {
  expect(judgeStoreKill('engine', 1, 2, { ...after, wrong: ['findings'] })).toMatchObject({
    verdict: 'fail',
    broken: ['findings'],
  });
});

test('a kill that came too late proves nothing', () => {
  expect(judgeStoreKill('harness', 1, 2, { ...after, tooLate: true })).toMatchObject({
    verdict: 'unknown',
    broken: [],
    doubts: ['it had ended before it could be killed'],
  });
});
