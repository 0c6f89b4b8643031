/** What keeps a value from being what a file should hold, in one line. Pure. */
import type { z } from './schema.ts';

/** Of more, the rest is a number: whoever mends these sees the others next. */
const WRONG_MAX = 8;

/** `it lacks question and load; unknown: version; timetable.slots[0].lengthMs: Too small`. `error`: of the whole value. */
export function shapeProblem(value: unknown, { issues }: z.ZodError): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'it is no object';
  const told = Map.groupBy(issues, ({ code, path: [field, ...below] }) => {
    if (field === undefined) return code === 'unrecognized_keys' ? 'unknown' : 'wrong';
    return below.length === 0 && !(field in value) ? 'lacking' : 'wrong';
  });
  const lacking = (told.get('lacking') ?? []).map(({ path }) => path.join('.'));
  const unknown = (told.get('unknown') ?? []).flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? issue.keys : [],
  );
  const wrong = (told.get('wrong') ?? []).map(({ path, message }) => [pathText(path), message].join(': '));
  const more = wrong.length - WRONG_MAX;
  return [
    ...(lacking.length === 0 ? [] : [`it lacks ${lacking.join(', ')}`]),
    ...(unknown.length === 0 ? [] : [`unknown: ${unknown.join(', ')}`]),
    ...wrong.slice(0, WRONG_MAX),
    ...(more > 0 ? [`and ${more} more`] : []),
  ].join('; ');
}

/** `timetable.slots[0]`. */
function pathText(path: readonly PropertyKey[]): string {
  const text = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('');
  return text === '' ? 'the whole' : text.replace(/^\./, '');
}
