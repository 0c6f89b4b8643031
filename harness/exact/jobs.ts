/** The jobs that threads do, by name. */
import { alike, resolve, scatter } from './fingerprints.ts';
import { find } from './find.ts';
import { fill, settle } from './partition.ts';
import { scan } from './scan.ts';

export const JOBS = { scan, find, scatter, alike, resolve, fill, settle };

export type JobName = keyof typeof JOBS;
export type TaskOf<Name extends JobName> = Parameters<(typeof JOBS)[Name]>[0];
export type OutcomeOf<Name extends JobName> = ReturnType<(typeof JOBS)[Name]>;
