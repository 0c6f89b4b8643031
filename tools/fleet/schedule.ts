/** A scenario in one line, for whoever wants to know what was done to a generator. Pure. */
import type { Disturbance, Scenario } from '../../harness/core/scenario.ts';

export function scheduleOf({ cluster, load, timetable }: Scenario): string {
  const nodes = `${cluster.nodes} node${cluster.nodes === 1 ? '' : 's'}`;
  const ownLoad =
    cluster.selfLoad === undefined ? '' : `, and ${cluster.selfLoad.toLocaleString('en')} by itself in 8 threads`;
  const asked = `each asked for ${load.idsPerSecond.toLocaleString('en')} IDs a second${ownLoad}`;
  const done = timetable.slots.flatMap(({ disturbances }) => disturbances).filter(({ fault }) => fault !== 'noop');
  return `${nodes}, ${asked}; ${done.length === 0 ? 'nothing is disturbed' : done.map(inWords).join('; ')}`;
}

function inWords({ fault, options, atMs, forMs }: Disturbance): string {
  const { node, ...rest } = options;
  const others = Object.entries(rest).map(([name, value]) => `, ${name} ${JSON.stringify(value)}`);
  const subject = typeof node === 'string' ? ` of ${node}` : '';
  return `${fault}${subject}${others.join('')} at ${atMs / 1000} s, healed ${forMs / 1000} s later`;
}
