/** What a service's node holds: the worker ID that it was handed, or none that we know of. Pure. */
import type { Holding } from '../../harness/core/generator.ts';
import { carriesOneWorkerId, type Layout } from '../../harness/core/layout.ts';
import type { ServiceNode } from '../../harness/core/node-program.ts';
import { type Places, workerOf } from '../../harness/core/template.ts';
import { isWorkerId } from '../../harness/core/worker-id.ts';

/**
 * A service that assigns worker IDs by itself is not told by us which: what its IDs carry is then nobody's lie. Where a
 * template hands it one, its IDs have to carry that; unless what they carry is made of several, of which it may be any.
 */
export function holdingOf(node: ServiceNode, layout: Layout, places: Places): Holding {
  if (!carriesOneWorkerId(layout)) return {};
  const { workerBits } = layout;
  const worker = workerOf(places);
  const fits = isWorkerId(worker) && worker < 2 ** workerBits;
  return fits && templatesOf(node).some(handsWorker) ? { workerId: worker } : {};
}

function templatesOf({ command = [], environment = {}, ask }: ServiceNode): readonly string[] {
  const asked = ask.over === 'http' ? Object.values(ask.headers ?? {}) : [];
  return [...command, ...Object.values(environment), ...asked];
}

/**
 * As a value of its own: `{worker}`, `--worker={worker}`. What it is a part of (`ids-{worker}`, `5{worker}`) is a name or
 * another number, of which the service makes what it likes.
 */
const HANDS_WORKER = /^(?:-{0,2}[\w.-]+=)?\{(?:worker|option\.workerId)\}$/;

function handsWorker(template: string): boolean {
  return HANDS_WORKER.test(template);
}
