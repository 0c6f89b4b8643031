/**
 * Which folders of this machine a container sees. Code is mounted read-only at its own path, so that a generator from
 * anywhere finds its imports where it does outside.
 */
import { existsSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve, sep } from 'node:path';
import { badInput } from '../../core/errors.ts';

/** A bind mount, as the engine's API takes it. Unlike `Binds`, it fails when the source is missing and may hold colons. */
export interface Mount {
  readonly Type: 'bind';
  readonly Source: string;
  readonly Target: string;
  readonly ReadOnly: boolean;
}

export function mount(folder: string, access: 'read-only' | 'read-write', target = folder): Mount {
  return { Type: 'bind', Source: folder, Target: target, ReadOnly: access === 'read-only' };
}

/** The mounts that these modules need to be imported: their packages, and every `node_modules` above them. */
export function codeMounts(modules: readonly string[]): readonly Mount[] {
  return outermost(codeFolders(modules)).map((folder) => mount(folder, 'read-only'));
}

/** The folders of `codeMounts`. */
export function codeFolders(modules: readonly string[]): readonly string[] {
  return modules.map((file) => realpathSync(file)).flatMap((file) => [packageRoot(file), ...modulesAbove(file)]);
}

/**
 * What a module needs that is named as `import` names it, a path or a package, from a folder: with where its package
 * really lies, for a workspace has links to it.
 */
export function moduleFolders(module: string, from: string): readonly string[] {
  const isPath = module.startsWith('.') || isAbsolute(module);
  const within = join(from, 'module');
  const own = [packageRoot(within), ...modulesAbove(within)].filter((folder) => folder !== sep);
  if (isPath) return [...own, ...codeFolders([resolve(from, module)])];
  const name = module
    .split('/')
    .slice(0, module.startsWith('@') ? 2 : 1)
    .join('/');
  const lies = own.map((folder) => join(folder, name)).find((folder) => existsSync(folder));
  return lies === undefined ? own : [...own, ...codeFolders([join(lies, 'package.json')])];
}

/** The nearest folder with a package.json, else the file's own folder. */
export function packageRoot(file: string): string {
  const root = ancestors(file).find((folder) => existsSync(join(folder, 'package.json'))) ?? dirname(file);
  if (root !== sep) return root;
  throw badInput('lies in the root folder, which no container can mount.', 'Move it into a folder of its own.', file);
}

/** Without those that lie in another one. */
export function outermost(folders: readonly string[]): readonly string[] {
  const unique = [...new Set(folders)];
  return unique.filter((folder) => !unique.some((other) => other !== folder && folder.startsWith(other + sep)));
}

function modulesAbove(file: string): readonly string[] {
  return ancestors(file)
    .map((folder) => join(folder, 'node_modules'))
    .filter((folder) => existsSync(folder));
}

function ancestors(file: string): readonly string[] {
  const folder = dirname(file);
  return folder === file ? [] : [folder, ...ancestors(folder)];
}
