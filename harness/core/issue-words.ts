/** What the validation library finds wrong with a value, in the words of whoever wrote it. Pure. */
import { counted } from './phrases.ts';
import type { z } from './schema.ts';

type Issue = z.ZodError['issues'][number];

/** How the library's own texts begin; a schema that says something itself says it better than this could. */
const OWN_TEXT = /^(Too (small|big):|Invalid) /;
const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/** `must be more than 0, and is -1`, with digits as a file takes them; undefined: the library's text stands. `written`: the value. */
export function inPlainWords(issue: Issue, written: unknown): string | undefined {
  if (!OWN_TEXT.test(issue.message)) return undefined;
  const must = requirement(issue);
  if (must === undefined) return undefined;
  const is = valueText(written);
  return is === undefined ? must : `${must}, and is ${is}`;
}

function requirement(issue: Issue): string | undefined {
  switch (issue.code) {
    case 'too_small': {
      const { origin, minimum, inclusive } = issue;
      if (origin === 'array') return `needs ${counted(Number(minimum), 'entry', 'entries')} or more`;
      if (origin === 'string') return minimum === 1 ? 'must not be empty' : `must have ${minimum} characters or more`;
      return inclusive === false ? `must be more than ${minimum}` : `must be ${minimum} or more`;
    }
    case 'too_big': {
      const { origin, maximum, inclusive } = issue;
      if (origin === 'array') return `must have ${counted(Number(maximum), 'entry', 'entries')} at the most`;
      if (origin === 'string') return `must have ${maximum} characters at the most`;
      return inclusive === false ? `must be less than ${maximum}` : `must be ${maximum} or less`;
    }
    case 'invalid_type': {
      const kind = KINDS[issue.expected];
      return kind === undefined ? undefined : `must be ${kind}`;
    }
    case 'invalid_format':
      return issue.format === 'date' ? 'must be a day that there is, such as 2027-01-31' : undefined;
    default:
      return undefined;
  }
}

/** What is short enough to be told. */
function valueText(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  if (typeof value === 'string') return value.length === 0 || value.length > 40 ? undefined : JSON.stringify(value);
  if (Array.isArray(value)) return value.length === 0 ? undefined : 'a list';
  return typeof value === 'object' ? 'an object' : undefined;
}
