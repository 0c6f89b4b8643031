/** snowglobe's own shell, with generators that need no coordinator. */
import { join } from 'node:path';
import { test } from 'vitest';
import { expectEveryRuleKept } from './kept-rules-for-tests.ts';

const ROOT = join(import.meta.dirname, '../..');

test.each([
  ['snowflake-static', '64'],
  ['uuidv7', '128'],
])('the shell keeps every rule with %s', (generator, idBits) =>
  expectEveryRuleKept(
    ...['--id-bits', idBits, '--', 'env'],
    `SNOWGLOBE_GENERATOR=${join(ROOT, 'generators', `${generator}.ts`)}`,
    ...[process.execPath, join(ROOT, 'generators/shell/main.ts')],
  ),
);
