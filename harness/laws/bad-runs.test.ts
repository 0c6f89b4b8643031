/** What is wrong with the folder of a run is told before anything is judged by it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { passingStorm } from '../../reports/fixtures/storm.ts';
import type { Run } from '../core/run.ts';
import { JOURNAL_FILE, OWNER_FILE, RUN_FILE, TAPS_FOLDER } from '../engine/record.ts';
import { inputFolder, testBadInput } from './bad-input-cases.ts';

const { folder } = inputFolder();

/** A folder with these files, and taps beside them. */
function left(name: string, run: Partial<Run>, files: { readonly [file: string]: string }): string {
  const path = join(folder, name);
  mkdirSync(join(path, TAPS_FOLDER), { recursive: true });
  writeFileSync(join(path, RUN_FILE), JSON.stringify({ ...passingStorm(), ...run }));
  for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
  return path;
}

const { scenario } = passingStorm();
const origin = { n: 0, at: 0, kind: 'origin', origin: { monotonicNs: '0', unixMs: 0, errorNs: 0 }, nodes: [] };
const JOURNAL = { [JOURNAL_FILE]: `${JSON.stringify({ ...origin, coordinator: 'etcd', versions: {} })}\n` };

testBadInput(folder, [
  {
    what: 'a run whose journal was lost',
    args: ['judge', left('no-journal', {}, {})],
    exit: 2,
    says: [`The run has no ${JOURNAL_FILE}`, 'run the scenario again'],
  },
  {
    what: 'a run of half an owner, that may still go on',
    args: ['judge', left('half-owner', { state: 'begun' }, { ...JOURNAL, [OWNER_FILE]: '{"pid":' })],
    exit: 2,
    says: [OWNER_FILE, 'cannot be read', 'delete the file'],
  },
  {
    what: 'an SLO on an indicator that there is not, in the record of a run',
    args: [
      'judge',
      left(
        'strange-slo',
        {
          scenario: {
            ...scenario,
            slos: [{ indicator: 'nothing', options: {}, objective: { atMost: 1 }, during: 'whole', minSamples: 1 }],
          },
        },
        JOURNAL,
      ),
    ],
    exit: 2,
    says: ['slos[0].indicator', 'There is no indicator called "nothing"'],
  },
]);
