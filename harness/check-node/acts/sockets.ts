/** A life that is told to listen at a socket file beside TCP, and the next one at what it leaves there when it is killed. */
import type { Bench, Ground } from '../bench.ts';
import { howItEnded } from '../bench.ts';
import { sleep } from '../clocks.ts';
import type { LifeAtSocket, Sockets } from '../evidence.ts';
import type { Address } from '../http-client.ts';

/** Addresses are opened one after the other: so long after it answers by TCP it may still be about the socket file. */
const LATER_MS = 2000;
const POLL_MS = 20;

export async function sockets(bench: Bench): Promise<Sockets> {
  const ground = await bench.ground();
  const first = await life(bench, ground);
  return !first.bySocket ? { first } : { first, second: await life(bench, ground) };
}

/** Ends by SIGKILL, so that its socket file stays. */
async function life(bench: Bench, ground: Ground): Promise<LifeAtSocket> {
  const listen = `tcp:127.0.0.1:${ground.port},unix:${ground.unix.socketPath}`;
  const node = bench.start(ground, { variables: { SNOWGLOBE_LISTEN: listen } });
  const health = await bench.untilServing(node, ground.tcp);
  const gives = async (address: Address): Promise<boolean> =>
    (await bench.untilIds(address, 1, 'bytes')).reply?.status === 200;
  const byTcp = health !== undefined && (await gives(ground.tcp));
  let bySocket = byTcp && (await gives(ground.unix));
  for (const until = performance.now() + LATER_MS; byTcp && !bySocket && performance.now() < until;) {
    await sleep(POLL_MS);
    bySocket = await gives(ground.unix);
  }
  const end = await node.endWithin(0);
  node.kill();
  await node.ended;
  return { byTcp, bySocket, ...(end !== undefined && { end }), said: howItEnded(end) };
}
