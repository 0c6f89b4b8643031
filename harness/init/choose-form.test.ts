import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Written } from '../core/generator.ts';
import type { IdForm } from '../core/node-program.ts';
import { chooseForm, READINGS } from './choose-form.ts';

const answers = (...given: readonly (string | bigint | Written)[]) =>
  given.map((one) => ({
    given: typeof one === 'string' ? { as: 'text' as const, words: one } : one,
    askedMs: 1,
    cameMs: 2,
  }));

test.each<[form: IdForm, idBits: 64 | 128, ...(string | Written)[]]>([
  ['decimal', 64, '912440593618042881', '-1'],
  ['decimal', 128, '1', '340282366920938463463374607431768211455'],
  ['uuid', 128, randomUUID(), '0199f3a012344abc8def0123456789ab'],
  ['ulid', 128, '01JQZK8W6V7T5S4R3Q2P1N0M9A', '01jqzk8w6v7t5s4r3q2p1n0m9b'],
  ['hex', 128, '12345678', '0xcaffee'],
  ['text', 128, 'V1StGXR8_Z5jdHi6B-myT', '12'],
  ['decimal', 64, { as: 'number', words: '12' }, { as: 'bigint', words: '18446744073709551615' }],
  ['decimal', 64, { as: 'bytes', words: 'cafe' }],
  ['decimal', 128, { as: 'bytes', words: 'ca'.repeat(16) }],
  ['text', 128, { as: 'bytes', words: 'ca'.repeat(17) }],
])('what is written as %s of %i bits is found to be so', (form, idBits, ...given) => {
  expect(chooseForm(answers(...given), READINGS)).toMatchObject({ form, idBits });
});

test('one answer that is of another form rules it out', () => {
  expect(chooseForm(answers('12', 'zz'), READINGS)?.form).toBe('text');
  expect(chooseForm(answers('12', 'zz'), [{ form: 'decimal', idBits: 64 }])).toBeUndefined();
});

test('IDs keep all of their digits, however they are given', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.constantFrom('text', 'number', 'bigint'), (id, as) => {
      const found = chooseForm(answers({ as, words: String(id) }, id), READINGS);
      expect(found?.seen.map((one) => one.id)).toEqual([id, id]);
    }),
  );
});

test('bytes are a big-endian number', () => {
  const found = chooseForm(answers({ as: 'bytes', words: '0100' }), READINGS);
  expect(found?.seen[0]?.id).toBe(256n);
});
