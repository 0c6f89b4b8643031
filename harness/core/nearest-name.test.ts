import { expect, test } from 'vitest';
import { chooseAmong, nearestName } from './nearest-name.ts';

const names = ['storm', 'far-link', 'segment-killed', 'clock-step', 'clock-slew'];

test('a slip of one name: letters swapped, left out, put in, replaced', () => {
  expect(nearestName('strom', names)).toBe('storm');
  expect(nearestName('far-lnk', names)).toBe('far-link');
  expect(nearestName('segments-killed', names)).toBe('segment-killed');
  expect(nearestName('clock-stop', names)).toBe('clock-step');
  expect(nearestName('Storm', names)).toBe('storm');
});

test('another word is a slip of none, and the least slip counts', () => {
  expect(nearestName('drizzle', names)).toBeUndefined();
  expect(nearestName('', names)).toBeUndefined();
  expect(nearestName('clock-slow', names)).toBe('clock-slew');
  expect(nearestName('storm', [])).toBeUndefined();
});

test('few names are told, many are listed by a command', () => {
  const many = Array.from({ length: 13 }, (_, index) => `name-${index}`);
  expect(chooseAmong('drizzle', names)).toBe('Take one of storm, far-link, segment-killed, clock-step, clock-slew.');
  expect(chooseAmong('drizzle', many, 'snowglobe list --scenarios')).toBe('See `snowglobe list --scenarios`.');
  expect(chooseAmong('strom', names, 'snowglobe list --scenarios')).toBe(
    'Did you mean storm? See `snowglobe list --scenarios`.',
  );
  expect(chooseAmong('strom', names)).toBe('Did you mean storm?');
});
