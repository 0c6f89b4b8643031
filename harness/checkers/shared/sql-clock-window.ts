/** `clockWindows` over the columns of the table `batches`. */
import type { ClockFacts, Reign } from '../../core/clock-orders.ts';
import { reignsOf } from '../../core/clock-orders.ts';
import { ORDER_ERROR_MS, RAN_TRUE_MS } from '../../core/clock-window.ts';
import { NS_PER_MS } from '../../core/time.ts';

export interface SqlClockWindow {
  /**
   * What lies between the readings of a call, and whether all of it lies in the window whatever was ordered: quick, and
   * enough for almost every call.
   */
  readonly low: string;
  readonly high: string;
  readonly surely: string;
  /** Columns, of which `spans` is the window, an array of pairs: costly where there are many orders. */
  readonly columns: string;
  readonly ranTrue: string;
}

/** A reign as SQL has it: node, from, to, until, offset in milliseconds, rate. */
const shownBy = (unixMs: number, at: string, since: string): string =>
  `${sqlFloat(unixMs)} + reign.5 + ${at} / ${NS_PER_MS} + (reign.6 - 1) * (${at} - ${since}) / ${NS_PER_MS}`;

/** `latestShown` of the column `node` by the moment that an expression gives. */
export function sqlLatestShown(
  { nodes, clocks }: { readonly nodes: readonly string[]; readonly clocks?: ClockFacts },
  by: string,
): string {
  if (clocks === undefined) return sqlFloat(-Infinity);
  const byTrueTime = `${sqlFloat(clocks.unixMs)} + toFloat64(${by}) / ${NS_PER_MS}`;
  const reigns = reignsOf(clocks.orders);
  if (reigns.length === 0) return `(${byTrueTime} + ${ORDER_ERROR_MS})`;
  const begun = `arrayFilter(reign -> reign.1 = node and reign.2 <= ${by}, ${sqlReigns(reigns, nodes)})`;
  const corners = ['reign.2', `toFloat64(${by})`].flatMap((at) => [
    shownBy(clocks.unixMs, at, 'reign.2'),
    shownBy(clocks.unixMs, at, `least(${at}, reign.3)`),
  ]);
  const highest = `arrayMax(arrayMap(reign -> greatest(${corners.join(', ')}), ${begun}))`;
  return `(if(empty(${begun}), ${byTrueTime}, ${highest}) + ${ORDER_ERROR_MS})`;
}

export function sqlClockWindow({
  nodes,
  clocks,
}: {
  readonly nodes: readonly string[];
  readonly clocks?: ClockFacts;
}): SqlClockWindow {
  const elapsed = `((returned - called) / ${NS_PER_MS})`;
  const advanced = (rate: string): string =>
    `abs(wall_returned_ms - wall_called_ms - ${rate} * ${elapsed}) <= ${RAN_TRUE_MS}`;
  const run = `(${elapsed} + ${RAN_TRUE_MS})`;
  const [low, high] = ['least(wall_called_ms, wall_returned_ms)', 'greatest(wall_called_ms, wall_returned_ms)'];
  const jumped = `[(wall_called_ms, wall_called_ms + ${run}), (wall_returned_ms - ${run}, wall_returned_ms)]`;
  const readings = {
    low,
    high,
    // A clock that lost time may have been slow, and have shown no more than this, or have jumped back: then this as well.
    surely: `(${advanced('1')} or wall_returned_ms between wall_called_ms and wall_called_ms + ${run})`,
  };
  const reigns = reignsOf(clocks?.orders ?? []);
  if (clocks === undefined || reigns.length === 0)
    return {
      ...readings,
      columns: `if(${advanced('1')}, [(${low}, ${high})], ${jumped}) as spans`,
      ranTrue: advanced('1'),
    };

  const inForce = `arrayFilter(reign -> reign.1 = node and reign.2 <= returned and reign.4 >= called,
    ${sqlReigns(reigns, nodes)})`;
  const touched = (among: string): string => `arrayExists(reign -> reign.3 >= called, ${among})`;
  const [early, late] = ['greatest(toFloat64(called), reign.2)', 'least(toFloat64(returned), reign.4)'];
  const shown = (at: string, since: string): string => shownBy(clocks.unixMs, at, since);
  const corners = [early, late].flatMap((at) => [shown(at, 'reign.2'), shown(at, `least(${at}, reign.3)`)]).join(', ');
  const ordered = `arrayMap(reign -> (least(${corners}) - ${ORDER_ERROR_MS}, greatest(${corners}) + ${ORDER_ERROR_MS}), in_force)`;
  return {
    ...readings,
    columns: `${inForce} as in_force, ${touched('in_force')} as touched,
      ${advanced('1')} or (not touched and arrayExists(reign -> ${advanced('reign.6')}, in_force)) as ran,
      arrayConcat(if(ran, [(${low}, ${high})], ${jumped}), if(touched or not ran, ${ordered}, [])) as spans`,
    ranTrue: `(${advanced('1')} and not ${touched(inForce)})`,
  };
}

function sqlReigns(reigns: readonly Reign[], nodes: readonly string[]): string {
  const tuples = reigns.map(({ node, from, to, until, offsetMs, rate }) =>
    [nodes.indexOf(node), ...[from, to, until, offsetMs, rate].map(sqlFloat)].join(', '),
  );
  return `[${tuples.map((tuple) => `(${tuple})`).join(', ')}]`;
}

/** A literal of type Float64, exact. */
function sqlFloat(value: number): string {
  return `toFloat64('${value}')`;
}
