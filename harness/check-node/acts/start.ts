/** Whether the command comes up at all: without that, nothing else is seen. */
import type { Bench } from '../bench.ts';
import { howItEnded } from '../bench.ts';
import type { Evidence } from '../evidence.ts';

export async function start(bench: Bench): Promise<Evidence['start']> {
  const ground = await bench.ground();
  const before = performance.now();
  const node = bench.start(ground);
  const health = await bench.untilServing(node, ground.tcp);
  const tookMs = Math.round(performance.now() - before);
  const end = await node.endWithin(0);
  node.kill();
  if (health === undefined) return { served: false, seen: howItEnded(end) };
  const status = health.reply?.status;
  return { served: status === 200, seen: `/health answered ${status} after ${tookMs} ms` };
}
