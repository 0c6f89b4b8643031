import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { lackingVariable, parseAddress, readConfig } from './config.ts';

const folder = mkdtempSync(join(tmpdir(), 'snowglobe-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

const good = {
  SNOWGLOBE_NODE: 'n1',
  SNOWGLOBE_INDEX: '0',
  SNOWGLOBE_TAPS: folder,
  SNOWGLOBE_DISK: folder,
  SNOWGLOBE_GENERATOR: import.meta.filename,
  SNOWGLOBE_ETCD: 'http://10.0.0.1:2379,http://10.0.0.2:2379',
  SNOWGLOBE_LISTEN: 'tcp:0.0.0.0:8080,unix:/run/n1.sock',
};

test('reads what it needs; options default to none', () => {
  expect(readConfig(good)).toEqual({
    host: '127.0.0.1',
    clockPrefix: [],
    node: 'n1',
    index: 0,
    tapFolder: folder,
    diskFolder: folder,
    generatorFile: import.meta.filename,
    options: {},
    etcd: ['http://10.0.0.1:2379', 'http://10.0.0.2:2379'],
    listen: [{ host: '0.0.0.0', port: 8080 }, { path: '/run/n1.sock' }],
  });
  expect(readConfig({ ...good, SNOWGLOBE_OPTIONS: '{"pool":3}' }).options).toEqual({ pool: 3 });
  expect(readConfig({ ...good, SNOWGLOBE_ZONE: 'a', SNOWGLOBE_REGION: 'eu' })).toMatchObject({
    zone: 'a',
    region: 'eu',
  });
});

test('a service brings its own coordinator, or none', () => {
  const { SNOWGLOBE_ETCD: _, SNOWGLOBE_GENERATOR: __, ...others } = good;
  const service = { name: 'mine', layout: {}, node: { kind: 'service' } };
  const told = { SNOWGLOBE_HOST: '127.64.2.2', SNOWGLOBE_NODES: '3', SNOWGLOBE_CLOCK_PREFIX: '["env","A=b"]' };
  expect(readConfig({ ...others, ...told, SNOWGLOBE_SERVICE: JSON.stringify(service) })).toMatchObject({
    described: service,
    etcd: [],
    host: '127.64.2.2',
    nodes: 3,
    clockPrefix: ['env', 'A=b'],
  });
  expect(() => readConfig({ ...others, SNOWGLOBE_SERVICE: '{}', SNOWGLOBE_NODES: '0' })).toThrow(
    'SNOWGLOBE_SERVICE={}: it has no name, layout and node; SNOWGLOBE_NODES=0: it is no number of nodes',
  );
});

test('names every problem at once', () => {
  const bad = {
    ...good,
    SNOWGLOBE_NODE: '',
    SNOWGLOBE_INDEX: 'first',
    SNOWGLOBE_TAPS: '/no/such/folder',
    SNOWGLOBE_OPTIONS: '[]',
  };
  expect(() => readConfig(bad)).toThrow(
    'SNOWGLOBE_NODE is not set; SNOWGLOBE_INDEX=first: the first node is 0, the next 1, …; SNOWGLOBE_TAPS=/no/such/folder: there is no such folder; ' +
      'SNOWGLOBE_OPTIONS=[]: it is no JSON object',
  );
});

test('without a coordinator there are no endpoints; a generator that needs some is told which variable it lacks', () => {
  const { SNOWGLOBE_ETCD: _, ...alone } = good;
  const config = readConfig(alone);
  expect(config.etcd).toEqual([]);
  expect(config).not.toHaveProperty('postgres');
  expect(lackingVariable({ coordinator: 'none' }, config)).toBeUndefined();
  expect(lackingVariable({}, config)).toBe('SNOWGLOBE_ETCD');
  expect(lackingVariable({ coordinator: 'postgres' }, config)).toBe('SNOWGLOBE_POSTGRES');
  expect(lackingVariable({}, readConfig(good))).toBeUndefined();
  expect(() => readConfig({ ...good, SNOWGLOBE_ETCD: 'nowhere' })).toThrow('SNOWGLOBE_ETCD=nowhere');
});

test('an address is a TCP host and port or the path of a socket', () => {
  expect(parseAddress('tcp:[::1]:80')).toEqual({ host: '::1', port: 80 });
  expect(parseAddress('unix:/a:b')).toEqual({ path: '/a:b' });
  for (const text of ['8080', 'tcp:8080', 'tcp:host:99999', 'unix:', 'http://host:80'])
    expect(() => parseAddress(text)).toThrow('is neither tcp:HOST:PORT nor unix:PATH');
});
