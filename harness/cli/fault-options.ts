/**
 * The options of a fault in words, read from its schema: what each is, within which limits, and what no option can say
 * alone. Nothing of it is written a second time. Pure.
 */
import { grouped } from '../core/phrases.ts';
import { z } from '../core/schema.ts';

export interface OptionsInWords {
  readonly options: readonly OptionInWords[];
  /** Rules that span several options, as the schema's own errors say them. */
  readonly rules: readonly string[];
}

export interface OptionInWords {
  readonly name: string;
  /** `integer, 256 to 10,000`, `number, more than 0; default 5,000`. */
  readonly takes: string;
  /** What it is, with its unit. */
  readonly meaning: string;
  /** What its values must be beside, as the schema's own errors say it. */
  readonly rules: readonly string[];
}

/** What JSON Schema says of an option. */
interface Described {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly items?: Described;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly anyOf?: readonly Described[];
}

interface DescribedOptions {
  readonly properties?: { readonly [name: string]: Described };
  readonly required?: readonly string[];
}

export function optionsInWords(schema: z.ZodType): OptionsInWords {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input' }) as DescribedOptions;
  const fields: { readonly [name: string]: z.ZodType } = schema instanceof z.ZodObject ? schema.shape : {};
  return {
    options: Object.entries(properties).map(([name, described]) => ({
      name,
      takes: [
        valueWords(described),
        ...('default' in described ? [`default ${valueOf(described.default)}`] : []),
        ...(required.includes(name) || 'default' in described ? [] : ['may be left out']),
      ].join('; '),
      meaning: meaningOf(described),
      rules: rulesOf(fields[name]),
    })),
    rules: rulesOf(schema),
  };
}

/** Of a list, also what each of its values is. */
function meaningOf({ description = '', items }: Described): string {
  return items?.description === undefined ? description : `${description} (each: ${items.description})`;
}

function valueWords({ type = 'anything', anyOf, enum: words, items, ...limits }: Described): string {
  if (anyOf !== undefined) return anyOf.map(valueWords).join(', or ');
  if (words !== undefined) return words.length === 1 ? valueOf(words[0]) : `one of ${words.map(valueOf).join(', ')}`;
  if (items !== undefined)
    return [`list of ${valueWords(items)}s`, between(limits.minItems, limits.maxItems)]
      .filter((part) => part !== undefined)
      .join(', ');
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = limits;
  const open = [
    ...(exclusiveMinimum === undefined ? [] : [`more than ${valueOf(exclusiveMinimum)}`]),
    ...(exclusiveMaximum === undefined ? [] : [`less than ${valueOf(exclusiveMaximum)}`]),
  ];
  return [type, ...open, between(minimum, maximum)].filter((part) => part !== undefined).join(', ');
}

/** Bounds that are only those of exact numbers are nobody's limits. */
function between(least?: number, most?: number): string | undefined {
  const [from, to] = [least, most].map((bound) =>
    bound === undefined || Math.abs(bound) === Number.MAX_SAFE_INTEGER ? undefined : bound,
  );
  if (from !== undefined && to !== undefined) return `${valueOf(from)} to ${valueOf(to)}`;
  if (from !== undefined) return `${valueOf(from)} or more`;
  return to === undefined ? undefined : `${valueOf(to)} or less`;
}

function valueOf(value: unknown): string {
  return typeof value === 'number' && Number.isInteger(value) ? grouped(value) : String(value);
}

/** What its refinements demand, in the words of their errors: JSON Schema has no place for them. */
function rulesOf(schema: z.ZodType | undefined): readonly string[] {
  if (schema === undefined) return [];
  const inner = schema instanceof z.ZodExactOptional ? (schema.unwrap() as z.ZodType) : undefined;
  return [...(schema.def.checks ?? []).flatMap(ruleOf), ...rulesOf(inner)];
}

function ruleOf(check: z.core.$ZodCheck): readonly string[] {
  if (!(check instanceof z.ZodCustom)) return [];
  const said = check.def.error?.({ code: 'custom', input: undefined, path: [] });
  const rule = typeof said === 'string' ? said : said?.message;
  return rule === undefined ? [] : [rule];
}
