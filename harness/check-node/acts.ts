/** All acts, by the name of what they see. */
import { backlog } from './acts/backlog.ts';
import { busy } from './acts/busy.ts';
import { full } from './acts/full.ts';
import { misconfigured } from './acts/misconfigured.ts';
import { quiet } from './acts/quiet.ts';
import { sockets } from './acts/sockets.ts';
import { start } from './acts/start.ts';
import { taken, unwritable } from './acts/unwritable.ts';
import type { CarryOut } from './bench.ts';
import type { ActName } from './evidence.ts';

export const ACTS: { readonly [Name in ActName]: CarryOut<Name> } = {
  idBits: async ({ idBits }) => idBits,
  start,
  quiet,
  busy,
  sockets,
  backlog,
  misconfigured,
  unwritable,
  taken,
  full,
};
