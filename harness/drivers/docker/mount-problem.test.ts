import { expect, test } from 'vitest';
import { mountRefused, notReadOutside, otherFileInside } from './mount-problem.ts';

const REMEDIES = [/at the same path that it has on the engine's machine/, /--driver local/];

test.each([
  [
    'Docker',
    '(HTTP code 400) bad parameter - invalid mount config for type "bind": bind source path does not exist: /__w/ids/runs/storm ',
    '/__w/ids/runs/storm',
  ],
  [
    'Docker Desktop',
    'Mounts denied: \nThe path /builds/ids is not shared from the host and is not known to Docker.',
    '/builds/ids',
  ],
  ['Podman', '(HTTP code 500) server error - statfs /builds/ids: no such file or directory', '/builds/ids'],
])('a folder that %s does not find is named, with both remedies and exit 3', (_, message, folder) => {
  const refused = mountRefused(message);
  expect(refused).toMatchObject({
    exitCode: 3,
    problems: [{ what: expect.stringContaining(`find ${folder}. `) as string }],
  });
  for (const remedy of REMEDIES) expect(refused?.message).toMatch(remedy);
});

test('what else an engine refuses is not taken for it', () => {
  expect(mountRefused('(HTTP code 409) conflict - name is in use by container /snowglobe-x')).toBeUndefined();
  expect(mountRefused('connect ECONNREFUSED /var/run/docker.sock')).toBeUndefined();
});

test('a mount of another folder of the same name is told with what was found out, and both remedies', () => {
  const unread = notReadOutside('/builds/ids/runs', 20_000, 'EACCES');
  expect(unread.message).toContain('was not read there within 20 s');
  expect(unread.message).toContain('The container said: EACCES');
  const other = otherFileInside('/builds/ids/mine.ts');
  expect(other.problems[0]).toMatchObject({ where: '/builds/ids/mine.ts' });
  for (const problem of [unread, other]) {
    expect(problem.exitCode).toBe(3);
    for (const remedy of REMEDIES) expect(problem.message).toMatch(remedy);
  }
});
