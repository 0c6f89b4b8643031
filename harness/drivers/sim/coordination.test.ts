import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Coordination } from '../../core/generator.ts';
import type { OwnerEvent } from '../../core/cluster.ts';
import { createRng } from '../../core/random.ts';
import { msToNs, nsToMs } from '../../core/time.ts';
import { coordinationLaws } from '../../coordinators/coordination.laws.ts';
import { EtcdSim } from '../../coordinators/etcd-sim.ts';
import { CoordinationClient } from './coordination-client.ts';
import { LeaseLog } from './lease-log.ts';
import { Network } from './network.ts';
import { VirtualTime } from './virtual-time.ts';

const MEMBERS = ['etcd1', 'etcd2', 'etcd3'] as const;

interface World {
  readonly time: VirtualTime;
  readonly etcd: EtcdSim;
  readonly network: Network;
  readonly leases: LeaseLog;
  readonly owners: OwnerEvent[];
  /** A client on a node of this name, whose calls the test waits for. */
  client(name: string): Coordination;
}

function worldOf(seed: number): World {
  const rng = createRng(seed);
  const time = new VirtualTime();
  const etcd: EtcdSim = new EtcdSim(MEMBERS, {
    time,
    rng: rng.fork('etcd'),
    connected: (one, other) => network.isOpen(one, other),
  });
  const network = new Network(time, rng.fork('network'), () => etcd.reconsider());
  const leases = new LeaseLog();
  const owners: OwnerEvent[] = [];
  etcd.watchOwners((event) => {
    owners.push(event);
    leases.ownerChanged(event);
  });
  const client = (name: string): Coordination => {
    const plain = new CoordinationClient(
      {
        name,
        incarnation: 1,
        now: () => time.now(),
        after: (ms, act) =>
          time.schedule(time.now() + msToNs(ms), () => {
            time.settled();
            act();
          }),
        deliver: (act) => {
          time.settled();
          act();
        },
        hadSent: () => true,
      },
      etcd,
      network,
      leases,
      0,
    );
    // The loop runs for those who wait for it: here that is the test.
    const awaited = <T>(call: Promise<T>): Promise<T> =>
      time.waiting((resolve, reject) => void call.then(resolve, reject));
    return {
      range: (...args) => awaited(plain.range(...args)),
      txn: (...args) => awaited(plain.txn(...args)),
      grant: (...args) => awaited(plain.grant(...args)),
      keepAlive: (...args) => awaited(plain.keepAlive(...args)),
      revoke: (...args) => awaited(plain.revoke(...args)),
    };
  };
  return { time, etcd, network, leases, owners, client };
}

coordinationLaws('the virtual etcd', async () => {
  const { time, network, owners, client } = worldOf(3);
  return {
    coordination: client('n1'),
    owners,
    nowMs: () => nsToMs(time.now()),
    sleep: (ms) => time.sleep(ms),
    slackMs: 0,
    silence: async () => network.cut('n1', 'silence', MEMBERS),
    restore: async () => network.mend('n1', 'silence'),
    async [Symbol.asyncDispose]() {
      time.dispose();
    },
  };
});

interface Disturbance {
  readonly atMs: number;
  readonly forMs: number;
  readonly member: string;
  readonly what: 'kill' | 'pause' | 'cut' | 'cut the client';
}

const disturbanceArbitrary: fc.Arbitrary<Disturbance> = fc.record({
  atMs: fc.nat(20_000),
  forMs: fc.integer({ min: 50, max: 9000 }),
  member: fc.constantFrom(...MEMBERS),
  what: fc.constantFrom<Disturbance['what'][]>('kill', 'pause', 'cut', 'cut the client'),
});

/** Schedules a disturbance of etcd and its heal. */
function disturb({ time, etcd, network }: World, { atMs, forMs, member, what }: Disturbance, key: string): void {
  const others = MEMBERS.filter((other) => other !== member);
  const [begin, end] =
    what === 'kill' || what === 'pause'
      ? [() => etcd.setState(member, what === 'kill' ? 'dead' : 'paused'), () => etcd.setState(member, 'running')]
      : [
          () => network.cut(what === 'cut' ? member : 'n1', key, what === 'cut' ? others : [member]),
          () => network.mend(what === 'cut' ? member : 'n1', key),
        ];
  time.schedule(msToNs(atMs), begin);
  time.schedule(msToNs(atMs + forMs), end);
}

