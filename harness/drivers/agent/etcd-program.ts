/**
 * Which etcd runs, and which program restores its snapshots: up to 3.5 that is `etcdctl`, from 3.5 on `etcdutl`.
 */
import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { messageOf, problem, type Problem } from '../../core/errors.ts';
import { outputOfSync } from './own-group.ts';

/** The environment variable that names another etcd than the usual one, by its full path. */
export const ETCD_VARIABLE = 'SNOWGLOBE_ETCD_PROGRAM';

/** Where there is none. */
export const NO_ETCD = problem('etcd is not installed.', 'Run: apt-get install -y etcd-server etcd-client');

/** The etcd that the user named, or undefined. */
export function namedEtcd(): string | undefined {
  const named = process.env[ETCD_VARIABLE];
  return named === undefined || named === '' ? undefined : named;
}

/** What is wrong with the etcd that the user named, if anything is. */
export function namedEtcdProblems(): readonly Problem[] {
  const named = namedEtcd();
  if (named === undefined) return [];
  const wrong = (why: string): readonly Problem[] => [
    problem(`${ETCD_VARIABLE} names ${named}: ${why}.`, 'Give the full path of an etcd, or unset it.'),
  ];
  if (!isAbsolute(named)) return wrong('that is no full path');
  if (!existsSync(named)) return wrong('there is no such file');
  try {
    return /^\d/.test(etcdVersion(named)) ? [] : wrong('it does not tell a version of etcd');
  } catch (error) {
    return wrong(`it cannot be run (${messageOf(error).split('\n')[0]})`);
  }
}

/** The program that restores snapshots of this etcd: it lies in the same folder. Undefined when there is none. */
export function restorerOf(etcd: string): string | undefined {
  const beside = (name: string): string => join(dirname(etcd), name);
  if (existsSync(beside('etcdutl'))) return beside('etcdutl');
  const [major = 0, minor = 0] = etcdVersion(etcd).split('.').map(Number);
  const canRestore = major === 3 && minor <= 5;
  return canRestore && existsSync(beside('etcdctl')) ? beside('etcdctl') : undefined;
}

/** `3.4.23`; throws when it is no etcd. */
export function etcdVersion(program: string): string {
  const said = outputOfSync(program, ['--version']);
  return /etcd Version: (\S+)/.exec(said)?.[1] ?? 'of unknown version';
}
