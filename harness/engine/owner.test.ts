import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { ownerState, thisOwner } from './owner.ts';

test('this process owns what it owns', () => {
  expect(ownerState(thisOwner())).toBe('alive');
});

test('an owner that has ended is dead, and so is one whose process ID another process has now', async () => {
  const child = spawn(process.execPath, ['-e', '']);
  const pid = child.pid as number;
  await once(child, 'exit');
  expect(ownerState({ ...thisOwner(), pid, startTicks: '1' })).toBe('dead');
  expect(ownerState({ ...thisOwner(), startTicks: '1' })).toBe('dead');
});

test('an owner of an earlier boot is dead; one of another machine or PID namespace is nobody to judge', () => {
  expect(ownerState({ ...thisOwner(), bootId: 'another' })).toBe('dead');
  expect(ownerState({ ...thisOwner(), machineId: 'another', bootId: 'another' })).toBe('elsewhere');
  expect(ownerState({ ...thisOwner(), pidNamespace: 'pid:[1]' })).toBe('elsewhere');
});
