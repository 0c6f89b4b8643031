/** Audits of files that a test writes, in this process: all but the command line is what a user has. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import type { Problem } from '../core/errors.ts';
import { EXIT, SnowglobeError } from '../core/errors.ts';
import { parseLayout } from '../core/layout-spec.ts';
import { exact } from '../exact/exact.ts';
import type { Address } from '../stores/clickhouse/connection.ts';
import type { AuditQuestion, AuditTools } from './audit.ts';
import { audit } from './audit.ts';
import type { Audit } from './audit-schema.ts';
import { findSources } from './sources.ts';

export interface TestedQuestion extends Partial<Omit<AuditQuestion, 'sources' | 'layout'>> {
  /** Words of the command line; all files when left out. */
  readonly words?: readonly string[];
  readonly layout?: string;
  readonly stdin?: string | Buffer;
  readonly engine?: Address;
  readonly threads?: number;
  readonly signal?: AbortSignal;
}

export type Tested = { readonly audit: Audit } | { readonly exitCode: number; readonly problems: readonly Problem[] };

/** `place`: a folder of the caller's; names in problems and results are relative to it. */
export async function auditIn(place: string, words: readonly string[], asked: TestedQuestion = {}): Promise<Tested> {
  const { layout, stdin = '', engine, threads = 0, signal, ...question } = asked;
  const folder = mkdtempSync(join(tmpdir(), 'snowglobe-audited-'));
  const tools: AuditTools = {
    ...{ folder, exact, threads, onBytes: () => undefined, phase: () => undefined, now: () => performance.now() },
    stdin: () => Readable.from([Buffer.from(stdin)]),
    engine: async () => {
      if (engine === undefined) throw new Error('no engine was given');
      return engine;
    },
    ...(signal !== undefined && { signal }),
  };
  try {
    const sources = findSources(
      words.map((word) => (word === '-' ? word : join(place, word))),
      question.format ?? 'auto',
    );
    const read = layout === undefined ? undefined : parseLayout(layout);
    const found = await audit(
      {
        ...{ format: 'auto', lenient: false, signed: false, tables: [], command: 'snowglobe audit' },
        ...question,
        ...{ sources, ...(read !== undefined && { layout: read }) },
      },
      tools,
    );
    return { audit: JSON.parse(JSON.stringify(found).replaceAll(`${place}/`, '')) as Audit };
  } catch (error) {
    if (!(error instanceof SnowglobeError)) throw error;
    const problems = error.problems.map(({ what, where, remedy }) => ({
      what,
      remedy,
      ...(where !== undefined && { where: where.replaceAll(`${place}/`, '') }),
    }));
    return { exitCode: error.exitCode, problems };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes the files into a folder of its own, asks, and takes the folder away. */
export async function auditOf(
  files: { readonly [name: string]: string | Buffer },
  question: TestedQuestion = {},
): Promise<Tested> {
  const place = mkdtempSync(join(tmpdir(), 'snowglobe-files-'));
  try {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(place, name)), { recursive: true });
      writeFileSync(join(place, name), content);
    }
    return await auditIn(place, question.words ?? Object.keys(files), question);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** Of an audit that came to its end. */
export function found(tested: Tested): Audit {
  if ('audit' in tested) return tested.audit;
  throw new Error(`refused: ${tested.problems.map(({ where, what }) => `${where ?? ''}: ${what}`).join('; ')}`);
}

/** Of one that was refused as bad input: `file:line what`. */
export function refusal(tested: Tested): string {
  if ('audit' in tested) throw new Error(`not refused: ${tested.audit.verdict}`);
  if (tested.exitCode !== EXIT.badInput) throw new Error(`exit ${tested.exitCode}`);
  return tested.problems.map(({ where, what }) => `${where ?? ''} ${what}`).join('\n');
}
