import { expect, test } from 'vitest';
import type { Generator } from './generator.ts';
import { withPromisedEncoding } from './promised-encoding.ts';

const mine: Generator = {
  name: 'mine',
  summary: '',
  promises: [{ guarantee: 'unique' }],
  layout: { timeBits: 0, workerBits: 0, sequenceBits: 0, tickMs: 1, epochMs: 0 },
  node: { kind: 'module', module: './ids.mjs' },
};

test('a module promises that answers are what it minted, once, whatever its generator says', () => {
  const promised = withPromisedEncoding(mine);
  expect(promised.promises).toEqual([{ guarantee: 'unique' }, { guarantee: 'faithful-encoding' }]);
  expect(withPromisedEncoding(promised)).toBe(promised);
});

test('what another node promises is its own affair', () => {
  const native: Generator = { ...mine, node: { kind: 'native', command: ['./node'] } };
  expect(withPromisedEncoding(native)).toBe(native);
});
