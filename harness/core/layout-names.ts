/**
 * Layouts of published generators by name, as specs (`layout-spec.ts`): widths, unit and epoch that each has where nobody
 * sets others. Each was read at the place named beside it.
 */

/** The layout that a name stands for; `epoch: 'yours'` where whoever makes the generator has to give one. */
export interface NamedLayout {
  readonly spec: string;
  readonly epoch?: 'yours';
}

const TWITTER_EPOCH = '2010-11-04T01:42:54.657Z';

export const NAMED_LAYOUTS: Readonly<Record<string, NamedLayout>> = {
  // twitter-archive/snowflake, IdWorker.scala: twepoch 1288834974657, 5 + 5 + 12 bits below the time.
  twitter: { spec: `time:41@1ms+${TWITTER_EPOCH},datacenter:5,worker:5,sequence:12` },
  // bwmarrin/snowflake, snowflake.go: Epoch 1288834974657, NodeBits 10, StepBits 12.
  bwmarrin: { spec: `time:41@1ms+${TWITTER_EPOCH},worker:10,sequence:12` },
  // Meituan-Dianping/Leaf, SnowflakeIDGenImpl.java: twepoch 1288834974657, workerIdBits 10, sequenceBits 12.
  leaf: { spec: `time:41@1ms+${TWITTER_EPOCH},worker:10,sequence:12` },
  // sony/sonyflake, sonyflake.go: 39 + 8 + 16 bits, ticks of 10 ms, StartTime 2014-09-01 when zero.
  sonyflake: { spec: 'time:39@10ms+2014-09-01T00:00:00.000Z,sequence:8,machine:16' },
  // sony/sonyflake, v2/sonyflake.go: the same widths and unit, StartTime 2025-01-01 when zero.
  'sonyflake-v2': { spec: 'time:39@10ms+2025-01-01T00:00:00.000Z,sequence:8,machine:16' },
  // Discord's API reference, "Snowflakes": 42 + 5 + 5 + 12 bits, the first second of 2015. All 64 bits are used.
  discord: { spec: 'time:42@1ms+2015-01-01T00:00:00.000Z,worker:5,process:5,sequence:12' },
  // Instagram Engineering, "Sharding & IDs at Instagram": our_epoch 1314220021721, time << 23, shard << 10. The highest bit
  // of the 41 of the time is the sign bit of PostgreSQL's bigint.
  instagram: { spec: 'time:41@1ms+2011-08-24T21:07:01.721Z,shard:13,sequence:10' },
  // mastodon/mastodon, lib/mastodon/snowflake.rb: time << 16; the tail is a salted hash plus a counter, cut to 16 bits.
  mastodon: { spec: 'time:48@1ms+1970-01-01T00:00:00.000Z,random:16' },
  // baidu/uid-generator, DefaultUidGenerator.java: 28 + 22 + 13 bits, ticks of 1 s, epoch 1463673600 s.
  'baidu-uid': { spec: 'time:28@1s+2016-05-19T16:00:00.000Z,worker:22,sequence:13' },
  // Ahoo-Wang/CosId, MillisecondSnowflakeId.java: 41 + 10 + 12 bits; COSID_EPOCH is 2019-12-24 16:00 UTC.
  cosid: { spec: 'time:41@1ms+2019-12-24T16:00:00.000Z,machine:10,sequence:12' },
  // vladmihalcea/hypersistence-tsid, TSID.java: RANDOM_BITS 22, of them 10 of the node where nobody sets others; TSID_EPOCH.
  tsid: { spec: 'time:42@1ms+2020-01-01T00:00:00.000Z,node:10,sequence:12' },
  // hazelcast/hazelcast, FlakeIdGeneratorConfig.java and FlakeIdGeneratorProxy.java: time, sequence, node ID.
  hazelcast: { spec: 'time:41@1ms+2018-01-01T00:00:00.000Z,sequence:6,node:16' },
  // T-PWK/flake-idgen, flake-id-gen.js: 42 bits of time from Unix' epoch, datacenter 5, worker 5, sequence 12.
  'flake-idgen': { spec: 'time:42@1ms+1970-01-01T00:00:00.000Z,datacenter:5,worker:5,sequence:12' },
  // sapphiredev/utilities, packages/snowflake/src/lib/Snowflake.ts: time << 22, worker << 17, process << 12.
  sapphire: { spec: 'time:42@1ms+0,worker:5,process:5,sequence:12', epoch: 'yours' },
  // tangledbytes/nodejs-snowflake, src/lib.rs: 42 + 12 + 10 bits; without custom_epoch it is when the generator was made.
  'nodejs-snowflake': { spec: 'time:42@1ms+0,instance:12,sequence:10', epoch: 'yours' },
  // RFC 9562, 5.7: rand_a and rand_b may hold counters, which no reader can tell from random bits.
  uuidv7: { spec: 'time:48@1ms+1970-01-01T00:00:00.000Z,fixed:4=7,random:12,fixed:2=2,random:62' },
  // RFC 9562, 5.4.
  uuidv4: { spec: 'random:48,fixed:4=4,random:12,fixed:2=2,random:62' },
  // ulid/spec: 48 bits of Unix milliseconds, 80 of randomness.
  ulid: { spec: 'time:48@1ms+1970-01-01T00:00:00.000Z,random:80' },
  // mongodb/specifications, source/bson-objectid: 4 bytes of Unix seconds, 5 random ones of the process, and a counter of 3
  // that starts anywhere and that no tick resets: no sequence. Of the 128 bits that are kept the highest 32 are 0.
  objectid: { spec: 'time:32@1s+1970-01-01T00:00:00.000Z,random:64' },
  // segmentio/ksuid, README.md: 160 bits, more than an ID may have here, so that a digest stands for it.
  ksuid: { spec: 'opaque:128' },
};
