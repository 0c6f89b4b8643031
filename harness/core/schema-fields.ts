/** Which fields a schema knows, and where. Pure. */
import { z } from './schema.ts';

/** What is read of a JSON Schema. */
interface Shape {
  readonly properties?: { readonly [name: string]: Shape };
  readonly items?: Shape;
  readonly additionalProperties?: Shape | boolean;
  readonly anyOf?: readonly Shape[];
  readonly oneOf?: readonly Shape[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
}

/** The fields that an object at a path of the value may have. Of the kinds of a union, those that the value may be. */
export function fieldsAt(schema: z.ZodType, path: readonly PropertyKey[], value: unknown): readonly string[] {
  let shapes = kindsOf(shapeOf(schema), value);
  let inner = value;
  for (const step of path) {
    inner = Object(inner)[step] as unknown;
    shapes = shapes.flatMap((shape) => below(shape, step)).flatMap((shape) => kindsOf(shape, inner));
  }
  return [...new Set(shapes.flatMap(({ properties }) => Object.keys(properties ?? {})))];
}

/** Where fields of a name are, the highest first: `cluster.selfLoad`, `timetable.slots[].lengthMs`. */
export function placesOf(schema: z.ZodType, name: string): readonly string[] {
  const places: string[] = [];
  let level: { readonly shape: Shape; readonly place: string }[] = [{ shape: shapeOf(schema), place: '' }];
  while (level.length > 0)
    level = level.flatMap(({ shape, place }) => {
      const fields = Object.entries(shape.properties ?? {}).map(([key, field]) => ({
        key,
        shape: field,
        place: place === '' ? key : `${place}.${key}`,
      }));
      places.push(...fields.filter(({ key }) => key === name).map((field) => field.place));
      const kinds = [...(shape.anyOf ?? []), ...(shape.oneOf ?? [])].map((kind) => ({ shape: kind, place }));
      return [...fields, ...kinds, ...(shape.items === undefined ? [] : [{ shape: shape.items, place: `${place}[]` }])];
    });
  return [...new Set(places)];
}

function shapeOf(schema: z.ZodType): Shape {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Shape;
}

function below({ properties, items, additionalProperties }: Shape, step: PropertyKey): readonly Shape[] {
  if (typeof step === 'number') return items === undefined ? [] : [items];
  const found = properties?.[String(step)] ?? additionalProperties;
  return typeof found === 'object' ? [found] : [];
}

function kindsOf(shape: Shape, value: unknown): readonly Shape[] {
  const kinds = [...(shape.anyOf ?? []), ...(shape.oneOf ?? [])];
  if (kinds.length === 0) return [shape];
  return kinds.filter(({ properties = {} }) =>
    Object.entries(properties).every(([name, { const: only, enum: words }]) => {
      const given = (Object(value) as Record<string, unknown>)[name];
      return (
        (only === undefined || only === given) && (words === undefined || given === undefined || words.includes(given))
      );
    }),
  );
}
