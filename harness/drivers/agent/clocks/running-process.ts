/**
 * What /proc shows of a process that reads a skewed clock, or should (proc(5)). Read anew each time: a process that
 * replaces itself by exec keeps its ID and loses all of it.
 */
import { closeSync, openSync, readFileSync, readlinkSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import { hasEntry } from '../proc.ts';
import { elfProgram, type Program } from './program.ts';

export interface Mapping {
  /** The addresses that it takes: `to` is the first behind it. */
  readonly from: bigint;
  readonly to: bigint;
  readonly isExecutable: boolean;
  /** Changes of the file are seen in it. */
  readonly isShared: boolean;
  /** As the process's own mounts have it; `[vdso]` and such where it is no file; empty where it has no name. */
  readonly path: string;
}

export interface RunningProcess {
  readonly pid: number;
  readonly program: Program;
  /** Whether code of a file whose path matches is mapped. */
  loads(path: RegExp): boolean;
  /** Where a file is mapped so that its changes are seen. */
  shared(path: string): readonly Mapping[];
  /** Whether it was started with this variable. */
  wasToldOf(variable: string, value: string): boolean;
  /** Where the functions of its vDSO that were replaced jump to; undefined: its memory may not be read. */
  jumpsOfVdso(): readonly bigint[] | undefined;
}

/** Throws where it has ended, or may not be looked at. */
export function runningProcess(pid: number): RunningProcess {
  const mappings = parseMaps(readFileSync(`/proc/${pid}/maps`, 'latin1'));
  const exe = `/proc/${pid}/exe`;
  return {
    pid,
    program: elfProgram(exe, basename(readlinkSync(exe))),
    loads: (path) => mappings.some((mapping) => mapping.isExecutable && path.test(mapping.path)),
    shared: (path) => mappings.filter((mapping) => mapping.isShared && mapping.path === path),
    wasToldOf: (variable, value) => hasEntry(readFileSync(`/proc/${pid}/environ`, 'latin1'), `${variable}=${value}`),
    jumpsOfVdso() {
      const vdso = mappings.find(({ path }) => path === '[vdso]');
      const code = vdso === undefined ? undefined : memoryOf(pid, vdso);
      return code === undefined ? undefined : jumpsIn(code);
    },
  };
}

/** Of the text of /proc/PID/maps. */
export function parseMaps(text: string): readonly Mapping[] {
  return [...text.matchAll(/^([\da-f]+)-([\da-f]+) (\S{4}) \S+ \S+ \d+ *(.*)$/gm)].map(
    ([, from, to, access = '', path = '']) => ({
      from: BigInt(`0x${from}`),
      to: BigInt(`0x${to}`),
      isExecutable: access[2] === 'x',
      isShared: access[3] === 's',
      path,
    }),
  );
}

const JUMP_BYTES = 13;

/** Targets of `movabs $TARGET, %r11; jmp *%r11` in code: no compiler puts that into a vDSO. */
export function jumpsIn(code: Buffer): readonly bigint[] {
  const targets: bigint[] = [];
  for (
    let at = code.indexOf('49bb', 0, 'hex');
    at >= 0 && at + JUMP_BYTES <= code.length;
    at = code.indexOf('49bb', at + 1, 'hex')
  )
    if (code.subarray(at + 10, at + JUMP_BYTES).equals(Buffer.from('41ffe3', 'hex')))
      targets.push(code.readBigUInt64LE(at + 2));
  return targets;
}

/** Undefined where the kernel does not let us (Yama, without root). */
function memoryOf(pid: number, { from, to }: Mapping): Buffer | undefined {
  let file: number | undefined;
  try {
    file = openSync(`/proc/${pid}/mem`, 'r');
    const bytes = Buffer.alloc(Number(to - from));
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, from));
  } catch (error) {
    if (['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
