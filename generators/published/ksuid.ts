/** Go `github.com/segmentio/ksuid` v1.0.4: 160 bits, of which a digest is kept: `unique` is judged, order is not. */
import type { Generator } from '../../harness/core/generator.ts';
import { ASKED_OF_ALL, builtProgram, type Published } from './programs/fleet.ts';
import { DIGEST_LAYOUT } from './programs/layouts.ts';

export default {
  name: 'ksuid',
  summary: 'Go github.com/segmentio/ksuid v1.0.4, New()',
  promises: [{ guarantee: 'unique' }, ...ASKED_OF_ALL],
  layout: DIGEST_LAYOUT,
  node: { kind: 'native', command: [builtProgram('ksuid')] },
} satisfies Generator;

export const published: Published = {
  what: { registry: 'Go module', name: 'github.com/segmentio/ksuid', version: 'v1.0.4' },
  toolchain: 'go',
  use: 'New(); in place of its 160 bits an MD5 digest is judged, so its order is not',
  documented: [
    { guarantee: 'unique', says: 'Collision-free, coordination-free, dependency-free', where: 'README.md, line 26' },
  ],
  trials: [
    { scenario: 'plain-load' },
    { scenario: 'clock-still' },
    { scenario: 'clock-back' },
    { scenario: 'killed-and-clock-back' },
    { scenario: 'still-through-restarts' },
    { scenario: 'paused' },
    { scenario: 'callers-at-once' },
  ],
};
