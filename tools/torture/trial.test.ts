import { expect, test } from 'vitest';
import { trialLine } from './trial.ts';

test('a repetition is told in one line, which ends with what there is to tell', () => {
  const pass = { generator: 'snowflake', seed: '3', verdict: 'pass', broken: [], doubts: [] } as const;
  expect(trialLine(pass)).toBe('snowflake seed 3: pass');
  expect(trialLine({ ...pass, remark: '' })).toBe('snowflake seed 3: pass');
  expect(trialLine({ ...pass, verdict: 'fail', broken: ['unique'], doubts: ['node silent'], remark: '7 IDs' })).toBe(
    'snowflake seed 3: fail, unique, node silent, 7 IDs',
  );
});
