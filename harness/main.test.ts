import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { COMMANDS } from './cli/commands.ts';
import { snowglobe } from './laws/cli-process.ts';

const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as {
  version: string;
};

test.each(['--version', '-v'])('%s prints the version of the package, wherever it is called', async (option) => {
  expect(await snowglobe([option], {}, '/').ended).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' });
});

test('with --json the version is a document', async () => {
  const { code, stdout } = await snowglobe(['--version', '--json']).ended;
  expect({ code, document: JSON.parse(stdout) as unknown }).toEqual({ code: 0, document: { version } });
});

test('the help names every command and every option', async () => {
  const { stdout } = await snowglobe(['--help']).ended;
  for (const [name, { takes }] of COMMANDS) {
    expect(stdout).toMatch(new RegExp(`^ {2}snowglobe ${name}\\b`, 'm'));
    for (const option of takes) expect(stdout).toMatch(new RegExp(`^ {2}(--.*, )?--${option}\\b`, 'm'));
  }
  for (const option of ['--json', '--version']) expect(stdout).toContain(`  ${option}`);
  for (const variable of ['SNOWGLOBE_LOCAL_LINKS=tcp', 'SNOWGLOBE_ETCD_PROGRAM=']) expect(stdout).toContain(variable);
  expect(stdout.split('\n').filter((line) => line.length >= 80)).toEqual([]);
});

test('help is what it is elsewhere', async () => {
  const { code, stdout } = await snowglobe(['help', 'audit']).ended;
  expect({ code, stdout }).toEqual({ code: 0, stdout: (await snowglobe(['--help']).ended).stdout });
});

test.each(['constructor', 'toString', '__proto__'])(
  '%s is no command, although every object knows it',
  async (name) => {
    expect(await snowglobe([name]).ended).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`There is no command "${name}".`) as string,
    });
  },
);

test('who looks for mutants is told where they are', async () => {
  expect(await snowglobe(['list', '--mutants']).ended).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Mutants are in snowglobe list --generators.') as string,
  });
});
