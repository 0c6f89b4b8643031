import { expect, test } from 'vitest';
import { libfaketime } from '../agent/clocks/libfaketime.ts';
import { IMAGE_CLOCK_TOOLS } from './host-base.ts';
import { ownerOf, labelsOf } from './labels.ts';
import type { NodeRun } from './members.ts';
import { coordinatorPlaces, etcdSpec, nodePlaces, nodeSpec, runFolders } from './members.ts';

const PREFIX = '198.18.7';
const PARTS = {
  command: () => ({
    command: ['node', '/package/shell.mjs'],
    environment: { SNOWGLOBE_GENERATOR: '/mine/mine.ts' },
    programs: ['node'],
  }),
  folders: [],
  port: 8080,
} satisfies NodeRun['parts'];

test('no node has the address of a member, however many there are', () => {
  const nodes = nodePlaces(64, PREFIX);
  const members = coordinatorPlaces({ coordinatorMembers: 7 }, PREFIX);
  expect(nodes[0]).toEqual({ name: 'n1', address: '198.18.7.10', port: 8080 });
  expect(members[0]).toEqual({ name: 'etcd1', address: '198.18.7.200', port: 2379 });
  expect(new Set([...nodes, ...members].map(({ address }) => address)).size).toBe(71);
});

test('a node without a coordinator is told of none, and its scenario has no places for members', () => {
  const spec = { nodes: 1, coordinatorMembers: 0, options: {} };
  expect(coordinatorPlaces(spec, PREFIX)).toEqual([]);
  const { environment } = nodeSpec({
    name: 'n1',
    user: '1000:1000',
    index: 0,
    spec,
    coordinator: [],
    folders: runFolders('/runs/1'),
    clock: { backend: libfaketime, tools: IMAGE_CLOCK_TOOLS },
    parts: PARTS,
  });
  expect(Object.keys(environment)).toContain('SNOWGLOBE_LISTEN');
  expect(Object.keys(environment)).not.toContain('SNOWGLOBE_ETCD');
  expect(Object.keys(environment)).not.toContain('SNOWGLOBE_POSTGRES');
});

test('a node is under its clock tool, its shell script is not', () => {
  const [place] = nodePlaces(1, PREFIX);
  const { command, environment, mounts } = nodeSpec({
    name: place!.name,
    user: '1000:1000',
    index: 0,
    spec: {
      nodes: 2,
      coordinatorMembers: 2,
      options: { ttlMs: 5000, pool: 2 },
      perNode: { n1: { pool: 3 }, n2: { pool: 4 } },
      zones: { a: { region: 'eu', members: ['etcd1', 'n1'] }, b: { members: ['n2'] } },
    },
    coordinator: coordinatorPlaces({ coordinatorMembers: 2 }, PREFIX),
    folders: runFolders('/runs/1'),
    clock: { backend: libfaketime, tools: IMAGE_CLOCK_TOOLS },
    parts: PARTS,
  });
  expect(command).toEqual(['env', 'LD_PRELOAD=/usr/lib/snowglobe/libfaketimeMT.so.1', 'node', '/package/shell.mjs']);
  expect(environment).not.toHaveProperty('LD_PRELOAD');
  expect(environment).toMatchObject({
    FAKETIME_TIMESTAMP_FILE: '/snowglobe/clocks/n1',
    SNOWGLOBE_GENERATOR: '/mine/mine.ts',
    SNOWGLOBE_INDEX: '0',
    SNOWGLOBE_ZONE: 'a',
    SNOWGLOBE_REGION: 'eu',
    SNOWGLOBE_OPTIONS: '{"ttlMs":5000,"pool":3}',
    SNOWGLOBE_ETCD: 'http://198.18.7.200:2379,http://198.18.7.201:2379',
  });
  expect(mounts.filter(({ ReadOnly }) => !ReadOnly).map(({ Source }) => Source)).toEqual([
    '/runs/1/taps',
    '/runs/1/disks/n1',
  ]);
  expect(mounts.filter(({ ReadOnly }) => ReadOnly).map(({ Source }) => Source)).toEqual(['/runs/1/clocks']);
});

test('etcd members know one another by address, vote beforehand, and keep their data in their own layer', () => {
  const members = coordinatorPlaces({ coordinatorMembers: 3 }, PREFIX);
  const run = { runId: 'ab12cd34', user: '0:0', snapshots: '/runs/1/snapshots', slowSync: undefined };
  const { command, mounts } = etcdSpec(members[1]!, members, run);
  const line = command.join(' ');
  expect(line).toContain('--name etcd2');
  expect(line).toContain(
    '--initial-cluster etcd1=http://198.18.7.200:2380,etcd2=http://198.18.7.201:2380,etcd3=http://198.18.7.202:2380',
  );
  expect(line).toContain('--heartbeat-interval 100 --election-timeout 500 --pre-vote');
  expect(mounts.map(({ Source }) => Source)).toEqual(['/runs/1/snapshots']);
  const slowed = etcdSpec(members[1]!, members, { ...run, slowSync: '/usr/lib/snowglobe/slow-sync' });
  expect(slowed.command.join(' ')).toContain(
    ' -- /usr/lib/snowglobe/slow-sync /snowglobe/snapshots/sync-delay etcd --name etcd2',
  );
});

test('an owner comes back out of the labels; a label that is none names nobody', () => {
  const owner = { machineId: 'm', bootId: 'b', pidNamespace: '', pid: 7, startTicks: '9' };
  expect(ownerOf(labelsOf({ runId: 'ab12cd34', owner }))).toEqual(owner);
  expect(ownerOf({ 'snowglobe.owner': 'nonsense' })).toBeUndefined();
  expect(ownerOf(undefined)).toBeUndefined();
});
