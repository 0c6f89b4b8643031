import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Driver } from '../core/driver.ts';
import { shellWords } from '../core/shell-words.ts';
import type { WayWords } from '../core/way-in.ts';
import { WAY_FLAG_NAMES } from '../core/way-in.ts';
import { readWords, wayWords } from './options.ts';
import { repeatCommand } from './repeat-command.ts';

const DRIVER = { name: 'local' } as Driver;

const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...`- a'"\\$={}/:,\n`) }));
const way: fc.Arbitrary<WayWords> = fc
  .subarray([...WAY_FLAG_NAMES])
  .chain((flags) =>
    fc.record(Object.fromEntries(flags.map((flag) => [flag, fc.array(text, { minLength: 1, maxLength: 3 })]))),
  );

test('the command line reads from the command of a run what it was given, whatever is in the flags', () => {
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 3 }), way, text, (generator, given, store) => {
      const asked = {
        generator,
        way: given,
        store,
        driver: 'local',
        seed: '4',
        withoutDisturbances: false,
        slo: undefined,
      };
      const command = repeatCommand({ ...asked, load: undefined }, './mine.json', DRIVER, '4', 'built-in');
      const [npx, snowglobe, ...args] = shellWords(command);
      expect([npx, snowglobe]).toEqual(['npx', 'snowglobe']);
      const { command: name, rest, values } = readWords(args);
      expect({ name, rest }).toEqual({ name: 'run', rest: ['./mine.json'] });
      expect(values).toMatchObject({ generator, driver: 'local', seed: '4' });
      expect(wayWords(values)).toEqual(given);
    }),
  );
});

test('secrets are not written down', () => {
  const asked = {
    generator: ['command:./ids'],
    way: {
      env: ['PORT={port}', 'DB_PASSWORD=hunter2'],
      header: ['Authorization: Bearer s3cr3t', 'accept: text/plain'],
    },
    store: undefined,
    driver: 'local',
    seed: '4',
    withoutDisturbances: false,
    slo: undefined,
    load: undefined,
  };
  const command = repeatCommand(asked, './mine.json', DRIVER, '4', 'built-in');
  expect(command).not.toMatch(/hunter2|s3cr3t/);
  expect(command).toContain(
    "--header 'Authorization: ***' --header 'accept: text/plain' --env 'PORT={port}' --env 'DB_PASSWORD=***'",
  );
});
