/**
 * The run's folder: the record, saved before the launch and again when judged, and the reports beside it.
 */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT } from '../core/errors.ts';
import type { Reporter } from '../core/reporter.ts';
import type { Measured, Run } from '../core/run.ts';
import { RUN_VERSION } from '../core/run.ts';
import type { RunHeader } from './judge.ts';
import { SERIES_BUCKET_MS } from './series.ts';

export const JOURNAL_FILE = 'journal.jsonl';
export const TAPS_FOLDER = 'taps';
export const STORE_FOLDER = 'store';
export const RUN_FILE = 'run.json';
/** Whose run it is: written before the launch, so that nobody judges a run that still goes on. */
export const OWNER_FILE = 'owner.json';

/** What becomes of a run whose harness is killed. */
export const LEFT_TO_JUDGE = '`snowglobe judge` judges what it left';
export const LEFT_NOTHING = 'it left nothing that could be judged, and is repeated from its seed';

/** A run that has begun and is not judged: what a killed harness leaves. `left` says what to do about it. */
export function begunRun(header: RunHeader, measured: Measured, left = LEFT_TO_JUDGE): Run {
  return {
    version: RUN_VERSION,
    state: 'begun',
    ...header,
    verdict: 'unknown',
    exitCode: EXIT.unknown,
    reasons: [`run cut short: the run has begun and has not been judged; ${left}.`],
    unknowns: [{ reason: 'run cut short', scope: 'run', detail: `It has begun and has not been judged; ${left}.` }],
    findings: [],
    disturbances: [],
    hazards: [],
    evidence: {
      minted: '0',
      stored: '0',
      acknowledged: '0',
      batches: 0,
      tornBytes: 0,
      requests: { sent: 0, ok: 0, refused: 0, errors: 0, noAnswer: 0, dropped: 0 },
      lanes: [],
    },
    slots: [],
    phases: [],
    nodes: [],
    series: { bucketMs: SERIES_BUCKET_MS, idsByNode: [], offsetsByNode: [] },
    tenures: [],
    measured,
  };
}

/** Writes what every reporter makes of the run; whole files only, so that a reader never meets half a record. */
export function saveRun(folder: string, run: Run, reporters: Iterable<Reporter>): readonly string[] {
  mkdirSync(folder, { recursive: true });
  return [...reporters].map((reporter) => {
    const { file, content } = reporter.render(run);
    const path = join(folder, file);
    writeFileSync(`${path}.part`, content);
    renameSync(`${path}.part`, path);
    return path;
  });
}
