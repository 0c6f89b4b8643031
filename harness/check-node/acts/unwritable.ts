/** Starts where taps cannot be written: in a folder that takes no files, and where another has the name of a tap. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { segmentName } from '../../core/tap.ts';
import { placeOf } from '../answers.ts';
import type { Bench, Ground, Start } from '../bench.ts';
import { NODE } from '../bench.ts';
import { sleep } from '../clocks.ts';
import type { Place, Unwritable } from '../evidence.ts';
import { askForIds } from '../http-client.ts';

/** The kernel lets nobody create files in it, root neither. */
const TAKES_NO_FILES = '/proc';
const END_MS = 10_000;
const POLL_MS = 20;
const ASK_MS = 1000;

export async function unwritable(bench: Bench): Promise<Unwritable> {
  const ground = await bench.ground();
  const seen = await startAndAsk(bench, ground, { variables: { SNOWGLOBE_TAPS: TAKES_NO_FILES } });
  return { ...seen, what: `with SNOWGLOBE_TAPS=${TAKES_NO_FILES}, in which nobody can create a file`, changed: false };
}

export async function taken(bench: Bench): Promise<Unwritable> {
  const ground = await bench.ground();
  const tap = `${segmentName({ node: NODE, incarnation: 1, lane: 0 }, 0n)}.ids`;
  const path = join(ground.taps, tap);
  writeFileSync(path, 'another');
  const seen = await startAndAsk(bench, ground);
  return { ...seen, what: `beside a file ${tap} of another`, changed: readFileSync(path, 'utf8') !== 'another' };
}

/** Asks for IDs as long as the node lives: it may open a tap no sooner than it needs it. */
async function startAndAsk(bench: Bench, ground: Ground, start?: Start): Promise<Pick<Unwritable, 'end' | 'answered'>> {
  const node = bench.start(ground, start);
  const answered: Place[] = [];
  const until = performance.now() + END_MS;
  while (node.end === undefined && performance.now() < until) {
    const { reply } = await askForIds(ground.tcp, 1, 'bytes', { withinMs: ASK_MS });
    const place = reply?.status === 200 ? placeOf(reply) : undefined;
    if (place !== undefined) answered.push(place);
    if (place?.lane === 0 && place.incarnation === 1) break; // worse it cannot be
    await sleep(POLL_MS);
  }
  const end = await node.endWithin(0);
  node.kill();
  return { end, answered };
}
