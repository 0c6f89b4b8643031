/** What keeps a value from being what a file should hold, in one line. Pure. */
import { nearestName } from './nearest-name.ts';
import type { z } from './schema.ts';
import { inPlainWords } from './issue-words.ts';
import { fieldsAt, placesOf } from './schema-fields.ts';

/** Of more, the rest is a number: whoever mends these sees the others next. */
const WRONG_MAX = 8;

type Issue = z.ZodError['issues'][number];
type Path = readonly PropertyKey[];

/**
 * `it lacks question, load; unknown: version; timetable.slots[0].lengthMs: must be more than 0, and is -1`. `error`: what `schema` said of the
 * whole value.
 */
export function shapeProblem(value: unknown, { issues }: z.ZodError, schema: z.ZodType): string {
  if (!isObject(value) || Array.isArray(value)) return 'it is no object';
  const isOfKeys = (issue: Issue): boolean => issue.code === 'unrecognized_keys' || isLacking(issue, value);
  const ofKeys = Map.groupBy(issues.filter(isOfKeys), (issue) => pathText(ownerOf(issue)));
  const whole = ofKeys.get('');
  const told = new Set<string>(['']);
  const wrong = issues.flatMap((issue) => {
    const place = pathText(isOfKeys(issue) ? ownerOf(issue) : issue.path);
    if (!isOfKeys(issue)) return [`${place === '' ? 'the whole' : place}: ${messageOf(issue, value)}`];
    if (told.has(place)) return [];
    told.add(place);
    return [`${place}: ${keysProblem(ofKeys.get(place) as Issue[], value, schema).join(', ')}`];
  });
  const more = wrong.length - WRONG_MAX;
  return [
    ...(whole === undefined ? [] : keysProblem(whole, value, schema)),
    ...wrong.slice(0, WRONG_MAX),
    ...(more > 0 ? [`and ${more} more`] : []),
  ].join('; ');
}

/** Of one object: what it lacks, and what it has that nobody knows. */
function keysProblem(issues: readonly Issue[], value: object, schema: z.ZodType): readonly string[] {
  const lacking = issues.filter(({ code }) => code !== 'unrecognized_keys').map(({ path }) => String(path.at(-1)));
  const unknown = issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? issue.keys : []));
  const owner = ownerOf(issues[0] as Issue);
  const meant = (key: string): string => {
    const place = meantBy(key, lacking, owner, value, schema);
    return place === undefined ? key : `${key} (did you mean ${place}?)`;
  };
  return [
    ...(lacking.length === 0 ? [] : [`it lacks ${lacking.join(', ')}`]),
    ...(unknown.length === 0 ? [] : [`unknown: ${unknown.map(meant).join(', ')}`]),
  ];
}

/** The field that an unknown one may stand for: one of the same object, or one of its name elsewhere. */
function meantBy(
  key: string,
  lacking: readonly string[],
  owner: Path,
  value: object,
  schema: z.ZodType,
): string | undefined {
  // In another unit: `forSeconds` for `forMs`.
  const firstWord = (name: string): string => /^[a-z]+/.exec(name)?.[0] ?? name;
  const inAnotherUnit = lacking.find((name) => firstWord(name) === firstWord(key));
  const given = Object.keys(Object(at(value, owner)) as object);
  const free = fieldsAt(schema, owner, value).filter((name) => !given.includes(name));
  return nearestName(key, lacking) ?? inAnotherUnit ?? nearestName(key, free) ?? placesOf(schema, key)[0];
}

/** The object that it is about: of a field that is lacking, the one that lacks it. */
function ownerOf({ code, path }: Issue): Path {
  return code === 'unrecognized_keys' ? path : path.slice(0, -1);
}

function isLacking({ path }: Issue, value: object): boolean {
  const field = path.at(-1);
  const owner = at(value, path.slice(0, -1));
  return field !== undefined && isObject(owner) && !Array.isArray(owner) && !(field in owner);
}

/** Where one of several words has to stand, the validator's own text names them all, and not what was written. */
function messageOf(issue: Issue, value: object): string {
  const words =
    issue.code === 'invalid_value'
      ? issue.values
      : issue.code === 'invalid_union' && 'options' in issue && Array.isArray(issue.options)
        ? (issue.options as readonly unknown[])
        : [];
  const written = at(value, issue.path);
  if (words.length === 0 || !words.every((word) => typeof word === 'string') || typeof written !== 'string')
    return inPlainWords(issue, written) ?? issue.message;
  const nearest = nearestName(written, words);
  return `there is no "${written}" (${nearest === undefined ? `take one of ${words.join(', ')}` : `did you mean ${nearest}?`})`;
}

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, step) => (isObject(inner) ? (inner as Record<PropertyKey, unknown>)[step] : undefined),
    value,
  );
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** `timetable.slots[0]`; '' for the whole. */
function pathText(path: Path): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./, '');
}
