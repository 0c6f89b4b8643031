/** Fields of an ID in SQL, equal to those of `idReader`. */
import type { Layout } from './layout.ts';
import { idBitsOf, shiftsOf } from './layout.ts';

/** Everything from the time upwards; where nothing lies there, not a shift by the whole width, which is none. */
export function sqlTick(layout: Layout, id: string): string {
  const { time } = shiftsOf(layout);
  return time >= idBitsOf(layout) ? 'toUInt64(0)' : `bitShiftRight(${id}, ${time})`;
}

export function sqlWorker(layout: Layout, id: string): string {
  return sqlField(id, shiftsOf(layout).worker, layout.workerBits);
}

/** Whether the fixed fields have other values than the layout gives them. */
export function sqlUnmarked({ fixed = [] }: Layout, id: string): string {
  return ['0', ...fixed.map(({ shift, bits, value }) => `${sqlField(id, shift, bits)} != ${value}`)].join(' or ');
}

/** Whether IDs differ in their fixed fields; `varying` is the column of that name. */
export function sqlMarksVary({ fixed = [] }: Layout, varying: string): string {
  return ['0', ...fixed.map(({ shift, bits }) => `${sqlField(varying, shift, bits)} != 0`)].join(' or ');
}

/** An ID, given in decimal, as a literal: ClickHouse takes one beyond 64 bits for a floating-point number. */
export function sqlId(layout: Layout, id: string): string {
  return idBitsOf(layout) === 64 ? id : `toUInt128('${id}')`;
}

function sqlField(id: string, shift: number, bits: number): string {
  return `bitAnd(bitShiftRight(${id}, ${shift}), ${2 ** bits - 1})`;
}
