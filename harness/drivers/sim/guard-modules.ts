/**
 * Loads a generator for the simulator: its module graph gets guarded stand-ins for Node's built-in modules.
 *
 * The graph is told from the harness's own by a mark in the URL of every module in it, so a file that both import is
 * loaded twice. Node keeps a loaded module: variables at a module's top level are shared by all nodes of all simulated
 * clusters in a process, where real nodes have one each.
 */
import * as nodeModule from 'node:module';
import { pathToFileURL } from 'node:url';
import { badInput, messageOf, SnowglobeError } from '../../core/errors.ts';
import type { Generator } from '../../core/generator.ts';
import type { Guard } from './guard.ts';
import { forbid, outside, REMEDY, whereAmI } from './guard-place.ts';

const MARK = 'snowglobe-sim';
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

/** Files whose top level offended: Node evaluates a module once, and a swallowed error must count each time. */
const offended = new Map<string, SnowglobeError>();

/** The generator in `file`, as the simulator may run it. */
export async function loadGuarded(file: string, guard: Guard): Promise<Generator> {
  const { default: nativeImport } = (await import(NATIVE_IMPORT)) as { default: (url: string) => Promise<unknown> };
  let module: { readonly default?: Generator };
  try {
    module = (await guard.loading(() => nativeImport(`${pathToFileURL(file).href}?${MARK}`))) as typeof module;
    guard.assertClean();
  } catch (error) {
    const known = error instanceof SnowglobeError ? error : undefined;
    if (known !== undefined) offended.set(file, known);
    throw known ?? badInput(`The simulator cannot load it: ${messageOf(error)}`, 'Mend the file.', file);
  }
  const earlier = offended.get(file);
  if (earlier !== undefined) throw earlier;
  if (module.default === undefined)
    throw badInput('It has no default export.', 'Export the generator as default.', file);
  return module.default;
}

/** Puts the hooks in place; returns what takes them away. */
export function hookModules(): () => void {
  const globals = globalThis as { [HANDLE]?: typeof standIn };
  globals[HANDLE] = standIn;
  const hooks = nodeModule.registerHooks({
    resolve(specifier, context, next) {
      const where = whereAmI();
      // A module that is loaded later would be read from the disk in real time.
      if (where === 'running') forbid(`import('${specifier}')`, REMEDY.import);
      if (where !== 'loading' && context.parentURL?.includes(MARK) !== true) return next(specifier, context);
      if (nodeModule.isBuiltin(specifier)) {
        const name = specifier.replace(/^node:/, '');
        if (HARMLESS.has(name)) return next(specifier, context);
        const format = context.conditions.includes('require') ? 'commonjs' : 'module';
        return { url: `${STAND_INS}${name}?${MARK}`, format, shortCircuit: true };
      }
      const resolved = outside(() => next(specifier, context));
      const marked = !resolved.url.startsWith('file:') || resolved.url.includes(MARK);
      return marked ? resolved : { ...resolved, url: `${resolved.url}?${MARK}` };
    },
    load(url, context, next) {
      if (!url.startsWith(STAND_INS)) return outside(() => next(url, context));
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
