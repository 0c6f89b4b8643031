/**
 * Records kept as columns, a typed array a field: no object a record, so that millions stay a few megabytes. Whoever fills
 * them writes to the arrays directly; here is only what is done now and then to all of them alike.
 */
type Column = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array | BigUint64Array;

type Columns = Readonly<Record<string, Column>>;

/** The same records with more room. `allocate` makes the columns, so that old and new are of one shape to the engine. */
export function grown<Table extends Columns>(
  columns: Table,
  allocate: (capacity: number) => Table,
  capacity: number,
): Table {
  const larger = allocate(capacity);
  for (const [name, column] of Object.entries(columns))
    // Both were made by `allocate`: columns of one name are of one type.
    (larger[name] as { set(from: unknown): void }).set(column);
  return larger;
}

/** Views of the first records; what is written later shows in them, what is added later does not. */
export function firstOf<Table extends Columns>(columns: Table, length: number): Table {
  return Object.fromEntries(
    Object.entries(columns).map(([name, column]) => [name, column.subarray(0, length)]),
  ) as unknown as Table;
}

/** The records of a table at these places, in that order, in columns of their own. */
export function recordsAt<Table extends { readonly length: number }>(table: Table, places: Uint32Array): Table {
  const picked = Object.entries(table).map(([name, column]: [string, Column | number]) => {
    if (typeof column === 'number') return [name, places.length];
    const values = column.slice(0, places.length);
    for (let row = 0; row < places.length; row++) values[row] = column[places[row]!]!;
    return [name, values];
  });
  return Object.fromEntries(picked) as Table;
}
