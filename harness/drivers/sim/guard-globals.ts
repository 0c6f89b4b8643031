/** Replaces the globals by which code reaches the real clock, timers, chance, process and network. */
import { forbid, REMEDY } from './guard-place.ts';

type Owner = Record<PropertyKey, unknown>;

/** Ends or changes the process that all nodes share, or asks what the machine makes of it. Some are on no page of Node. */
const OF_PROCESS = [
  ...['exit', 'reallyExit', 'abort', 'kill', '_kill', '_debugProcess', '_debugEnd', 'chdir', 'umask'],
  ...['setuid', 'seteuid', 'setgid', 'setegid', 'setgroups', 'initgroups', 'loadEnvFile', 'execve'],
  ...['cpuUsage', 'threadCpuUsage', 'memoryUsage', 'availableMemory', 'constrainedMemory', 'resourceUsage'],
  ...['getActiveResourcesInfo', '_getActiveHandles', '_getActiveRequests'],
];
/** The ways to what the names above are made of. */
const INTERNALS = ['getBuiltinModule', 'binding', '_linkedBinding', 'dlopen'];

/** Puts the guarded globals in place; returns what takes them away again. Outside a node they are what they were. */
export function patchGlobals(): () => void {
  const undo: (() => void)[] = [];
  const patch = (owner: object, key: string, call: string, remedy: string): void => {
    const real = (owner as Owner)[key];
    if (typeof real !== 'function') return;
    undo.push(replace(owner, key, watched(real as Callable, call, remedy)));
  };

  const date = watchedDate();
  undo.push(replace(globalThis, 'Date', date), replace(Date.prototype, 'constructor', date));
  patch(Date, 'now', 'Date.now()', REMEDY.wall);
  for (const key of ['now', 'mark', 'measure', 'timerify', 'toJSON', 'eventLoopUtilization'])
    patch(performance, key, `performance.${key}()`, REMEDY.monotonic);
  patch(globalThis, 'PerformanceMark', 'new PerformanceMark()', REMEDY.monotonic);
  const timing = Object.getPrototypeOf(performance) as object;
  undo.push(watchGetter(timing, 'timeOrigin', 'performance.timeOrigin', REMEDY.monotonic));
  undo.push(watchMention(timing, 'nodeTiming', REMEDY.monotonic, 'performance.nodeTiming'));
  undo.push(watchGetter(Event.prototype, 'timeStamp', 'Event.timeStamp', REMEDY.monotonic));
  undo.push(watchGetter(File.prototype, 'lastModified', 'File.lastModified', REMEDY.wall));
  undo.push(...watchDateTimeFormat());
  for (const key of ['hrtime', 'uptime']) patch(process, key, `process.${key}()`, REMEDY.monotonic);
  for (const key of ['setTimeout', 'setInterval', 'setImmediate']) patch(globalThis, key, `${key}()`, REMEDY.timer);
  patch(AbortSignal, 'timeout', 'AbortSignal.timeout()', REMEDY.timer);
  for (const key of ['wait', 'waitAsync']) patch(Atomics, key, `Atomics.${key}()`, REMEDY.timer);
  patch(Math, 'random', 'Math.random()', REMEDY.random);
  for (const key of ['getRandomValues', 'randomUUID']) patch(crypto, key, `crypto.${key}()`, REMEDY.random);
  for (const key of Object.getOwnPropertyNames(SubtleCrypto.prototype).filter((name) => name !== 'constructor'))
    patch(crypto.subtle, key, `crypto.subtle.${key}()`, REMEDY.other);
  // Node loads these when they are first mentioned: a mention by a node is forbidden, and nothing is loaded here.
  for (const key of ['fetch', 'WebSocket', 'EventSource', 'BroadcastChannel', 'MessageChannel'])
    undo.push(watchMention(globalThis, key, REMEDY.network));
  for (const key of OF_PROCESS) patch(process, key, `process.${key}()`, REMEDY.host);
  patch(process.report, 'getReport', 'process.report.getReport()', REMEDY.host);
  for (const key of INTERNALS) patch(process, key, `process.${key}()`, REMEDY.other);
  // Its name is drawn at random.
  patch(URL, 'createObjectURL', 'URL.createObjectURL()', REMEDY.random);

  return () => {
    for (const step of undo.reverse()) step();
  };
}

