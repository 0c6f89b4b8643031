import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
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

test('the help names every option', async () => {
  const { stdout } = await snowglobe(['--help']).ended;
  const options = ['--driver', '--generator', '--seed', '--store', '--runs', '--run', '--json', '--version'];
  for (const option of [...options, '--junit', '--summary', '--unknown', '--waivers'])
    expect(stdout).toContain(`  ${option}`);
  for (const variable of ['SNOWGLOBE_LOCAL_LINKS=tcp', 'SNOWGLOBE_ETCD_PROGRAM=']) expect(stdout).toContain(variable);
  expect(stdout.split('\n').filter((line) => line.length >= 80)).toEqual([]);
});

test('who looks for mutants is told where they are', async () => {
  expect(await snowglobe(['list', '--mutants']).ended).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Mutants are in snowglobe list --generators.') as string,
  });
});
