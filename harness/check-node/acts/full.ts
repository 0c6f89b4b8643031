/**
 * A life whose files may not grow beyond a size, as on a full disk: the IDs of big batches meet it first, and of single
 * IDs the records. What is answered then must be in the tap, and nothing can be added by being quick.
 */
import http from 'node:http';
import type { Bench } from '../bench.ts';
import { END_MS, needIncarnation, NODE } from '../bench.ts';
import { answered, placeOf } from '../answers.ts';
import type { Full, IdsExchange, Reply } from '../evidence.ts';
import { askForIds } from '../http-client.ts';
import type { TapOfLife } from '../tap-files.ts';
import { findPlace, readTap } from '../tap-files.ts';

/** `ulimit -f` counts in units of 512 bytes (POSIX). */
const LIMIT_BLOCKS = 128;
const LIMIT_BYTES = LIMIT_BLOCKS * 512;
const LIMITED = ['sh', '-c', `ulimit -f ${LIMIT_BLOCKS}; exec "$0" "$@"`];
const ASKED = [1, 500];
/** A node that answers without a tap would go on for ever. */
const LOOK_EVERY = 100;
const REQUESTS_MAX = 50_000;
const LASTS_MAX_MS = 20_000;

export async function full(bench: Bench): Promise<readonly Full[]> {
  const seen: Full[] = [];
  for (const asked of ASKED) seen.push(await untilFull(bench, asked));
  return seen;
}

async function untilFull(bench: Bench, asked: number): Promise<Full> {
  const ground = await bench.ground();
  const { node, health } = await bench.startServing(ground, { prefix: LIMITED });
  const incarnation = needIncarnation(health);
  await bench.untilIds(ground.tcp, 1, 'bytes');
  const agent = new http.Agent({ keepAlive: true });
  const tapNow = (): TapOfLife => readTap(ground.taps, NODE, incarnation, bench.idBits);
  const isLost = (reply: Reply, tap: TapOfLife): boolean => {
    const place = placeOf(reply);
    return place !== undefined && typeof findPlace(tap, place, bench.idBits) === 'string';
  };
  const asks: IdsExchange[] = [];
  let isOver = false;
  for (const until = performance.now() + LASTS_MAX_MS; !isOver && performance.now() < until;) {
    const exchange = await askForIds(ground.tcp, asked, 'bytes', { agent });
    asks.push(exchange);
    isOver = ![200, 503].includes(exchange.reply?.status ?? 0);
    if (asks.length % LOOK_EVERY === 0 && exchange.reply?.status === 200) isOver ||= isLost(exchange.reply, tapNow());
    if (asks.length === REQUESTS_MAX) break;
  }
  const end = await node.endWithin(isOver ? END_MS : 0);
  // One that lives on may still answer: whoever does it now answers without a tap.
  if (end === undefined) asks.push(await askForIds(ground.tcp, asked, 'bytes'));
  agent.destroy();
  node.kill();
  await node.ended;
  return { asked, limitBytes: LIMIT_BYTES, answered: answered(asks), isOver, end, tap: tapNow() };
}
