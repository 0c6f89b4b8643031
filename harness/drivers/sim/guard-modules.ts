/**
 * Loads a generator for the simulator: its module graph gets guarded stand-ins for Node's built-in modules.
 *
 * Each life of each node gets an instance of the graph to itself, as each real process has one: what the top level of a
 * module holds dies with the life. The instances are told from one another, and from the harness's own modules, by a
 * mark in the URL of every module. Node never lets go of a module, so each instance costs memory for as long as the
 * harness runs (85 KB for one of snowflake that has run: 0.4 MB for a run of storm). The instances of a run share their
 * source text, or it would be 40 KB more.
 *
 * What a generator hangs on `globalThis`, or on a built-in module that only computes, is still shared by all.
 */
import * as nodeModule from 'node:module';
import type { LoadFnOutput } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { badInput, messageOf, SnowglobeError } from '../../core/errors.ts';
import type { ShellGenerator } from '../../core/generator.ts';
import type { Guard } from './guard.ts';
import { forbid, outside, places, REMEDY, whereAmI } from './guard-place.ts';
import type { Instance } from './guard-place.ts';

const MARK = 'snowglobe-sim';
const MARKED = new RegExp(`\\?${MARK}=\\d+$`);
/** Built-in modules under the mark; never read from disk. */
const STAND_INS = `file:///${MARK}/`;
/** By which a stand-in's source finds the guarded module. */
const HANDLE = Symbol.for(MARK);

/** The real one: the global is forbidden to the modules on whose behalf it is asked here. */
const builtin = process.getBuiltinModule.bind(process);

/** Modules that compute and nothing else. */
const HARMLESS = new Set(
  'assert assert/strict async_hooks buffer constants diagnostics_channel events path path/posix path/win32 punycode querystring stream stream/promises stream/web string_decoder url util util/types'.split(
    ' ',
  ),
);

/** What computes and nothing else in modules that also do more. */
const HARMLESS_IN: { readonly [module: string]: RegExp } = {
  crypto: /^(createHash|createHmac|hash|timingSafeEqual|getHashes|pbkdf2Sync|scryptSync|hkdfSync|constants)$/,
  zlib: /(Sync|^crc32|^constants)$/,
  module: /^(createRequire|isBuiltin|builtinModules)$/,
  process: /^(nextTick|emitWarning|env|argv|platform|arch|version|versions)$/,
  os: /^(EOL|constants)$/,
};

const REMEDIES: { readonly [module: string]: string } = {
  timers: REMEDY.timer,
  'timers/promises': REMEDY.timer,
  perf_hooks: REMEDY.monotonic,
  crypto: REMEDY.random,
  fs: REMEDY.file,
  'fs/promises': REMEDY.file,
  os: REMEDY.host,
  process: REMEDY.host,
  child_process: REMEDY.host,
  worker_threads: REMEDY.host,
  cluster: REMEDY.host,
  net: REMEDY.network,
  tls: REMEDY.network,
  dns: REMEDY.network,
  'dns/promises': REMEDY.network,
  dgram: REMEDY.network,
  http: REMEDY.network,
  http2: REMEDY.network,
  https: REMEDY.network,
};

/**
 * Dynamic import as Node does it, asked for from a module of its own: a test runner that rewrites the imports of this
 * file would load the generator by its own loader, past the hooks.
 */
const NATIVE_IMPORT = 'data:text/javascript,export default (url) => import(url)';

/** CommonJS modules that Node keeps, by file name. */
const commonjs = nodeModule.createRequire(import.meta.url).cache;

let instances = 0;

/** A new instance of the generator in `file`, as the simulator may run it. */
export async function loadGuarded(file: string, guard: Guard): Promise<ShellGenerator> {
  const { default: nativeImport } = (await import(NATIVE_IMPORT)) as { default: (url: string) => Promise<unknown> };
  const instance: Instance = { mark: `?${MARK}=${++instances}`, files: new Map() };
  let module: { readonly default?: ShellGenerator };
  try {
    module = (await guard.loading(instance, () =>
      nativeImport(`${pathToFileURL(file).href}${instance.mark}`),
    )) as typeof module;
    guard.assertClean();
  } catch (error) {
    if (error instanceof SnowglobeError) throw error;
    throw badInput(`The simulator cannot load it: ${messageOf(error)}`, 'Mend the file.', file);
  } finally {
    for (const [name, before] of instance.files) keepCommonjs(name, before);
  }
  if (module.default === undefined)
    throw badInput('It has no default export.', 'Export the generator as default.', file);
  return module.default;
}

/** Node keeps CommonJS modules by file name, whatever the mark: an instance must not meet those of another. */
function makeRoom({ files }: Instance, url: string): void {
  const name = fileURLToPath(url);
  if (files.has(name)) return;
  files.set(name, commonjs[name]);
  keepCommonjs(name, undefined);
}

