import { expect, test } from 'vitest';
import { visible } from './visible.ts';

test('what moves the cursor or turns the reading direction is seen, all else stays', () => {
  expect(visible('a\u001b[31m\r\n\t\u0000\u009b\u202e')).toBe(String.raw`a\u001b[31m\r\n\t\u0000\u009b\u202e`);
  expect(visible('n1 – Zürich 東京 👍🏽 \\')).toBe('n1 – Zürich 東京 👍🏽 \\');
});
