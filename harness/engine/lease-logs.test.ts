import { mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { chained } from '../core/line-chain.ts';
import { leaseLogName } from '../core/tap.ts';
import type { Origin } from '../core/time.ts';
import { leaseWords, readLeaseLogs } from './lease-logs.ts';

const ORIGIN: Origin = { monotonicNs: '1000', unixMs: 0, errorNs: 0 };

function inFolder(work: (folder: string) => void): void {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'snowglobe-leases-'));
  work(folder.path);
}

test('of a lease, the last accepted sending counts, and the first request that ended it, whoever sent them', () =>
  inFolder((folder) => {
    const line = (what: string, sentNs: string): string =>
      `${JSON.stringify({ lease: '1', what, sentNs, receivedNs: '0', ttlMs: 1 })}\n`;
    writeFileSync(
      join(folder, leaseLogName('n1', 1)),
      line('granted', '2000') +
        line('kept', '5000') +
        line('kept', '3000') +
        line('given up', '9000') +
        line('revoked', '9000'),
    );
    writeFileSync(
      join(folder, leaseLogName('n2', 1)),
      line('kept', '6000') + line('given up', '7000') + line('revoked', '7000'),
    );
    expect(leaseWords(readLeaseLogs(folder), ORIGIN).leases).toEqual([
      { lease: '1', node: 'n1', incarnation: 1, lastSentNs: 5000, ttlMs: 1, givenUpNs: 6000 },
    ]);
  }));

test('a request to end a lease that was refused is none, and of one without an answer it is open what became of it', () =>
  inFolder((folder) => {
    const line = (what: string, sentNs: string): string =>
      `${JSON.stringify({ lease: '1', what, sentNs, receivedNs: '0', ttlMs: 1 })}\n`;
    const words = (...requests: readonly string[]) => {
      writeFileSync(join(folder, leaseLogName('n1', 1)), line('granted', '2000') + requests.join(''));
      return leaseWords(readLeaseLogs(folder), ORIGIN).leases;
    };
    const refused = line('given up', '3000') + line('not given up', '3000');
    const granted = { lease: '1', node: 'n1', incarnation: 1, lastSentNs: 1000, ttlMs: 1 };
    expect(words(refused)).toEqual([granted]);
    expect(words(refused, line('given up', '5000'))).toEqual([{ ...granted, perhapsGivenUpNs: 4000 }]);
    const revoked = line('given up', '5000') + line('revoked', '5000');
    expect(words(revoked)).toEqual([{ ...granted, givenUpNs: 4000, givenUpByHolder: true }]);
  }));

test('when the holder of a lease was told that it is gone', () =>
  inFolder((folder) => {
    const line = (what: string, sentNs: string, receivedNs: string): string =>
      `${JSON.stringify({ lease: '1', what, sentNs, receivedNs, ttlMs: 1 })}\n`;
    writeFileSync(
      join(folder, leaseLogName('n1', 1)),
      line('granted', '2000', '2500') + line('gone', '4000', '4500') + line('gone', '5000', '5500'),
    );
    writeFileSync(join(folder, leaseLogName('n2', 1)), line('gone', '3000', '3500'));
    expect(leaseWords(readLeaseLogs(folder), ORIGIN).leases).toEqual([
      { lease: '1', node: 'n1', incarnation: 1, lastSentNs: 1000, ttlMs: 1, toldGoneNs: 3500 },
    ]);
  }));

test('keys that nodes deleted, unless they learned that they did not', () =>
  inFolder((folder) => {
    const line = (what: string, key: string, sentNs: string, revision?: string): string =>
      `${JSON.stringify({ lease: '0', what, key, revision, sentNs, receivedNs: '0', ttlMs: 0 })}\n`;
    writeFileSync(
      join(folder, leaseLogName('n1', 1)),
      line('deleting', 'o/0', '2000') +
        line('not deleted', 'o/0', '2000') +
        line('deleting', 'o/0', '3000') +
        line('deleting', 'o/1', '4000') +
        line('deleting', 'o/2', '4000') +
        line('deleted', 'o/2', '4000', '7'),
    );
    const asker = { node: 'n1', incarnation: 1 };
    expect(leaseWords(readLeaseLogs(folder), ORIGIN)).toEqual({
      leases: [],
      deletions: [
        { key: 'o/0', asker, sentNs: 2000 },
        { key: 'o/1', asker, sentNs: 3000 },
        { key: 'o/2', asker, sentNs: 3000, revision: '7' },
      ],
    });
  }));

describe('a log that is not whole', () => {
  /** As the shell writes them: granted, deleting, deleted, kept. */
  const lines = ['granted', 'deleting', 'deleted', 'kept'].reduce<{ before: number; texts: string[] }>(
    ({ before, texts }, what, i) => {
      const key = what.startsWith('delet') ? { key: 'o/0' } : {};
      const about = { lease: '1', what, ...key, sentNs: `${i}`, receivedNs: `${i}`, ttlMs: 1 };
      const { line, chain } = chained(JSON.stringify(about), before);
      return { before: chain, texts: [...texts, line] };
    },
    { before: 0, texts: [] },
  ).texts;
  const problemsOf = (...texts: readonly string[]) => {
    using folder = mkdtempDisposableSync(join(tmpdir(), 'snowglobe-leases-'));
    writeFileSync(join(folder.path, 'n1-1.leases'), texts.join('\n'));
    const [log] = readLeaseLogs(folder.path);
    if (log!.problems.length > 0) expect(log!.lines).toEqual([]);
    else expect(log!.lines).toHaveLength(texts.length - 1);
    return log!.problems;
  };

  test('is told from one whose node was killed in the middle of a line', () => {
    expect(problemsOf(...lines, '')).toEqual([]);
    expect(problemsOf(...lines.slice(0, -1), lines.at(-1)!.slice(0, 9))).toEqual([]);
  });

  test('names the line before which something is missing, and nothing in it is believed', () => {
    const lost = 'n1-1.leases, line 2 does not follow on the one before: lines were lost or changed';
    expect(problemsOf(...lines.toSpliced(1, 1), '')).toEqual([lost]);
  });

  test.each([
    ['lease', 7, '`lease` is no lease ID'],
    ['lease', ' 7', '`lease` is no lease ID'],
    ['sentNs', 'soon', '`sentNs` and `receivedNs`'],
    ['receivedNs', 1, '`sentNs` and `receivedNs`'],
    ['ttlMs', '5000', '`ttlMs` is a number'],
  ])('%s %j of a node in another language', (field, value, problem) => {
    const good = { lease: '1', what: 'kept', sentNs: '1', receivedNs: '2', ttlMs: 1 };
    expect(problemsOf(JSON.stringify(good), '')).toEqual([]);
    const [found] = problemsOf(JSON.stringify(good), JSON.stringify({ ...good, [field]: value }), '');
    expect(found).toContain(`n1-1.leases, line 2: ${problem}`);
  });

  test('null is no line', () => {
    expect(problemsOf('null', '')).toEqual([expect.stringContaining('n1-1.leases, line 1')]);
  });
});
