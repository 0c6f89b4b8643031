import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { codeMounts, moduleFolders, outermost, packageRoot } from './mounts.ts';

let top: string;

beforeEach(async () => {
  top = await realpath(await mkdtemp(join(tmpdir(), 'snowglobe-test-')));
});

afterEach(() => rm(top, { recursive: true }));

async function file(path: string): Promise<string> {
  await mkdir(dirname(join(top, path)), { recursive: true });
  await writeFile(join(top, path), '{}');
  return join(top, path);
}

const mounted = (...modules: string[]): readonly string[] => codeMounts(modules).map(({ Target }) => Target);

test('a module brings its package and every node_modules above it', async () => {
  await file('project/package.json');
  await file('node_modules/shared/index.js');
  const generator = await file('project/src/mine.ts');

  expect(mounted(generator)).toEqual([join(top, 'project'), join(top, 'node_modules')]);
});

test('a module without a package brings its own folder', async () => {
  expect(mounted(await file('loose/mine.ts'))).toEqual([join(top, 'loose')]);
});

test('a folder that lies in another mount is not mounted twice', async () => {
  await file('node_modules/snowglobe/package.json');
  const shell = await file('node_modules/snowglobe/dist/shell.mjs');

  expect(mounted(shell, shell)).toEqual([join(top, 'node_modules')]);
  expect(outermost(['/a/b', '/a', '/ab', '/a'])).toEqual(['/a', '/ab']);
});

test('a link is followed: Node resolves imports from where a module really lies', async () => {
  await file('real/package.json');
  await symlink(await file('real/mine.ts'), join(top, 'link.ts'));

  expect(mounted(join(top, 'link.ts'))).toEqual([join(top, 'real')]);
});

test('code is read-only and at its own path; the root folder is refused', async () => {
  expect(codeMounts([await file('loose/mine.ts')])).toEqual([
    { Type: 'bind', Source: join(top, 'loose'), Target: join(top, 'loose'), ReadOnly: true },
  ]);
  expect(() => packageRoot('/mine.ts')).toThrow(/root folder/);
});

test('a module that is named as a package comes from where its package really lies', async () => {
  await file('project/package.json');
  await file('workspace/ids/package.json');
  await file('project/node_modules/plain/package.json');
  await symlink(join(top, 'workspace/ids'), join(top, 'project/node_modules/ids'));
  const project = join(top, 'project');

  expect(moduleFolders('plain/sub', project)).toContain(join(project, 'node_modules'));
  expect(moduleFolders('ids', project)).toContain(join(top, 'workspace/ids'));
  await file('elsewhere/mine.mjs');
  expect(outermost(moduleFolders('../elsewhere/mine.mjs', project))).toEqual([project, join(top, 'elsewhere')]);
});