test('whatever happens to its members, a lease never ends before its last accepted keep-alive plus its TTL', async () => {
  let kept = 0;
  let ended = 0;
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.array(disturbanceArbitrary, { maxLength: 8 }), async (seed, disturbances) => {
      const world = worldOf(seed);
      const { time, leases, owners } = world;
      disturbances.forEach((disturbance, i) => disturb(world, disturbance, `cut ${i}`));
      const coordination = world.client('n1');
      const rng = createRng(seed).fork('holder');
      while (time.now() < msToNs(30_000)) {
        try {
          const { id } = await coordination.grant(1000 * rng.int(1, 5), 400);
          await coordination.txn([], [{ put: 'o/0', value: id, lease: id }], [], 400);
          const patience = rng.int(0, 12);
          for (let i = 0; i < patience; i++) {
            await time.sleep(rng.real(50, 900));
            if ((await coordination.keepAlive(id, 400)) > 0) kept++;
          }
          await time.sleep(rng.real(0, 7000));
        } catch (error) {
          expect((error as Error).name).toMatch(/^Coordination(Timeout|Refused)$/);
          await time.sleep(50);
        }
      }
      time.dispose();
      for (const { endedNs, lastSentNs, ttlMs } of leases.facts()) {
        if (endedNs === undefined) continue;
        // A key may also be put under another lease; the owner key is then not deleted, and no end is told.
        expect(endedNs).toBeGreaterThanOrEqual(lastSentNs + msToNs(ttlMs));
        ended++;
      }
      const revisions = owners.map(({ revision }) => Number(revision));
      expect(revisions).toEqual([...revisions].sort((one, other) => one - other));
    }),
    { numRuns: 50 },
  );
  // Otherwise the property holds of nothing.
  expect(kept).toBeGreaterThan(30);
  expect(ended).toBeGreaterThan(30);
});

test('a new leader knows nothing of the time that a lease had left: it gets its full TTL', async () => {
  const world = worldOf(11);
  const { time, etcd, owners } = world;
  const coordination = world.client('n1');
  const { id } = await coordination.grant(5000, 400);
  const grantedAt = time.now();
  await coordination.txn([], [{ put: 'o/0', value: 'x', lease: id }], [], 400);
  await time.sleep(4000);
  const leader = MEMBERS.find((member) => etcd.status(member).leader) as string;
  etcd.setState(leader, 'dead');
  expect(MEMBERS.some((member) => etcd.status(member).serving)).toBe(false);
  await time.sleep(1800);
  expect(MEMBERS.filter((member) => etcd.status(member).leader)).toHaveLength(1);
  await time.sleep(10_000);
  const endedMs = nsToMs((owners.find(({ what }) => what === 'released') as OwnerEvent).at - grantedAt);
  expect(endedMs).toBeGreaterThan(4000 + 800 + 5000);
  expect(endedMs).toBeLessThan(4000 + 1800 + 5000 + 550);
  time.dispose();
});

test('when all members stand still for longer than the TTL and go on, the lease is gone at once', async () => {
  const world = worldOf(12);
  const { time, etcd, owners } = world;
  const coordination = world.client('n1');
  const { id } = await coordination.grant(2000, 400);
  await coordination.txn([], [{ put: 'o/0', value: 'x', lease: id }], [], 400);
  for (const member of MEMBERS) etcd.setState(member, 'paused');
  await time.sleep(8000);
  expect(owners.map(({ what }) => what)).toEqual(['acquired']);
  const resumedAt = time.now();
  for (const member of MEMBERS) etcd.setState(member, 'running');
  await time.sleep(100);
  const released = owners.find(({ what }) => what === 'released') as OwnerEvent;
  expect(nsToMs(released.at - resumedAt)).toBeLessThan(50);
  time.dispose();
});

test('without a majority nothing is served and nothing ends; with one again, after an election', async () => {
  const world = worldOf(13);
  const { time, etcd, owners } = world;
  const coordination = world.client('n1');
  const { id } = await coordination.grant(1000, 400);
  await coordination.txn([], [{ put: 'o/0', value: 'x', lease: id }], [], 400);
  etcd.setState('etcd1', 'dead');
  etcd.setState('etcd2', 'dead');
  await expect(coordination.range('o/', 400)).rejects.toMatchObject({ name: 'CoordinationTimeout' });
  await time.sleep(10_000);
  expect(owners.map(({ what }) => what)).toEqual(['acquired']);
  etcd.setState('etcd2', 'running');
  await time.sleep(500);
  expect(etcd.status('etcd2').serving).toBe(false);
  await time.sleep(1300);
  expect(etcd.status('etcd2').serving).toBe(true);
  time.dispose();
});

test('a leader that is cut from the others is replaced, and then serves nobody', async () => {
  const { time, etcd, network } = worldOf(14);
  const leader = MEMBERS.find((member) => etcd.status(member).leader) as string;
  network.cut(leader, 'cut', MEMBERS);
  await time.sleep(2000);
  expect(etcd.status(leader)).toEqual({ leader: false, serving: false });
  expect(MEMBERS.filter((member) => etcd.status(member).serving)).toHaveLength(2);
  network.mend(leader, 'cut');
  expect(etcd.status(leader).serving).toBe(true);
  time.dispose();
});

test('a request that timed out in a cut may yet be carried out when the cut is mended', async () => {
  let carriedOut = 0;
  const rounds = 40;
  for (let seed = 0; seed < rounds; seed++) {
    const { time, network, client } = worldOf(seed);
    const coordination = client('n1');
    network.cut('n1', 'cut', MEMBERS);
    const lost = coordination.txn([], [{ put: 'late', value: 'x' }], [], 400);
    await expect(lost).rejects.toMatchObject({ name: 'CoordinationTimeout' });
    network.mend('n1', 'cut');
    await time.sleep(2000);
    if ((await client('n2').range('late', 400)).length === 1) carriedOut++;
    time.dispose();
  }
  expect(carriedOut).toBeGreaterThan(rounds / 4);
  expect(carriedOut).toBeLessThan((rounds * 3) / 4);
});
