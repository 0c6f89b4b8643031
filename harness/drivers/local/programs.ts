/**
 * The programs that the local driver needs: where they are, which versions they have.
 */
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { libfaketime } from '../agent/clocks/libfaketime.ts';
import { buildClockTools, type BuiltTools } from '../agent/clocks/clock-tools.ts';
import { namedEtcd } from '../agent/etcd-program.ts';
import { outputOfSync } from '../agent/own-group.ts';

/** Where to look: Debian keeps `ip` and `nft` in folders that a user's PATH lacks. */
export const SEARCH_PATH = [process.env['PATH'], '/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/bin', '/bin']
  .filter((part) => part !== undefined && part !== '')
  .join(':');

/** Program and the Debian package that has it. */
export const PROGRAMS = {
  ip: 'iproute2',
  nft: 'nftables',
  unshare: 'util-linux',
  nsenter: 'util-linux',
  setpriv: 'util-linux',
  mount: 'mount',
} as const;

export type Program = keyof typeof PROGRAMS;

/** The full path of a program, or undefined when it is not there. */
export function findProgram(name: string): string | undefined {
  return SEARCH_PATH.split(':')
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

/** The etcd that the user named, or that of the distribution. */
export function findEtcd(): string | undefined {
  return namedEtcd() ?? findProgram('etcd');
}

/** The thread-safe libfaketime: of the distribution (any architecture) or built from source. */
export function findLibfaketime(): string | undefined {
  const multiarch = existsSync('/usr/lib') ? readdirSync('/usr/lib').filter((name) => name.includes('-linux-')) : [];
  return [...multiarch.map((name) => `/usr/lib/${name}`), '/usr/lib64', '/usr/lib', '/usr/local/lib']
    .map((folder) => join(folder, 'faketime/libfaketimeMT.so.1'))
    .find((file) => existsSync(file));
}

/** The tools that skew clocks: our own, built where they are not yet, and libfaketime, where it was seen to work. */
export async function findClockTools(faketimeWorks: boolean): Promise<BuiltTools> {
  const built = await buildClockTools(findProgram(process.env['CC'] ?? 'cc'));
  const { tools } = built;
  return {
    ...built,
    tools: faketimeWorks ? new Map([...tools, [libfaketime.name, findLibfaketime() as string]]) : tools,
  };
}

/** The library does not carry its version; the package manager may know. */
export function libfaketimeVersion(library: string): string {
  try {
    return outputOfSync('dpkg-query', ['--showformat=${Version}', '--show', 'libfaketime']).trim();
  } catch {
    return library;
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
