import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readId } from '../core/id-forms.ts';
import { ID_FORMS } from '../core/node-program.ts';
import { idText } from './id-text.ts';

test.each(ID_FORMS.filter((form) => form !== 'text'))('an ID of the form %s is read back from its text', (form) => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }), (id) => {
      expect(readId(idText(id, form), form, 128)).toBe(id);
    }),
  );
});

test('a text is told by its digest', () => {
  expect(idText(255n, 'text')).toMatch(/digest 0{30}ff$/);
});
