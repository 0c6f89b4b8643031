import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { answeredElsewhere, isOlder, publishedOn } from './engine.ts';

test('versions of the API are compared by number, not by text', () => {
  expect(isOlder('1.9', '1.41')).toBe(true);
  expect(isOlder('1.40', '1.41')).toBe(true);
  expect(isOlder('1.41', '1.41')).toBe(false);
  expect(isOlder('1.100', '1.41')).toBe(false);
  expect(isOlder('2.0', '1.41')).toBe(false);
});

test('an engine that answers elsewhere than at DOCKER_HOST is not the one that was asked for', () => {
  const local = { socketPath: '/var/run/docker.sock' };
  expect(answeredElsewhere(local, undefined)).toBeUndefined();
  expect(answeredElsewhere(local, '')).toBeUndefined();
  expect(answeredElsewhere(local, 'unix:///var/run/docker.sock')).toBeUndefined();
  expect(answeredElsewhere({ host: '10.0.0.9' }, 'tcp://10.0.0.9:2375')).toBeUndefined();
  expect(answeredElsewhere(local, 'unix:///run/other.sock')?.what).toContain('unix:///run/other.sock');
  expect(answeredElsewhere(local, 'tcp://10.0.0.9:2375')?.what).toContain('tcp://10.0.0.9:2375');
  expect(answeredElsewhere(local, 'nonsense')?.what).toContain('no address');
});

test('ports are on the loopback alone where the engine is here, and at its machine where it is not', () => {
  for (const host of ['localhost', '127.0.0.1'])
    expect(publishedOn(host)).toEqual({ on: '127.0.0.1', at: '127.0.0.1' });
  // A service of a CI job (DOCKER_HOST=tcp://docker:2375), and a socket that is mounted into its container.
  for (const host of ['docker', '172.17.0.1']) expect(publishedOn(host)).toEqual({ on: '0.0.0.0', at: host });
});

test('without an engine readiness says so, with a remedy, and nothing is left to sweep', async () => {
  const script = `
    import driver from ${JSON.stringify(import.meta.resolve('./driver.ts'))};
    const { problems, abilities } = await driver.readiness();
    console.log(JSON.stringify({ problems, abilities: [...abilities], leftovers: await driver.leftovers() }));
  `;
  const env = { ...process.env, DOCKER_HOST: 'unix:///nowhere/docker.sock' };
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { env });
  expect(JSON.parse(stdout)).toEqual({
    problems: [
      {
        what: expect.stringContaining('No Docker engine answers') as string,
        remedy: expect.stringContaining('DOCKER_HOST') as string,
      },
    ],
    abilities: [],
    leftovers: [],
  });
});
