/** Facts in ClickHouse's RowBinary. They are few: one small buffer a value is quick enough. */
import type { RunFacts } from '../../core/run-facts.ts';
import type { FACT_TABLES } from '../../core/store.ts';
import { FACT_COLUMNS } from './fact-columns.ts';
import type { FactColumn, FactTypes } from './fact-columns.ts';

/** The rows of one table, in the order of its columns. */
export function factRows(table: (typeof FACT_TABLES)[number], facts: RunFacts): Buffer {
  if (table === 'runs') return rows(FACT_COLUMNS.runs, [facts.run]);
  if (table === 'disturbances') return rows(FACT_COLUMNS.disturbances, facts.disturbances);
  if (table === 'offsets') return rows(FACT_COLUMNS.offsets, facts.offsets);
  return rows(FACT_COLUMNS.witnesses, facts.witnesses);
}

function rows<Fact>(columns: readonly FactColumn<Fact>[], facts: readonly Fact[]): Buffer {
  return Buffer.concat(facts.flatMap((fact) => columns.map(({ type, of }) => valueOf(type, of(fact)))));
}

const WRITERS: { readonly [Type in keyof FactTypes]: (value: FactTypes[Type]) => Buffer } = {
  String: text,
  'Array(String)': (list) => Buffer.concat([varint(list.length), ...list.map(text)]),
  UInt8: (value) => fixed(1, (into) => into.writeUInt8(value)),
  UInt16: (value) => fixed(2, (into) => into.writeUInt16LE(value)),
  Int64: int64,
  Float64: float64,
  'Nullable(Int32)': (value) => nullable(value, (value) => fixed(4, (into) => into.writeInt32LE(value))),
  'Nullable(Int64)': (value) => nullable(value, int64),
  'Nullable(Float64)': (value) => nullable(value, float64),
};

function valueOf<Type extends keyof FactTypes>(type: Type, value: FactTypes[Type]): Buffer {
  return WRITERS[type](value);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([varint(bytes.length), bytes]);
}

function int64(value: bigint): Buffer {
  return fixed(8, (into) => into.writeBigInt64LE(value));
}

function float64(value: number): Buffer {
  return fixed(8, (into) => into.writeDoubleLE(value));
}

function nullable<Value>(value: Value | undefined, write: (value: Value) => Buffer): Buffer {
  return value === undefined ? Buffer.of(1) : Buffer.concat([Buffer.of(0), write(value)]);
}

function fixed(bytes: number, write: (into: Buffer) => void): Buffer {
  const into = Buffer.alloc(bytes);
  write(into);
  return into;
}

/** LEB128. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest <= 0x7f) return Buffer.from([...bytes, rest]);
    bytes.push((rest & 0x7f) | 0x80);
  }
}
