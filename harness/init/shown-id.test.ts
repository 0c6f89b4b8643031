import { expect, test } from 'vitest';
import { shownId } from './shown-id.ts';

test('bytes are shown as digits, and what a terminal would obey is not shown to it', () => {
  expect(shownId({ as: 'bytes', words: 'cafe' })).toBe('0xcafe');
  expect(shownId({ as: 'text', words: 'a\u001b[31m' })).toBe('a?[31m');
});
