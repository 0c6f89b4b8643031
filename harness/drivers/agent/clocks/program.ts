/**
 * What can be told of a program from its file: how it is linked decides how its clock can be skewed.
 */
import { closeSync, existsSync, openSync, readSync, realpathSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';

export interface Program {
  /** For messages. */
  readonly name: string;
  /** `glibc`: libraries can be preloaded into it. `other`: linked with another C library, such as musl. */
  readonly linkage: 'glibc' | 'other' | 'static';
  /** Go asks the kernel itself, past any C library, even in a program that is linked with one. */
  readonly isGo: boolean;
  readonly isX64: boolean;
  /** The program that replaces itself by it (exec), where the first line of a script has it so. */
  readonly after?: string;
}

const ELF_MAGIC = 0x464c457f;
const ELF_64 = 2;
const MACHINE_X64 = 62;
const HEADER_BYTES = 64;
const SEGMENT_INTERPRETER = 3;
/** The Go linker writes it into each program, and `strip` leaves it. */
const GO_SECTION = '.go.buildinfo';
/** `#!` lines may name a script again; the kernel follows as many. */
export const SCRIPTS_MAX = 4;

/** Reads the file; of a script, its interpreter's. Throws when it is no program of 64-bit Linux. */
export function programAt(path: string): Program {
  let [at, after, scripts]: [string, string | undefined, number] = [path, undefined, 0];
  for (let script = scriptAt(at); script !== undefined && scripts < SCRIPTS_MAX; script = scriptAt(at), scripts++) {
    after ??= script.after;
    at = script.runBy.includes('/') ? script.runBy : onPath(script.runBy);
  }
  return { ...elfProgram(at, basename(realpathSync(at))), ...(after !== undefined && { after }) };
}

/** What the first line of a script says. */
export interface Script {
  /** A path, or a name to be looked for on PATH. */
  readonly runBy: string;
  readonly after?: string;
}

/** Undefined where the file is no script. `#!/usr/bin/env NAME` is run by NAME, which takes the place of env. */
export function scriptAt(path: string): Script | undefined {
  const file = openSync(path, 'r');
  try {
    const line = /^#!([^\n]*)/.exec(readAt(file, 0, 256).toString('latin1'))?.[1];
    const [interpreter, ...words] = line?.trim().split(/\s+/) ?? [];
    if (interpreter === undefined || interpreter === '') return undefined;
    const named = words.find((word) => !word.startsWith('-') && !word.includes('='));
    return basename(interpreter) === 'env' && named !== undefined
      ? { runBy: named, after: 'env' }
      : { runBy: interpreter };
  } finally {
    closeSync(file);
  }
}

/** The dynamic loader that a program needs, by its path; undefined: it is static. Throws as `elfProgram` does. */
export function loaderAt(path: string): string | undefined {
  const file = openSync(path, 'r');
  try {
    return interpreterOf(file, headerOf(file, path));
  } finally {
    closeSync(file);
  }
}

/** Of a file that is a program and no script. `name`: for messages. */
export function elfProgram(path: string, name: string): Program {
  const file = openSync(path, 'r');
  try {
    const header = headerOf(file, path);
    const interpreter = interpreterOf(file, header);
    return {
      name,
      linkage: interpreter === undefined ? 'static' : /\/ld-linux/.test(interpreter) ? 'glibc' : 'other',
      isGo: sectionNames(file, header).includes(GO_SECTION),
      isX64: header.readUInt16LE(18) === MACHINE_X64,
    };
  } finally {
    closeSync(file);
  }
}

function onPath(name: string): string {
  const found = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
  if (found === undefined) throw new Error(`PATH has no ${name}`);
  return found;
}

function headerOf(file: number, path: string): Buffer {
  const header = readAt(file, 0, HEADER_BYTES);
  if (header.length < HEADER_BYTES || header.readUInt32LE(0) !== ELF_MAGIC || header[4] !== ELF_64)
    throw new Error(`${path} is no program of 64-bit Linux`);
  return header;
}

/** What loads it: the dynamic loader of its C library; undefined: nothing does, it is static. */
function interpreterOf(file: number, header: Buffer): string | undefined {
  const [size, count] = [header.readUInt16LE(54), header.readUInt16LE(56)];
  const table = readAt(file, header.readBigUInt64LE(32), size * count);
  for (let at = 0; at + size <= table.length; at += size)
    if (table.readUInt32LE(at) === SEGMENT_INTERPRETER)
      return readAt(file, table.readBigUInt64LE(at + 8), Number(table.readBigUInt64LE(at + 32)))
        .toString('latin1')
        .replace(/\0.*$/, '');
  return undefined;
}

function sectionNames(file: number, header: Buffer): readonly string[] {
  const [size, count, namesAt] = [header.readUInt16LE(58), header.readUInt16LE(60), header.readUInt16LE(62)];
  const table = readAt(file, header.readBigUInt64LE(40), size * count);
  if (count === 0 || table.length < size * count) return [];
  const names = readAt(
    file,
    table.readBigUInt64LE(namesAt * size + 24),
    Number(table.readBigUInt64LE(namesAt * size + 32)),
  ).toString('latin1');
  return Array.from({ length: count }, (_, index) => {
    const from = table.readUInt32LE(index * size);
    return names.slice(from, names.indexOf('\0', from));
  });
}

/** As many bytes as there are. */
function readAt(file: number, position: number | bigint, count: number): Buffer {
  const bytes = Buffer.alloc(count);
  return bytes.subarray(0, readSync(file, bytes, 0, count, position));
}
