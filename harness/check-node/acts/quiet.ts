/** One life, asked one thing after the other, with a look at its tap as soon as an answer begins; then SIGTERM. */
import { existsSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { lifeName } from '../../core/tap.ts';
import { startedWith } from '../../drivers/agent/proc.ts';
import { placeOf } from '../answers.ts';
import type { Bench, Ground } from '../bench.ts';
import { END_MS, needIncarnation, NODE } from '../bench.ts';
import { wallAheadNs } from '../clocks.ts';
import type { IdsExchange, Quiet, Reply, WrongRequest } from '../evidence.ts';
import { ask } from '../http-client.ts';
import { parseJsonObject } from '../json-answer.ts';
import { findPlace, readTap } from '../tap-files.ts';

type Request = readonly [asked: number | undefined, as: IdsExchange['as']];

const REQUESTS: readonly [Request, ...Request[]] = [
  [undefined, 'json'],
  [3, 'json'],
  [1, 'bytes'],
  [7, 'bytes'],
  [1000, 'json'],
  [100_000, 'bytes'],
  [100_000, 'json'],
  [1, 'json'],
  // What is written an instant after the answer is seen missing by chance only: many tries.
  ...Array.from({ length: 40 }, (_, i): Request => [1 + (i % 5), i % 8 === 0 ? 'json' : 'bytes']),
];

const WRONG: readonly (readonly [method: string, path: string, wanted: number])[] = [
  ['GET', '/ids?count=0', 400],
  ['GET', '/ids?count=-1', 400],
  ['GET', '/ids?count=100001', 400],
  ['GET', '/ids?count=1.5', 400],
  ['GET', '/ids?count=many', 400],
  ['GET', '/no-such-path', 404],
  ['POST', '/ids', 405],
];

export async function quiet(bench: Bench): Promise<Quiet> {
  const ground = await bench.ground();
  // To whoever looks before it creates, nothing is there; to an exclusive creation, something is.
  const behindTheLink = join(ground.folder, 'written-through-the-link');
  symlinkSync(behindTheLink, join(ground.taps, lifeName(NODE, 1)));
  const before = wallAheadNs();
  const { node, health } = await bench.startServing(ground);
  const incarnation = needIncarnation(health);

  const ids: IdsExchange[] = [];
  // Now it holds what it mints under.
  const [first, ...more] = REQUESTS;
  ids.push(await askAndLook(bench, ground, incarnation, ...first));
  const healthBefore = await ask(ground.tcp, '/health');
  for (const [asked, as] of more) ids.push(await askAndLook(bench, ground, incarnation, asked, as));
  const healthAfter = await ask(ground.tcp, '/health');
  const wrong: WrongRequest[] = [];
  for (const [method, path, wanted] of WRONG)
    wrong.push({ ...(await ask(ground.tcp, path, { method })), method, wanted });
  const metrics = await ask(ground.tcp, '/metrics');
  const tap = readTap(ground.taps, NODE, incarnation, bench.idBits);
  const told = healthAfter.reply && parseJsonObject(healthAfter.reply.body)?.['pid'];
  return {
    node: NODE,
    pid: node.pid,
    startedNs: node.startedNs,
    incarnation,
    wroteThroughLink: existsSync(behindTheLink),
    lifeFiles: readdirSync(ground.taps).filter((file) => file.endsWith('.life')),
    ids,
    wrong,
    health: [healthBefore, healthAfter],
    metrics,
    wallAheadNs: [before, wallAheadNs()],
    pidIsTheNode: Number.isSafeInteger(told) ? startedWith(told as number, 'SNOWGLOBE_TAPS', ground.taps) : undefined,
    tap,
    end: await node.askToEnd('SIGTERM', END_MS),
  };
}

async function askAndLook(
  bench: Bench,
  ground: Ground,
  incarnation: number,
  asked: number | undefined,
  as: IdsExchange['as'],
): Promise<IdsExchange> {
  let lackedAtOnce: string | undefined;
  const onHead = (head: Pick<Reply, 'status' | 'headers'>): void => {
    const place = placeOf(head);
    if (head.status !== 200 || place === undefined) return;
    const found = findPlace(readTap(ground.taps, NODE, incarnation, bench.idBits), place, bench.idBits);
    if (typeof found === 'string') lackedAtOnce = found;
    else if (found.ids.length < (place.count * bench.idBits) / 8) lackedAtOnce = 'its IDs are not all in .ids';
  };
  const exchange = await bench.untilIds(ground.tcp, asked, as, { onHead });
  return { ...exchange, ...(lackedAtOnce !== undefined && { lackedAtOnce }) };
}
