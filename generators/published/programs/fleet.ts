/**
 * Where the programs of published generators lie once `npm run fleet` has built them, and what is written down about
 * each. Their packages are downloads of the developer's machine: nothing of them is in this repository.
 */
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Guarantee } from '../../../harness/core/guarantee.ts';

/** Made by tools/fleet/build.ts. */
export const FLEET = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'snowglobe/fleet');

/** A program that was built, by the name of its folder. */
export const builtProgram = (name: string): string => join(FLEET, 'bin', name);
/** What npm installed, as the start of a path to a package. */
export const NPM = join(FLEET, 'npm/');

/** What tools a generator is built and run with. */
export const TOOLCHAINS = ['npm', 'go', 'rust', 'java', 'python'] as const;
export type Toolchain = (typeof TOOLCHAINS)[number];

/** What FLEET.md tells of a generator, beside its `Generator`. */
export interface Published {
  /** As its registry knows it, with the version that is run. */
  readonly what: { readonly registry: string; readonly name: string; readonly version: string };
  readonly toolchain: Toolchain;
  /** How it is constructed and called, as its documentation shows. */
  readonly use: string;
  /** Its own words for the promises that are judged. Promises of `ASKED_OF_ALL` need none. */
  readonly documented: readonly Documented[];
  /** What it is put through. */
  readonly trials: readonly Trial[];
}

/** A sentence of a documentation. */
export interface Documented {
  readonly guarantee: Guarantee;
  /** Word for word. */
  readonly says: string;
  /** File and line or heading, in the package of this version where it is not said otherwise. */
  readonly where: string;
}

/** A scenario, and what is known to come out of it: what comes out otherwise is told, and is no failure of anything. */
export interface Trial {
  /** In scenarios/published/. */
  readonly scenario: string;
  /** Guarantees and SLOs that are broken; none: it keeps its promises. */
  readonly breaks?: readonly string[];
  /** What else is broken now and then: not in each run. */
  readonly mayBreak?: readonly string[];
  /** Why what breaks lies outside of what its documentation promises, or what that asks for and this scenario does not give. */
  readonly outside?: string;
  /** What a reader has to know to judge what came out: a sentence or two. */
  readonly note?: string;
}

/**
 * What is asked of every generator of the fleet, whether its documentation speaks of it or not: that nothing but IDs is
 * given out as IDs, that clients get what was minted, and that it mints again when nothing is wrong any more.
 */
export const ASKED_OF_ALL = [
  { guarantee: 'fails-closed' },
  { guarantee: 'faithful-encoding' },
  // A start of the slowest runtime here (1 s), and as much again for a busy machine.
  { guarantee: 'recovers', withinMs: 3000 },
] as const;