type Callable = (...args: unknown[]) => unknown;

/** The same function, forbidden to nodes together with the functions that hang from it (`process.hrtime.bigint`). */
export function watched<F extends Callable>(real: F, call: string, remedy: string): F {
  return new Proxy(real, {
    apply(target, self, args): unknown {
      forbid(call, remedy);
      return Reflect.apply(target, self, args);
    },
    construct(target, args, newTarget): object {
      forbid(call, remedy);
      return Reflect.construct(target, args, newTarget) as object;
    },
    get(target, key): unknown {
      const value: unknown = Reflect.get(target, key);
      const own = Object.hasOwn(target, key) && typeof value === 'function';
      return own ? watched(value as Callable, call, remedy) : value;
    },
  });
}

/** `new Date(ms)` computes; `new Date()` and `Date()` read the clock. */
function watchedDate(): DateConstructor {
  const real = Date;
  return new Proxy(real, {
    apply(target): string {
      forbid('Date()', REMEDY.wall);
      return target();
    },
    construct(target, args, newTarget): object {
      if (args.length === 0) forbid('new Date()', REMEDY.wall);
      return Reflect.construct(target, args, newTarget) as object;
    },
  });
}

/** Without a date these take the time of now. `format` is a getter, whose function is bound to its formatter. */
function watchDateTimeFormat(): readonly (() => void)[] {
  const proto = Intl.DateTimeFormat.prototype;
  const dated = (real: Callable, call: string): Callable =>
    new Proxy(real, {
      apply(target, self, args): unknown {
        if (args[0] === undefined) forbid(call, REMEDY.wall);
        return Reflect.apply(target, self, args);
      },
    });
  const parts = dated(Reflect.get(proto, 'formatToParts') as Callable, 'Intl.DateTimeFormat.formatToParts()');
  const before = Object.getOwnPropertyDescriptor(proto, 'format');
  const format = before?.get;
  if (before === undefined || format === undefined) return [replace(proto, 'formatToParts', parts)];
  Object.defineProperty(proto, 'format', {
    ...before,
    get(this: Intl.DateTimeFormat): unknown {
      return dated(Reflect.apply(format, this, []) as Callable, 'Intl.DateTimeFormat.format()');
    },
  });
  return [replace(proto, 'formatToParts', parts), () => Object.defineProperty(proto, 'format', before)];
}

/** Forbids to read a property that Node computes. */
function watchGetter(owner: object, key: string, call: string, remedy: string): () => void {
  const before = Object.getOwnPropertyDescriptor(owner, key);
  if (before?.get === undefined) return () => undefined;
  Object.defineProperty(owner, key, { ...before, get: watched(before.get as Callable, call, remedy) });
  return () => Object.defineProperty(owner, key, before);
}

/** Forbids even to name it. */
function watchMention(owner: object, key: string, remedy: string, call = key): () => void {
  const before = Object.getOwnPropertyDescriptor(owner, key);
  if (before === undefined) return () => undefined;
  Object.defineProperty(owner, key, {
    configurable: true,
    enumerable: before.enumerable ?? false,
    get(): unknown {
      forbid(call, remedy);
      return before.get === undefined ? before.value : Reflect.apply(before.get, owner, []);
    },
    set(value: unknown) {
      Object.defineProperty(owner, key, { value, writable: true, configurable: true });
    },
  });
  return () => Object.defineProperty(owner, key, before);
}

function replace(owner: object, key: string, value: unknown): () => void {
  const before = Object.getOwnPropertyDescriptor(owner, key);
  Object.defineProperty(owner, key, {
    value,
    writable: true,
    configurable: true,
    enumerable: before?.enumerable ?? false,
  });
  return () => {
    if (before === undefined) Reflect.deleteProperty(owner, key);
    else Object.defineProperty(owner, key, before);
  };
}
