import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { filesBeingLoaded, loading } from './loading.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('a file is being loaded until it is, or has failed', async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  const loaded = loading('/a.ts', () => promise);
  const failed = loading('/b.ts', () => Promise.reject(new Error('no')));
  expect(filesBeingLoaded()).toEqual(['/a.ts', '/b.ts']);
  await expect(failed).rejects.toThrow('no');
  expect(filesBeingLoaded()).toEqual(['/a.ts']);
  resolve('module');
  expect(await loaded).toBe('module');
  expect(filesBeingLoaded()).toEqual([]);
});

test('a file that keeps the process alive and never finishes loading is given up after 30 seconds', async () => {
  const ended = vi.fn<(error: unknown) => void>();
  const loaded = loading('/late.ts', () => new Promise(() => undefined)).catch(ended);
  await vi.advanceTimersByTimeAsync(29_999);
  expect(ended).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  await loaded;
  expect(ended.mock.calls).toMatchObject([[{ exitCode: 2, problems: [{ where: '/late.ts' }] }]]);
  expect(filesBeingLoaded()).toEqual([]);
});
