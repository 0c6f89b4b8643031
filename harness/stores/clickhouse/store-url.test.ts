import { expect, test } from 'vitest';
import { parseStoreUrl } from './store-url.ts';

const problemOf = (url: string): string => {
  try {
    parseStoreUrl(url, {});
  } catch (error) {
    expect(error).toMatchObject({ exitCode: 2 });
    return String(error);
  }
  return '';
};

test.each(['nonsense', 'ftp://host', 'http://', 'http://host/a%20b', 'http://host:8123/1db'])(
  '%s is no store',
  (url) => {
    expect(problemOf(url)).toContain('--store');
  },
);

test.each([
  'http://user:secret@host:8123/a%20b',
  'http://user:secret@host:8123',
  'http://host:8123/?password=secret',
  'http://host:8123/#secret',
])('%s says more than where the store is, and what more is not repeated', (url) => {
  expect(problemOf(url)).toMatch(/Give http:\/\/host:8123.* and set SNOWGLOBE_STORE_USER and SNOWGLOBE_STORE_PASSWORD/);
  expect(problemOf(url)).not.toContain('secret');
});

test.each(['ftp://user:secret@host', 'user:secret@host:8123', '//user:sec/secret@host', 'http//user:secret@host'])(
  'of %s, which is no URL, no password is repeated',
  (url) => {
    expect(problemOf(url)).toContain('is no URL');
    expect(problemOf(url)).not.toContain('secret');
  },
);

test('where it is comes from the URL, who one is from the environment', () => {
  const environment = { SNOWGLOBE_STORE_USER: 'me', SNOWGLOBE_STORE_PASSWORD: 'a:b@c' };
  expect(parseStoreUrl('https://host:8443/lab', environment)).toEqual({
    address: { url: 'https://host:8443', username: 'me', password: 'a:b@c' },
    database: 'lab',
  });
  expect(parseStoreUrl('http://host:8123', {})).toEqual({
    address: { url: 'http://host:8123', username: 'default', password: '' },
    database: 'snowglobe',
  });
});

test('how long a store is waited for may be said, in seconds', () => {
  const told = (text: string) => parseStoreUrl('http://host', { SNOWGLOBE_STORE_PATIENCE: text }).triesForMs;
  expect([told('2.5'), told('0'), told('')]).toEqual([2500, 0, undefined]);
  for (const wrong of ['-1', 'long', '3601', '1e3'])
    expect(() => told(wrong)).toThrow(expect.objectContaining({ exitCode: 2 }));
});
