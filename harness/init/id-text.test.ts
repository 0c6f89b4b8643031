import fc from 'fast-check';
import { expect, test } from 'vitest';
import { idReaderOf } from '../core/id-form.ts';
import { ID_FORMS } from '../core/node-program.ts';
import { idText } from './id-text.ts';

test.each(ID_FORMS.filter((form) => form !== 'text'))('an ID of the form %s is read back from its text', (form) => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }), (id) => {
      expect(idReaderOf(form, 128)(idText(id, form))).toBe(id);
    }),
  );
});

test('a text is told by its digest', () => {
  expect(idText(255n, 'text')).toMatch(/digest 0{30}ff$/);
});
