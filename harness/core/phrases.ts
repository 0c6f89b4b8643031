/** Words for times and places, the same in witnesses, stories and reports. */
import { NS_PER_S, type RunNs } from './time.ts';

/** `12.345 s`: a moment of the run. */
export function seconds(at: RunNs): string {
  return `${(at / NS_PER_S).toFixed(3)} s`;
}

/** `1 node`, `4 nodes`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `n1` or, from the second on, `n1 (life 2)`. */
export function lifeOf(of: { readonly node: string; readonly incarnation: number }): string {
  return of.incarnation === 1 ? of.node : `${of.node} (life ${of.incarnation})`;
}
