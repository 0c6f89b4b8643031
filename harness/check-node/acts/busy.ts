/** Many clients at once, SIGKILL under their load, and the next life on the same taps. */
import { createHash } from 'node:crypto';
import http from 'node:http';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { TapReader } from '../../engine/tap-reader.ts';
import type { Bench, Ground } from '../bench.ts';
import { END_MS, howItEnded, needIncarnation, NODE, NotSeen } from '../bench.ts';
import { sleep, wallAheadNs } from '../clocks.ts';
import type { Busy, IdsExchange, LifeUnderLoad, SecondLife } from '../evidence.ts';
import { askForIds } from '../http-client.ts';
import { readTap } from '../tap-files.ts';

const CLIENTS = 32;
const COUNTS = [1, 7, 100, 500];
/** Prime to how many counts there are: JSON of each. */
const JSON_EACH = 7;
const LOAD_MS = 500;
/** Fewer answers than that show little; a slow node has longer. */
const ENOUGH = 200;
const LOAD_MAX_MS = 10_000;
const POLL_MS = 20;
/** A node that refuses is not asked again at once. */
const REFUSED_PAUSE_MS = 10;

export async function busy(bench: Bench): Promise<Busy> {
  const ground = await bench.ground();
  const before = wallAheadNs();
  const first = await lifeUnderLoad(bench, ground);
  const filesBefore = digests(ground.taps);

  const second = await secondLife(bench, ground, first);
  const filesAfter = digests(ground.taps);
  return {
    first: { ...first, tap: readTap(ground.taps, NODE, first.incarnation, bench.idBits) },
    changed: [...filesBefore].filter(([file, digest]) => filesAfter.get(file) !== digest).map(([file]) => file),
    second,
    wallAheadNs: [before, wallAheadNs()],
    problems: harnessReads(ground.taps, bench.idBits),
  };
}

const NO_TAP = { files: [], lanes: [] };

async function secondLife(
  bench: Bench,
  ground: Ground,
  { incarnation }: Pick<LifeUnderLoad, 'incarnation'>,
): Promise<SecondLife> {
  const node = bench.start(ground);
  const { startedNs } = node;
  const health = await bench.untilServing(node, ground.tcp);
  if (health === undefined) {
    const silent = howItEnded(await node.endWithin(0));
    node.kill();
    return { silent, incarnation: undefined, startedNs, ids: [], tap: NO_TAP, end: undefined };
  }
  const ids: IdsExchange[] = [];
  for (const [asked, as] of [[5, 'json'] as const, [500, 'bytes'] as const, [1, 'bytes'] as const])
    ids.push(await bench.untilIds(ground.tcp, asked, as));
  const own = needIncarnation(health);
  const end = await node.askToEnd('SIGINT', END_MS);
  node.kill();
  // A life that calls itself as the first has written over that one: what is there is the first's.
  const tap = own === incarnation ? NO_TAP : readTap(ground.taps, NODE, own, bench.idBits);
  return { incarnation: own, startedNs, ids, tap, end };
}

async function lifeUnderLoad(bench: Bench, ground: Ground): Promise<Omit<LifeUnderLoad, 'tap'>> {
  const { node, health } = await bench.startServing(ground);
  const incarnation = needIncarnation(health);
  await bench.untilIds(ground.tcp, 1, 'bytes');
  using connections = keptOpen();
  let over = false;
  let count = 0;
  const hammer = async (client: number): Promise<readonly IdsExchange[]> => {
    const own: IdsExchange[] = [];
    for (let turn = client; !over; turn++) {
      const asked = COUNTS[turn % COUNTS.length] as number;
      const as = turn % JSON_EACH === 0 ? 'json' : 'bytes';
      const exchange = await askForIds(ground.tcp, asked, as, { agent: connections.agent });
      // Cut off by the kill, or still open: nothing that a node can be blamed for.
      if (exchange.reply === undefined && over) break;
      own.push(exchange);
      count += exchange.reply?.status === 200 ? 1 : 0;
      if (exchange.reply?.status !== 200) await sleep(REFUSED_PAUSE_MS);
    }
    return own;
  };
  const clients = Array.from({ length: CLIENTS }, (_, i) => hammer(i));
  const begun = performance.now();
  const lasts = (): number => performance.now() - begun;
  while (lasts() < LOAD_MS || (count < ENOUGH && lasts() < LOAD_MAX_MS && node.end === undefined)) await sleep(POLL_MS);
  if (node.end !== undefined) throw new NotSeen(`it ended under load (exit ${node.end.code}, ${node.end.signal})`);
  over = true;
  node.kill();
  await node.ended;
  return {
    incarnation,
    startedNs: node.startedNs,
    connections: CLIENTS,
    ids: (await Promise.all(clients)).flat(),
  };
}

function keptOpen(): { readonly agent: http.Agent } & Disposable {
  const agent = new http.Agent({ keepAlive: true });
  return { agent, [Symbol.dispose]: () => agent.destroy() };
}

function digests(folder: string): ReadonlyMap<string, string> {
  const digest = (file: string): string =>
    createHash('sha256')
      .update(readFileSync(join(folder, file)))
      .digest('hex');
  return new Map(readdirSync(folder).map((file) => [file, digest(file)]));
}

/** Everything that the collector of a run would find wrong here. */
function harnessReads(folder: string, idBits: 64 | 128): readonly string[] {
  const reader = new TapReader(folder, idBits);
  for (const lane of reader.lanes()) while (lane.next() !== undefined);
  const { problems } = reader.finish();
  reader.close();
  return problems;
}
