/** What the words FILES of a command line mean: files, folders of files, globs, standard input. Effects: looks at disks. */
import { globSync, openSync, closeSync, readdirSync, realpathSync, statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { basename, join } from 'node:path';
import type { Problem } from '../core/errors.ts';
import { messageOf, problem } from '../core/errors.ts';
import { parseSegmentName } from '../core/tap.ts';
import { isNamedAsIds } from './probe.ts';
import type { RefusalKind } from './refusals.ts';

export interface Source {
  readonly path: string;
  /** What it is called: as it was given; of standard input `-`. */
  readonly name: string;
  readonly what: 'file' | 'standard input' | 'folder of taps';
  /** Bytes on disk; 0 of a stream. */
  readonly size: number;
}

/** What is there, or was named, and cannot be read. */
export interface Unread {
  readonly name: string;
  readonly kind: RefusalKind;
  /** A clause about it. */
  readonly detail: string;
}

export interface Sources {
  readonly sources: readonly Source[];
  readonly unread: readonly Unread[];
  /** Words that mean nothing. */
  readonly problems: readonly Problem[];
}

export const STDIN = '-';
const byName = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });

/** In the order of the words; a folder's files in order of their names, numbers in them by their size. */
export function findSources(words: readonly string[], format: string): Sources {
  const found: { readonly source: Source; readonly identity: string }[] = [];
  const unread: Unread[] = [];
  const problems: Problem[] = [];
  const seen = new Set<string>();
  const seenFolders = new Set<string>();
  /** Files that are read as parts of a folder of taps. */
  const inTaps = new Set<string>();
  /** Named by themselves: what of them was committed, and how long their IDs are, their partners say. */
  const ofTaps: string[] = [];
  const add = (source: Source): void => {
    // The same file twice would be all duplicates.
    const identity = source.what === 'standard input' ? STDIN : fileOf(source.path);
    if (!seen.has(identity)) found.push({ source, identity });
    seen.add(identity);
  };
  const look = (path: string, inFolder: boolean): void => {
    const stats = statOf(path);
    if (typeof stats === 'string') unread.push({ name: path, kind: 'unreadable', detail: stats });
    else if (stats.isDirectory()) lookInto(path);
    else if (!stats.isFile()) unread.push({ name: path, kind: 'endless', detail: strangeFile(stats) });
    else {
      const detail = whyUnreadable(path);
      if (detail !== undefined) unread.push({ name: path, kind: 'unreadable', detail });
      else if (format === 'auto' && parseSegmentName(basename(path)) !== undefined) ofTaps.push(path);
      else if (!inFolder || stats.size > 0 || format !== 'tap')
        add({ path, name: path, what: 'file', size: stats.size });
    }
  };
  const lookInto = (folder: string): void => {
    let names: string[];
    try {
      // A link may lead back to where it stands.
      const identity = realpathSync(folder);
      if (seenFolders.has(identity)) return;
      seenFolders.add(identity);
      names = readdirSync(folder).toSorted(byName);
    } catch (error) {
      unread.push({ name: folder, kind: 'unreadable', detail: messageOf(error) });
      return;
    }
    if (format === 'tap' || (format === 'auto' && names.some((name) => name.endsWith('.batches'))))
      addTaps(folder, names);
    else if (names.length === 0)
      problems.push(problem('The folder is empty.', 'Name a folder with files of IDs in it.', folder));
    else for (const name of names) look(join(folder, name), true);
  };
  const addTaps = (folder: string, names: readonly string[]): void => {
    add({ path: folder, name: folder, what: 'folder of taps', size: sizeOf(folder, names) });
    for (const name of names) {
      const path = join(folder, name);
      if (statSync(path, { throwIfNoEntry: false })?.isFile() === true) inTaps.add(fileOf(path));
      // Nodes may keep files of other names there; what looks like IDs, and is left out, would be taken for looked at.
      if (parseSegmentName(name) === undefined && isNamedAsIds(name))
        unread.push({
          name: path,
          kind: 'not an ID',
          detail: 'it lies among taps and is none: put it elsewhere, and name it',
        });
    }
  };
  for (const word of words)
    if (word === STDIN) add({ path: STDIN, name: STDIN, what: 'standard input', size: 0 });
    else if (typeof statOf(word) !== 'string') look(word, false);
    else {
      const matches = /[*?[\]{}]/.test(word) ? globSync(word).toSorted(byName) : [];
      for (const match of matches) look(match, false);
      if (matches.length === 0) problems.push(problem(...missing(word, statOf(word) as string)));
    }
  for (const path of ofTaps)
    if (!inTaps.has(fileOf(path)))
      unread.push({
        name: path,
        kind: 'not an ID',
        detail: 'it is half of a tap: name its folder, or say --format u64le or u128le',
      });
  const sources = found.filter(({ identity }) => !inTaps.has(identity)).map(({ source }) => source);
  return { sources, unread, problems };
}

/** One file may have many names: links to it, and links in its folders. */
function fileOf(path: string): string {
  const { dev, ino, nlink } = statSync(path, { bigint: true });
  // Of a file of one name, its name: there are file systems that number files anew, or with 0.
  return nlink > 1n && ino > 0n ? `${dev}:${ino}` : realpathSync(path);
}

function missing(word: string, why: string): [what: string, remedy: string, where: string] {
  return /[*?[\]{}]/.test(word)
    ? ['Nothing matches it.', 'Correct the pattern; folders are read as they are.', word]
    : [`Cannot be read: ${why}.`, 'Correct the path; - stands for standard input.', word];
}

function statOf(path: string): Stats | string {
  try {
    return statSync(path);
  } catch (error) {
    return messageOf(error);
  }
}

function whyUnreadable(path: string): string | undefined {
  try {
    closeSync(openSync(path, 'r'));
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

/** Such may never end, or wait for ever: whoever knows that it does end can give it as standard input. */
function strangeFile(stats: Stats): string {
  const what = stats.isFIFO() ? 'a pipe' : stats.isSocket() ? 'a socket' : 'a device';
  return `it is ${what} and no file: give what comes out of it as standard input, -`;
}

function sizeOf(folder: string, names: readonly string[]): number {
  return names
    .filter((name) => name.endsWith('.ids'))
    .reduce((sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0), 0);
}
