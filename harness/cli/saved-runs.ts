/** Runs that were kept: one by its folder or its run.json, or several of one scenario by the folder that holds theirs. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { badInput } from '../core/errors.ts';
import type { Run } from '../core/run.ts';
import { parseRun } from '../core/run-schema.ts';
import { RUN_FILE } from '../engine/record.ts';

export interface SavedRun {
  readonly folder: string;
  readonly run: Run;
}

/** `where`: what named it. Throws a SnowglobeError where there is no run, or none that can be read. */
export function savedRun(reference: string, where: string): SavedRun {
  const folder = folderOf(reference);
  if (!holdsRun(folder))
    throw badInput(
      `There is no run in ${folder}: it has no ${RUN_FILE}.`,
      'Give the folder of a run, such as runs/storm/<time>.',
      where,
    );
  return read(folder);
}

/** The run, or the runs right below the folder, by the time at which they started. */
export function savedRuns(reference: string, where: string): readonly SavedRun[] {
  const folder = folderOf(reference);
  if (holdsRun(folder)) return [read(folder)];
  const below = existsSync(folder) && statSync(folder).isDirectory() ? readdirSync(folder) : [];
  const folders = below.map((name) => join(folder, name)).filter(holdsRun);
  if (folders.length === 0)
    throw badInput(
      `There is no run in ${folder}: neither it nor a folder in it has a ${RUN_FILE}.`,
      'Give the folder of a run, such as runs/storm/<time>, or a folder that holds those of several.',
      where,
    );
  return folders.map(read).sort((a, b) => Date.parse(a.run.measured.startedAt) - Date.parse(b.run.measured.startedAt));
}

function folderOf(reference: string): string {
  const path = resolve(reference);
  return basename(path) === RUN_FILE ? dirname(path) : path;
}

function holdsRun(folder: string): boolean {
  return existsSync(join(folder, RUN_FILE));
}

function read(folder: string): SavedRun {
  const file = join(folder, RUN_FILE);
  return { folder, run: parseRun(readFileSync(file, 'utf8'), file) };
}