function keepCommonjs(name: string, module: NodeJS.Module | undefined): void {
  if (module === undefined) Reflect.deleteProperty(commonjs, name);
  else commonjs[name] = module;
}

/** Puts the hooks in place; returns what takes them away. */
export function hookModules(): () => void {
  const globals = globalThis as { [HANDLE]?: typeof standIn };
  globals[HANDLE] = standIn;
  const texts = new Map<string, LoadFnOutput>();
  const hooks = nodeModule.registerHooks({
    resolve(specifier, context, next) {
      const where = whereAmI();
      // A module that is loaded later would be read from the disk in real time.
      if (where === 'running') forbid(`import('${specifier}')`, REMEDY.import);
      const instance = places.getStore()?.instance;
      const mark = instance?.mark ?? MARKED.exec(context.parentURL ?? '')?.[0];
      if (mark === undefined) return next(specifier, context);
      if (nodeModule.isBuiltin(specifier)) {
        const name = specifier.replace(/^node:/, '');
        if (HARMLESS.has(name)) return next(specifier, context);
        const format = context.conditions.includes('require') ? 'commonjs' : 'module';
        return { url: `${STAND_INS}${name}?${MARK}`, format, shortCircuit: true };
      }
      const resolved = outside(() => next(specifier, context));
      if (!resolved.url.startsWith('file:')) return resolved;
      if (instance !== undefined) makeRoom(instance, resolved.url);
      return MARKED.test(resolved.url) ? resolved : { ...resolved, url: `${resolved.url}${mark}` };
    },
    load(url, context, next) {
      if (!url.startsWith(STAND_INS)) {
        if (!MARKED.test(url)) return outside(() => next(url, context));
        const file = url.replace(MARKED, '');
        const text = texts.get(file) ?? outside(() => stripped(next(url, context)));
        if (text.format === 'module') texts.set(file, text);
        return text;
      }
      const name = decodeURIComponent(new URL(url).pathname).slice(`/${MARK}/`.length);
      const format = context.format === 'commonjs' ? 'commonjs' : 'module';
      return { format, source: sourceOf(name, format), shortCircuit: true };
    },
  });
  return () => {
    hooks.deregister();
    delete globals[HANDLE];
  };
}

/** The same module in JavaScript: Node would strip the types of every instance, and keep every text. */
function stripped(loaded: LoadFnOutput): LoadFnOutput {
  const { format, source } = loaded;
  if ((format !== 'module' && format !== 'module-typescript') || source === undefined) return loaded;
  const text = typeof source === 'string' ? source : new TextDecoder().decode(source);
  return {
    format: 'module',
    source: format === 'module' ? text : withoutWarning(() => nodeModule.stripTypeScriptTypes(text)),
    shortCircuit: true,
  };
}

/** Node strips the types of the files that it loads without a word, but calls the same function experimental. */
function withoutWarning<T>(act: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = () => undefined;
  try {
    return act();
  } finally {
    process.emitWarning = emitWarning;
  }
}

function sourceOf(name: string, format: 'commonjs' | 'module'): string {
  const found = `globalThis[Symbol.for(${JSON.stringify(MARK)})](${JSON.stringify(name)})`;
  if (format === 'commonjs') return `module.exports = ${found};`;
  const names = Object.keys(builtin(name) ?? {}).filter((key) => key !== 'default');
  return [
    `const all = ${found};`,
    'export default all;',
    ...names.map((key, i) => `const _${i} = all[${JSON.stringify(key)}]; export { _${i} as ${JSON.stringify(key)} };`),
  ].join('\n');
}

/** The built-in module, with all that is not harmless guarded. */
function standIn(name: string): object {
  const real = builtin(name) as unknown as Record<string, unknown>;
  const remedy = REMEDIES[name] ?? REMEDY.other;
  const harmless = HARMLESS_IN[name];
  return new Proxy(real, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (isFixed(target, key)) return value;
      return harmless?.test(String(key)) === true ? value : guarded(value, `node:${name} ${String(key)}`, remedy);
    },
  });
}

/** Functions and, however deep, functions of objects: a call offends. Plain values are constants. */
function guarded(value: unknown, call: string, remedy: string): unknown {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return value;
  const offend = (): never => {
    forbid(call, remedy);
    throw badInput(`${call} was used by a generator of the simulator outside of any node.`, remedy);
  };
  return new Proxy(value, {
    apply: offend,
    construct: offend,
    get(target, key) {
      const inner: unknown = Reflect.get(target, key);
      // A class that extends a guarded one may exist; it offends when an instance is made.
      return key === 'prototype' || isFixed(target, key) ? inner : guarded(inner, `${call}.${String(key)}`, remedy);
    },
  });
}

/** A proxy must show such a property as it is. Node has only tables of constants of this kind. */
function isFixed(target: object, key: PropertyKey): boolean {
  const property = Object.getOwnPropertyDescriptor(target, key);
  return property?.configurable === false && property.writable === false;
}
